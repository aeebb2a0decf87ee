#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# soak.sh MINUTES [FIRST-SEED]: runs the simulator on fresh seeds for so long, one process a core (JOBS), from a
# seed drawn at random. Says in the end how much ran clean, and shows what did not with the command to see it
# again. Exit 1 if anything failed. Each soak adds a line to build/logs/soak.tsv.
set -uo pipefail
cd "$(dirname "$0")/.."

minutes=${1:?soak.sh MINUTES [FIRST-SEED]}
first=${2:-$(($(od -An -N4 -tu4 /dev/urandom) * 1000000))}
jobs=${JOBS:-$(nproc)}
sim=${SIM:-build/bin/sim}
logs=build/logs/soak
# Further apart than a job ever gets.
stride=100000000
end=$(($(date +%s) + minutes * 60))

# A run that crashes ends its process, which has said which seed it was: the next process goes on behind it.
soak() {
    local log=$1 seed=$2 left crashed
    while left=$((end - $(date +%s))) && ((left > 0)); do
        "$sim" --first-seed "$seed" --seconds "$left" --keep-going >>"$log" 2>&1 && return
        crashed=$(sed -n 's/^sim: the program failed in the run of seed //p' "$log" | tail -n 1)
        if [[ -z $crashed || $crashed -lt $seed ]]; then return; fi
        seed=$((crashed + 1))
    done
}

# How much of something the finished processes counted: "sum runs" adds up the numbers before "runs".
sum() { cat "$logs"/*.log | grep -oE "^[0-9]+ $1" | awk '{ n += $1 } END { print n + 0 }'; }

report() {
    local runs failed crashed seconds
    runs=$(sum 'runs,') seconds=$(sum 's of virtual time')
    failed=$(cat "$logs"/*.log | grep -c '^seed [0-9]*: FAILED')
    crashed=$(cat "$logs"/*.log | grep -c '^sim: the program failed')
    sed -n '/^seed [0-9]*: FAILED/,/^again:/p; /^sim: the program failed/p' "$logs"/*.log
    grep -h 'most of the time promised' "$logs"/*.log
    echo "$((runs - failed)) schedules ran clean, $failed failed, $crashed crashed: $((seconds / 86400)) d $((seconds / 3600 % 24)) h of virtual time"
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$(date +%FT%T)" "$(git describe --always --dirty 2>/dev/null)" "$first" "$((runs - failed))" \
        $((failed + crashed)) "$seconds" >>build/logs/soak.tsv
    ((failed + crashed == 0 && runs > 0))
}

rm -rf "$logs"
mkdir -p "$logs"
echo "From seed $first on, $minutes minutes, $jobs processes; failures are collected in $logs"
for ((job = 0; job < jobs; ++job)); do
    soak "$logs/$job.log" $((first + job * stride)) &
done
wait
report
