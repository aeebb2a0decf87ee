#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# format.sh rewrites the C++ files as .clang-format has them; format.sh --check only says where they differ.
set -euo pipefail
cd "$(dirname "$0")/.."

arguments=(-i)
if [[ ${1:-} == --check ]]; then
    arguments=(--dry-run -Werror)
fi

mapfile -d '' -t files < <(scripts/sources.sh)
if ((${#files[@]} == 0)); then
    echo "format.sh: found no C++ files" >&2
    exit 1
fi
clang-format-19 "${arguments[@]}" "${files[@]}"
echo "${#files[@]} files"
