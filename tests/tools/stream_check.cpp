// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The application that the tests put at both ends: it knows its own bytes at every offset and nothing of
// warmspare. Prints one JSON line for every connection; `run` exits 0 only if both directions were exact and
// ended in order.

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "exchange.hpp"

namespace warmspare::tools {
namespace {

constexpr const char* usage =
    "usage: stream_check serve ADDRESS PORT [--once] [--stall S] [--progress MS]\n"
    "       stream_check run ADDRESS PORT [--seconds S] [--rate BITS|full] [--message N [--pause US]]\n"
    "                        [--seed N] [--stall S] [--progress MS]\n"
    "ADDRESS unix:PATH takes no PORT. Without --seconds a run ends when its standard input does.\n";

struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    std::string mode;
    std::string address;
    std::string port;
    bool once = false;
    Terms terms;
    Limits limits;
};

template <class Number>
Number number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        throw UsageError("not a number: " + std::string(text));
    return value;
}

void take_option(Options& options, std::string_view name, std::string_view value) {
    if (name == "--seconds") {
        options.limits.duration = std::chrono::duration<double>(number<double>(value));
    } else if (name == "--rate") {
        options.terms.rate = value == "full" ? 0 : number<std::uint64_t>(value);
    } else if (name == "--message") {
        options.terms.message = number<std::uint64_t>(value);
        // Shorter ones could not be told from the trailer.
        if (options.terms.message < 32) throw UsageError("--message must be at least 32");
    } else if (name == "--pause") {
        options.limits.pause = std::chrono::microseconds(number<long>(value));
    } else if (name == "--seed") {
        options.terms.client_seed = number<std::uint64_t>(value);
    } else if (name == "--stall") {
        options.limits.stall = std::chrono::duration<double>(number<double>(value));
    } else if (name == "--progress") {
        options.limits.progress = std::chrono::milliseconds(number<long>(value));
    } else {
        throw UsageError("unknown option: " + std::string(name));
    }
}

Options parse(const std::vector<std::string_view>& arguments) {
    Options options;
    options.terms.client_seed = std::random_device{}();
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--once") {
            options.once = true;
        } else if (arguments[i].starts_with("--")) {
            if (i + 1 == arguments.size())
                throw UsageError("value missing after " + std::string(arguments[i]));
            take_option(options, arguments[i], arguments[i + 1]);
            ++i;
        } else {
            words.push_back(arguments[i]);
        }
    }
    const bool is_unix = words.size() > 1 && words[1].starts_with("unix:");
    if (words.size() != (is_unix ? 2U : 3U)) throw UsageError("MODE, ADDRESS and PORT are needed");
    options.mode = words[0];
    options.address = words[1];
    if (!is_unix) options.port = words[2];
    options.terms.server_seed = ~options.terms.client_seed * 3;
    return options;
}

[[noreturn]] void fail(const std::string& call) {
    throw std::runtime_error(call + ": " + std::generic_category().message(errno));
}

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address resolve(const Options& options) {
    Address address;
    if (options.address.starts_with("unix:")) {
        sockaddr_un local{};
        local.sun_family = AF_UNIX;
        options.address.copy(local.sun_path, sizeof local.sun_path - 1, 5);
        std::memcpy(&address.storage, &local, sizeof local);
        address.size = sizeof local;
        return address;
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(options.address.c_str(), options.port.c_str(), &hints, &found);
    if (error != 0) throw std::runtime_error(options.address + ": " + ::gai_strerror(error));
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    ::freeaddrinfo(found);
    return address;
}

int open_socket(const Address& address) {
    const int socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) fail("socket");
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return socket;
}

/// Small messages must leave at once; a Unix socket refuses the option and needs none.
void send_at_once(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

double milliseconds(std::chrono::duration<double> time) {
    return time.count() * 1e3;
}

/// As other programs of this host read the same clock.
double seconds_of(Clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

std::string quoted_or_null(const std::string& text) {
    return text.empty() ? "null" : '"' + text + '"';
}

std::string latencies_json(std::vector<std::chrono::nanoseconds> all) {
    if (all.empty()) return "null";
    std::ranges::sort(all);
    const auto at = [&](double part) {
        const auto index = static_cast<std::size_t>(part * static_cast<double>(all.size() - 1));
        return static_cast<double>(all[index].count()) / 1e3;
    };
    char text[160];
    std::snprintf(text, sizeof text, R"({"count":%zu,"p50_us":%.1f,"p99_us":%.1f,"longest_us":%.1f})",
                  all.size(), at(0.5), at(0.99), at(1));
    return text;
}

void print(const char* role, bool final, const Report& report) {
    std::string wrong = report.mismatch_at ? std::to_string(*report.mismatch_at) : "null";
    std::printf(R"({"role":"%s","final":%s,"ok":%s,"sent":%llu,"received":%llu,"seconds":%.3f,)", role,
                final ? "true" : "false", report.ok() ? "true" : "false",
                static_cast<unsigned long long>(report.sent),
                static_cast<unsigned long long>(report.received), report.elapsed.count());
    std::printf(R"("longest_gap_ms":%.3f,"longest_gap_at_s":%.3f,"gap_ms":%.3f,"gap_end_s":%.6f,)",
                milliseconds(report.longest_gap), report.longest_gap_at.count(),
                milliseconds(report.latest_gap), seconds_of(report.latest_gap_end));
    std::printf(R"("mismatch_at":%s,"error":%s,"latency":%s})"
                "\n",
                wrong.c_str(), quoted_or_null(report.error).c_str(),
                final ? latencies_json(report.latencies).c_str() : "null");
    std::fflush(stdout);
}

int serve_one(int socket, const Options& options) {
    send_at_once(socket);
    const auto on_progress = [](const Report& so_far) { print("server", false, so_far); };
    const Report report = exchange(socket, Role::server, {}, options.limits, on_progress);
    print("server", true, report);
    return report.ok() ? 0 : 1;
}

int run(const Options& options) {
    const Address address = resolve(options);
    const int socket = open_socket(address);
    if (::connect(socket, address.get(), address.size) != 0) {
        Report report;
        report.error = "connect: " + std::generic_category().message(errno);
        print("client", true, report);
        return 1;
    }
    send_at_once(socket);
    const auto on_progress = [](const Report& so_far) { print("client", false, so_far); };
    const Report report = exchange(socket, Role::client, options.terms, options.limits, on_progress);
    print("client", true, report);
    return report.ok() ? 0 : 1;
}

/// Every connection has its own process, which ends with the server.
[[noreturn]] void serve_in_child(int socket, const Options& options, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) std::_Exit(1);
    std::_Exit(serve_one(socket, options));
}

int serve(const Options& options) {
    const Address address = resolve(options);
    const int listener = open_socket(address);
    if (::bind(listener, address.get(), address.size) != 0) fail("bind");
    if (::listen(listener, 128) != 0) fail("listen");
    std::signal(SIGCHLD, SIG_IGN);
    const pid_t self = ::getpid();
    std::printf("{\"role\":\"server\",\"final\":false,\"ready\":true}\n");
    std::fflush(stdout);
    while (true) {
        const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        if (options.once) return serve_one(socket, options);
        if (::fork() == 0) serve_in_child(socket, options, self);
        ::close(socket);
    }
}

}  // namespace
}  // namespace warmspare::tools

int main(int argc, char** argv) {
    using namespace warmspare::tools;
    try {
        const Options options = parse({argv + 1, argv + argc});
        if (options.mode == "serve") return serve(options);
        if (options.mode == "run") return run(options);
        throw UsageError("MODE is serve or run");
    } catch (const UsageError& error) {
        std::fprintf(stderr, "stream_check: %s\n%s", error.what(), usage);
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stream_check: %s\n", error.what());
        return 1;
    }
}
