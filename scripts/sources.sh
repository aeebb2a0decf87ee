#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# Prints the C++ files of the tree, each ended by a zero byte. Where git refuses to answer (an archive, a
# clone that belongs to somebody else), the folders are searched instead.
set -euo pipefail
cd "$(dirname "$0")/.."

existing() {
    local path
    for path in "$@"; do
        if [[ -e $path ]]; then printf '%s\0' "$path"; fi
    done
}

if git ls-files --error-unmatch CMakeLists.txt >/dev/null 2>&1; then
    # A file that was deleted and not yet committed is still listed.
    mapfile -d '' -t files < <(git ls-files -z --cached --others --exclude-standard '*.cpp' '*.hpp' '*.h')
    existing "${files[@]}"
else
    mapfile -d '' -t folders < <(existing src include tests bench)
    find "${folders[@]}" -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' \) -print0
fi
