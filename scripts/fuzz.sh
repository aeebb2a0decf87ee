#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# fuzz.sh [SECONDS]: builds the fuzz targets and runs each for so long, on top of tests/fuzz/corpus/TARGET.
# What breaks one is left in build/logs. Inputs found on the way are thrown away, so that the tree stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-10}
cmake --preset fuzz --log-level=WARNING
cmake --build --preset fuzz

found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
mkdir -p build/logs

passed=0 failed=0
for target in build-fuzz/bin/*; do
    [[ -x $target ]] || continue
    name=$(basename "$target")
    folders=("$found/$name")
    mkdir "$found/$name"
    if [[ -d tests/fuzz/corpus/$name ]]; then folders+=("tests/fuzz/corpus/$name"); fi
    echo "== $name"
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/logs/$name-" "${folders[@]}" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
((passed > 0 && failed == 0))
