// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/error_text.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <system_error>

namespace warmspare::net {

namespace {

struct Cause {
    int error_number;
    const char* text;
};

constexpr std::array causes = {
    Cause{ECONNRESET, "connection reset"},
    Cause{ECONNREFUSED, "connection refused"},
    Cause{ECONNABORTED, "connection aborted"},
    Cause{EPIPE, "closed by the other end"},
    Cause{ETIMEDOUT, "connection timed out"},
    Cause{EHOSTUNREACH, "no route to host"},
    Cause{ENETUNREACH, "network unreachable"},
    Cause{ENETDOWN, "network down"},
    Cause{EHOSTDOWN, "host down"},
    Cause{EADDRNOTAVAIL, "address not available"},
    Cause{EADDRINUSE, "address in use"},
    Cause{EAFNOSUPPORT, "address family not supported"},
    Cause{ENODEV, "no such device"},
    Cause{EACCES, "permission denied"},
    Cause{EPERM, "operation not permitted"},
    Cause{ENOENT, "no such file"},
    Cause{EMFILE, "too many open files"},
    Cause{ENFILE, "too many open files on this host"},
    Cause{ENOBUFS, "no buffer space"},
    Cause{ENOMEM, "out of memory"},
};

}  // namespace

std::string cause_of(int error_number) {
    for (const Cause& cause : causes) {
        if (cause.error_number == error_number) return cause.text;
    }
    return std::generic_category().message(error_number);
}

std::string cause_of(const boost::system::error_code& error) {
    if (error == boost::asio::error::host_not_found) return "host name not found";
    if (error == boost::asio::error::host_not_found_try_again) return "host name cannot be resolved now";
    if (error == boost::asio::error::no_data) return "host name has no address";
    if (error.category() == boost::system::system_category()) return cause_of(error.value());
    return error.message();
}

std::string bind_failure(int error_number) {
    std::string cause = cause_of(error_number);
    switch (error_number) {
        case EADDRINUSE:
            return cause + "; stop the program that uses it, or choose another port";
        case EADDRNOTAVAIL:
            return cause + "; write an address of this host";
        case EACCES:
            return cause + "; choose a port above 1023, or run as root";
        default:
            return cause;
    }
}

bool is_exhaustion(int error_number) noexcept {
    return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
           error_number == ENOMEM;
}

}  // namespace warmspare::net
