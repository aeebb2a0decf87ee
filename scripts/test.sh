#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# test.sh [PART...]: runs every check and test of `make test`, or only the parts named, which may be those of `make
# test-long` too. A part that fails shows its output and does not stop the others. The output of each is in build/logs.
# What depends on timing comes last, alone.
set -uo pipefail
cd "$(dirname "$0")/.."

parts=(deps format release purity tidy asan unit sim mutants docs fuzz tsan netns e2e)
long_parts=(soak sanitized long)
python=${PYTHON:-/usr/bin/python3}
sim_runs=${SIM_RUNS:-200}
fuzz_seconds=${FUZZ_SECONDS:-30}
soak_minutes=${SOAK_MINUTES:-10}
# What asks for all that the daemon does at once, its life, and the look-ups that a thread of their own does.
tsan_tests=(test_crowd.py test_daemon.py test_faults.py::test_resets_of_the_link_in_use
            test_addresses.py::test_host_names_are_resolved_again_at_each_dial)

part_deps() { scripts/deps.sh build run test; }
part_format() { scripts/format.sh --check; }
part_release() { cmake --preset release --log-level=WARNING && cmake --build --preset programs; }
part_purity() { scripts/check_core_purity.sh build/src/libwarmspare_core.a; }
part_tidy() { scripts/tidy.sh; }
part_asan() { cmake --preset asan --log-level=WARNING && cmake --build --preset asan; }
part_unit() { ctest --test-dir build-asan -j "$(nproc)" --timeout 120 --no-tests=error --output-on-failure; }
part_sim() { timeout 600 build-asan/bin/sim --runs "$sim_runs"; }
part_mutants() {
    cmake --preset release-tests --log-level=WARNING && cmake --build --preset mutants && timeout 600 tests/mutants/run.sh
}
part_docs() { "$python" scripts/check_docs.py; }
part_fuzz() { scripts/fuzz.sh "$fuzz_seconds"; }
part_tsan() {
    cmake --preset tsan --log-level=WARNING && cmake --build --preset tsan || return
    # Debian's clang comes without a symbolizer of its own.
    WARMSPARE_BUILD=build-tsan TSAN_OPTIONS=external_symbolizer_path=/usr/bin/addr2line \
        run_pytest 900 "${tsan_tests[@]/#/tests/netns/}"
}
part_netns() { run_pytest 900 tests/netns; }
part_e2e() { run_pytest 900 tests/e2e; }

# Those of `make test-long`.
part_soak() {
    cmake --preset release-tests --log-level=WARNING && cmake --build --preset sim && scripts/soak.sh "$soak_minutes"
}
part_sanitized() {
    cmake --preset asan --log-level=WARNING && cmake --build --preset asan-programs || return
    # Whoever must not be moved while the processors are busy is not to be slowed down by half on top.
    WARMSPARE_BUILD=build-asan run_pytest 3600 tests/netns --ignore tests/netns/test_steady.py
}
part_long() { run_pytest 7200 tests/netns tests/e2e -m long; }

run_pytest() {
    local limit=$1
    shift
    timeout "$limit" "$python" -m pytest -p no:cacheprovider -rs "$@"
}

# The part whose failure leaves this one nothing to run.
needs() {
    case $1 in
        purity | tidy | docs | netns | e2e | long) echo release ;;
        unit | sim) echo asan ;;
    esac
}

# Prints "PASSED FAILED SKIPPED": what the runner in the log counted, else the part as one.
count() {
    local log=$1 status=$2 line passed=0 failed=0 skipped=0
    if line=$(grep -E '^(=+ )?[0-9]+ (passed|failed|skipped|errors?|warnings?|deselected).* in [0-9.]+s' "$log" | tail -n 1) && [[ $line ]]; then
        passed=$(number_before "$line" passed)
        failed=$(($(number_before "$line" failed) + $(number_before "$line" 'errors?')))
        skipped=$(number_before "$line" skipped)
    elif line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$log" | tail -n 1) && [[ $line ]]; then
        failed=$(number_before "$line" 'tests? failed')
        passed=$((${line##* } - failed))
    elif line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1) && [[ $line ]]; then
        passed=$(number_before "$line" passed)
        failed=$(number_before "$line" failed)
    elif ((status == 0)); then
        passed=1
    fi
    if ((status != 0 && failed == 0)); then failed=1; fi
    echo "$passed $failed $skipped"
}

number_before() {
    [[ $1 =~ ([0-9]+)\ $2 ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

declare -A broken=()
total_passed=0 total_failed=0 total_skipped=0

run_part() {
    local name=$1 log=build/logs/$1.log started=$SECONDS status passed failed skipped need
    need=$(needs "$name")
    if [[ $need && ${broken[$need]:-} ]]; then
        printf '%-9s      not run: it needs %s\n' "$name" "$need"
        total_failed=$((total_failed + 1))
        return
    fi
    "part_$name" >"$log" 2>&1 </dev/null
    status=$?
    read -r passed failed skipped < <(count "$log" "$status")
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
    printf '%-9s %4d s  %s\n' "$name" $((SECONDS - started)) "$(outcome "$passed" "$failed" "$skipped")"
    grep -E '^SKIPPED' "$log"
    if ((failed > 0)); then
        broken[$name]=yes
        show "$log"
    fi
}

outcome() {
    local text="$1 passed, $2 failed"
    if (($3 > 0)); then text+=", $3 SKIPPED"; fi
    echo "$text"
}

show() {
    echo "---- $1, its last 200 lines:"
    tail -n 200 "$1" | sed 's/^/    /'
    echo "----"
}

main() {
    local name
    mkdir -p build/logs
    for name in "${@:-${parts[@]}}"; do
        if [[ " ${parts[*]} ${long_parts[*]} " != *" $name "* ]]; then
            echo "test.sh: no part '$name'; there are: ${parts[*]} ${long_parts[*]}" >&2
            exit 2
        fi
    done
    for name in "${@:-${parts[@]}}"; do run_part "$name"; done
    printf '%-9s %4d s\n' total "$SECONDS"
    if ((total_skipped > 0)); then echo "$total_skipped skipped: see the reasons above"; fi
    echo "$total_passed passed, $total_failed failed"
    ((total_failed == 0 && total_passed > 0))
}

main "$@"
