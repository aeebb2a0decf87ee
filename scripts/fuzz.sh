#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# fuzz.sh [--keep] [SECONDS] [TARGET...]: builds the fuzz targets and runs each, or only those named, for so long, as
# many at a time as there are cores (JOBS), from the inputs in tests/fuzz/corpus. What breaks a target is left in
# build/logs/fuzz, and the command that shows it again is printed. Other inputs found on the way are thrown away, so that the
# tree stays as it is. With --keep the corpus is made anew: of all inputs, old and found, the few that cover most.
set -uo pipefail
cd "$(dirname "$0")/.."

keep=
if [[ ${1:-} == --keep ]]; then keep=yes && shift; fi
seconds=${1:-30}
targets=("${@:2}")
jobs=${JOBS:-$(nproc)}
logs=build/logs/fuzz
corpus=tests/fuzz/corpus
most_kept=128
python=${PYTHON:-/usr/bin/python3}
# Debian's clang comes without a symbolizer of its own.
export ASAN_SYMBOLIZER_PATH=${ASAN_SYMBOLIZER_PATH:-/usr/bin/addr2line}
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT

# Runs one target. The time for one input is far more than any needs, on a machine that is busy as well.
fuzz() {
    local target=$1 log=$logs/$1.log
    build-fuzz/bin/"$target" -max_total_time="$seconds" -timeout=100 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$logs/$target-" "$found/$target" "$corpus/$target" >"$log" 2>&1 </dev/null
    local status=$?
    if ((status == 0)); then
        echo "$target: $(statistic number_of_executed_units "$log") inputs, $(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)"
        return
    fi
    echo "$target: FAILED"
    grep -vE '^#[0-9]+|NEW_FUNC' "$log" | tail -n 80 | sed 's/^/    /'
    sed -n "s|^artifact_prefix.*Test unit written to |again: ASAN_SYMBOLIZER_PATH=$ASAN_SYMBOLIZER_PATH build-fuzz/bin/$target |p" "$log"
    return "$status"
}

statistic() { sed -n "s/^stat::$1: *//p" "$2"; }

# By edges of code only: with counts of how often each is passed there would be ten times as many.
keep_few() {
    local target=$1 merge=$found/merge
    rm -rf "$merge"
    mkdir -p "$merge/all" "$merge/few"
    build-fuzz/bin/"$target" -merge=1 -set_cover_merge=1 -use_counters=0 -timeout=100 -merge_control_file="$merge/control" \
        "$merge/all" "$corpus/$target" "$found/$target" >"$logs/$target-merge.log" 2>&1 || return
    echo -n "$target: "
    "$python" scripts/fuzz_corpus.py "$merge/control" "$merge/few" "$most_kept" || return
    rm -rf "${corpus:?}/$target"
    mv "$merge/few" "$corpus/$target"
}

cmake --preset fuzz --log-level=WARNING >/dev/null && cmake --build --preset fuzz || exit
if ((${#targets[@]} == 0)); then mapfile -t targets < <(find build-fuzz/bin -name '*_fuzz' -printf '%f\n' | sort); fi
mkdir -p "$logs"
rm -f "$logs"/*.log

passed=0 failed=0 running=0
await_one() {
    wait -n
    if (($? == 0)); then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    running=$((running - 1))
}
for target in "${targets[@]}"; do
    mkdir -p "$found/$target" "$corpus/$target"
    if ((running == jobs)); then await_one; fi
    fuzz "$target" &
    running=$((running + 1))
done
while ((running > 0)); do await_one; done
if [[ $keep ]]; then
    for target in "${targets[@]}"; do keep_few "$target" || failed=$((failed + 1)); done
fi
echo "$passed passed, $failed failed"
((passed > 0 && failed == 0))
