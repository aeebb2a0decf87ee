#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors
#
# check_core_purity.sh LIBRARY: fails if the core's objects refer to sockets, clocks, threads, randomness or
# output. Objects are asked and not sources, because an include or a macro can bring in what no line names.
set -euo pipefail

library=${1:-build/src/libwarmspare_core.a}

sockets='socket|socketpair|connect|bind|listen|accept4?|shutdown|(get|set)sockopt|getsockname|getpeername|getaddrinfo'
sockets+='|send|sendto|sendmsg|sendmmsg|recv|recvfrom|recvmsg|recvmmsg|poll|ppoll|p?select|epoll_[a-z0-9_]+'
sockets+='|io_uring_[a-z_]+|eventfd|pipe2?|boost::.*'
files='open(at)?(64)?|fopen(64)?|read|readv|write|writev|close|fcntl(64)?|ioctl|syscall|mmap(64)?|getenv'
clocks='clock|clock_gettime|clock_nanosleep|gettimeofday|time|ftime|localtime(_r)?|gmtime(_r)?|nanosleep|u?sleep'
clocks+='|timerfd_[a-z]+|timer_[a-z]+|std::chrono::.*::now\(\)'
threads='pthread_[a-z_]+|thrd_[a-z]+|fork|vfork|clone|std::(this_)?thread::.*|std::(__)?(condition_variable|future|async).*'
threads+='|std::.*mutex.*|std::__atomic_.*wait.*|sem_[a-z]+'
chance='s?random(_r)?|s?rand(_r)?|[dejlmn]rand48|getrandom|getentropy|arc4random.*|std::random_device.*'
output='(v?f?d?printf|__v?f?printf_chk)|puts|fputs|fputc|putchar|putc|fwrite|fflush|perror|std(out|err|in)|v?syslog'
output+='|std::(cout|cerr|clog|cin)|std::(basic_|i|o)+f?stream.*|std::ios_base::Init::.*|fmt::v[0-9]+::v?print.*|spdlog::.*'

forbidden="^[^ ]+ (${sockets}|${files}|${clocks}|${threads}|${chance}|${output})(@.*|\[abi:[a-z0-9]+\])?(\(.*\))?( const)?$"

symbols=$(nm -A -C --undefined-only "$library" | sed -n 's/^\([^ ]*\): *[Uwv] \(.*\)$/\1 \2/p')
if [[ -z $symbols ]]; then
    echo "$library: no symbols found, so nothing was checked" >&2
    exit 1
fi

# A broken rule of our own ends the program with a line on standard error; only check.cpp may write it.
excused='check\.cpp\.o (stderr|fprintf)$'

found=$(grep -E "$forbidden" <<<"$symbols" | grep -vE "$excused" | sort -u || true)
if [[ -n $found ]]; then
    echo "The core must not refer to sockets, files, clocks, threads, randomness or output:" >&2
    echo "$found" >&2
    exit 1
fi
echo "$(cut -d' ' -f1 <<<"$symbols" | sort -u | wc -l) objects are pure"
