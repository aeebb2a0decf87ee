#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# Installs the Debian packages that are missing: deps.sh [build] [run] [test] [bench].
# When all of them are there it does nothing, and needs neither root nor a network.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libboost1.81-dev libtomlplusplus-dev libcli11-dev libspdlog-dev
       libfmt-dev libxxhash-dev nlohmann-json3-dev)
run=(python3 iproute2 nftables procps curl redis-server redis-tools nginx-light)
test=(git python3-pytest python3-pytest-xdist libgtest-dev libgmock-dev librapidcheck-dev clang-19 clang-tidy-19 clang-format-19
      libclang-rt-19-dev ethtool openssh-client openssh-server postgresql-15 python3-websockets rsync
      strace wrk)
bench=(ethtool haproxy iperf3 mptcpize python3-matplotlib socat wrk)
# Each of these packages brings a service that Debian would start at once, and again at each boot.
declare -A service_of=([haproxy]=haproxy [nginx]=nginx [openssh-server]=ssh [postgresql-common]=postgresql
                       [redis-server]=redis-server [rsync]=rsync)

policy=/usr/sbin/policy-rc.d

missing_packages() {
    local package status
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null || true)
        [[ " $status" == *" installed "* ]] || echo "$package"
    done
}

installed_services() {
    local package
    for package in "${!service_of[@]}"; do
        [[ -z $(missing_packages "$package") ]] && echo "${service_of[$package]}"
    done
    return 0
}

# The tests start their own servers on their own ports. A policy that somebody else wrote is left as it is.
refuse_to_start_services() {
    [[ -e $policy ]] && return
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\ncase "$*" in %s) exit 101 ;; esac\nexit 0\n' "$(printf '|*%s*' "${service_of[@]}" | cut -c 2-)" >"$policy"
    chmod 755 "$policy"
}

# A service that was here before stays as its owner set it.
disable_new_services() {
    command -v systemctl >/dev/null || return 0
    local service
    for service in $(installed_services); do
        [[ " $1 " == *" $service "* ]] || systemctl disable --quiet "$service" || true
    done
}

install_packages() {
    local before
    before=$(installed_services | tr '\n' ' ')
    refuse_to_start_services
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=300 update
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
    disable_new_services "$before"
}

main() {
    local group wanted=() missing
    for group in "${@:-build}"; do
        case $group in
            build) wanted+=("${build[@]}") ;;
            run) wanted+=("${run[@]}") ;;
            test) wanted+=("${test[@]}") ;;
            bench) wanted+=("${bench[@]}") ;;
            *) echo "deps.sh: no group '$group'; there are: build run test bench" >&2; exit 2 ;;
        esac
    done
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ((EUID != 0)); then
        echo "These Debian packages are missing; install them as root: ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing: ${missing[*]}"
    install_packages "${missing[@]}"
}

main "$@"
