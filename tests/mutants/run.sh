#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# run.sh [FOLDER]: runs every mutant in FOLDER (build/bin), which is the simulator with one fault built into the
# core. Prints a line for each: its name, by how many runs it was found out, by which checker, and what that said.
# Exit 1 if one survives.
set -uo pipefail
cd "$(dirname "$0")/../.."

folder=${1:-build/bin}
runs=${MUTANT_RUNS:-2000}
passed=0 failed=0

for mutant in "$folder"/sim_mutant_*; do
    [[ -x $mutant ]] || continue
    name=${mutant##*/sim_mutant_}
    # Of the processor, so that a busy machine lets none survive.
    output=$(ulimit -S -t 120 && "$mutant" --runs "$runs" 2>&1)
    status=$?
    # The line below "seed N: FAILED" is "checker: what it found"; a broken rule of the core's own ends the program.
    found=$(grep -A 1 -m 1 'FAILED' <<<"$output" | tail -n 1 | sed 's/^ *//')
    [[ $found ]] || found="require: $(grep -m 1 . <<<"$output")"
    seeds=$(grep -oE '^[0-9]+ runs' <<<"$output")
    if ((status == 0)); then
        printf '%-18s SURVIVED %s\n' "$name" "$seeds"
        failed=$((failed + 1))
    elif ((status == 128 + $(kill -l XCPU))); then
        printf '%-18s SURVIVED: no verdict in 120 s of processor time\n' "$name"
        failed=$((failed + 1))
    else
        printf '%-18s %-9s %-9s %s\n' "$name" "${seeds:--}" "${found%%:*}" "${found#*: }"
        passed=$((passed + 1))
    fi
done

if ((passed + failed == 0)); then
    echo "run.sh: no mutants in $folder" >&2
    exit 1
fi
echo "$passed passed, $failed failed"
((failed == 0))
