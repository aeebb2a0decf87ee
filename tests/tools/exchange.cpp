// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "exchange.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "pattern.hpp"

namespace warmspare::tools {
namespace {

constexpr std::size_t block_size = 256 * 1024;
constexpr std::uint64_t terms_mark = 0x7761726d73706172U;
constexpr std::uint64_t trailer_mark = 0x656e646f66646174U;

/// Bytes that come in front of the sequence (mark and terms) and behind it (mark, sent, verified).
using Opening = std::array<std::uint64_t, 5>;
using Trailer = std::array<std::uint64_t, 3>;

[[noreturn]] void fail(const char* call) {
    throw std::runtime_error(std::string(call) + ": " + std::generic_category().message(errno));
}

bool would_block() {
    return errno == EAGAIN || errno == EINTR;
}

class Exchange {
  public:
    Exchange(int socket, Role role, Terms terms, const Limits& limits,
             const std::function<void(const Report&)>& on_progress)
        : socket_(socket), role_(role), terms_(terms), limits_(limits), on_progress_(on_progress) {}

    Report run() {
        try {
            agree();
            while (!(input_ended_ && output_ended_)) step();
        } catch (const std::exception& error) {
            report_.error = error.what();
        }
        report_.elapsed = Clock::now() - started_;
        return std::move(report_);
    }

  private:
    void agree() {
        Opening opening{terms_mark, terms_.client_seed, terms_.server_seed, terms_.rate, terms_.message};
        if (role_ == Role::client) {
            if (::send(socket_, opening.data(), sizeof opening, MSG_NOSIGNAL) != sizeof opening) fail("send");
        } else {
            const auto got = ::recv(socket_, opening.data(), sizeof opening, MSG_WAITALL);
            if (got < 0) fail("recv");
            if (got != sizeof opening || opening[0] != terms_mark)
                throw std::runtime_error("no terms received");
            terms_ = {.client_seed = opening[1],
                      .server_seed = opening[2],
                      .rate = opening[3],
                      .message = opening[4]};
        }
        const bool client = role_ == Role::client;
        outgoing_ = Pattern(client ? terms_.client_seed : terms_.server_seed);
        incoming_ = Pattern(client ? terms_.server_seed : terms_.client_seed);
        if (::fcntl(socket_, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
        started_ = last_input_ = last_progress_ = Clock::now();
    }

    void step() {
        const auto now = Clock::now();
        decide_end(now);
        const bool sendable = unsent_tail() || allowed(now) > report_.sent;
        std::array<pollfd, 2> fds{pollfd{socket_, events(sendable), 0}, pollfd{watched_stdin(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), timeout(now)) < 0 && errno != EINTR) fail("poll");
        if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !input_ended_) read_some();
        if ((fds[0].revents & (POLLOUT | POLLERR)) != 0 && sendable) write_some(Clock::now());
        if (fds[1].revents != 0) read_stdin();
        watch(Clock::now());
    }

    [[nodiscard]] short events(bool sendable) const {
        return static_cast<short>((input_ended_ ? 0 : POLLIN) | (sendable && !output_ended_ ? POLLOUT : 0));
    }

    [[nodiscard]] int watched_stdin() const {
        const bool wanted = role_ == Role::client && limits_.duration.count() == 0 && !told_to_end_;
        return wanted ? STDIN_FILENO : -1;
    }

    void read_stdin() {
        std::array<char, 64> ignored{};
        if (::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) told_to_end_ = true;
    }

    /// Sending has ended when the client's time is up, and for the server when the client has ended.
    void decide_end(Clock::time_point now) {
        if (ending_) return;
        if (role_ == Role::server) {
            ending_ = input_ended_;
        } else {
            const bool time_up = limits_.duration.count() > 0 && now - started_ >= limits_.duration;
            ending_ = (time_up || told_to_end_) && answered();
        }
        if (ending_) trailer_ = {trailer_mark, report_.sent, report_.received};
    }

    [[nodiscard]] bool answered() const {
        if (terms_.message == 0) return true;
        return report_.sent % terms_.message == 0 && input_total() >= report_.sent;
    }

    [[nodiscard]] bool unsent_tail() const { return ending_ && !output_ended_; }

    /// How many bytes of the sequence may have been sent by now.
    [[nodiscard]] std::uint64_t allowed(Clock::time_point now) const {
        if (ending_) return report_.sent;
        if (terms_.message != 0) {
            const std::uint64_t complete = input_total() / terms_.message;
            if (role_ == Role::server) return complete * terms_.message;
            const bool resting = complete * terms_.message == report_.sent && now < next_request_;
            return (complete + (resting || told_to_end_ ? 0 : 1)) * terms_.message;
        }
        if (terms_.rate == 0) return std::numeric_limits<std::uint64_t>::max();
        // By whole milliseconds: a sender that may always send one byte more would never sleep.
        const auto elapsed = std::chrono::floor<std::chrono::milliseconds>(now - started_);
        return static_cast<std::uint64_t>(static_cast<double>(elapsed.count()) / 1e3 *
                                          static_cast<double>(terms_.rate) / 8);
    }

    /// Paced sending wakes every millisecond; everything else is waited for, but not longer than the next
    /// report.
    [[nodiscard]] int timeout(Clock::time_point now) const {
        if (ending_) return 100;
        if (terms_.message != 0) return now < next_request_ ? 1 : 20;
        return terms_.rate != 0 ? 1 : 20;
    }

    [[nodiscard]] std::uint64_t input_total() const { return report_.received + held_; }

    /// The last bytes read are held back until more come or the end does: they may be the trailer.
    void read_some() {
        const auto got = ::recv(socket_, input_.get() + held_, block_size, 0);
        if (got < 0) {
            if (would_block()) return;
            fail("recv");
        }
        if (got == 0) return end_input();
        note_input(static_cast<std::size_t>(got));
        const std::size_t have = held_ + static_cast<std::size_t>(got);
        const std::size_t keep = std::min(have, sizeof(Trailer));
        verify({input_.get(), have - keep});
        std::memmove(input_.get(), input_.get() + (have - keep), keep);
        held_ = keep;
    }

    void note_input(std::size_t count) {
        const auto now = Clock::now();
        if (now - last_input_ > report_.longest_gap) {
            report_.longest_gap = now - last_input_;
            report_.longest_gap_at = now - started_;
        }
        if (now - last_input_ >= report_.latest_gap) {
            report_.latest_gap = now - last_input_;
            report_.latest_gap_end = now;
        }
        last_input_ = now;
        if (terms_.message == 0 || role_ == Role::server || ending_) return;
        const auto before = input_total() / terms_.message;
        if ((input_total() + count) / terms_.message == before) return;
        report_.latencies.push_back(now - request_sent_);
        next_request_ = now + limits_.pause;
    }

    void verify(std::span<const std::byte> bytes) {
        if (const auto wrong = incoming_.mismatch(report_.received, bytes)) {
            report_.mismatch_at = report_.received + *wrong;
            throw std::runtime_error("wrong byte received");
        }
        report_.received += bytes.size();
    }

    void end_input() {
        Trailer trailer{};
        if (held_ != sizeof trailer) throw std::runtime_error("end of stream before the trailer");
        std::memcpy(trailer.data(), input_.get(), sizeof trailer);
        if (trailer[0] != trailer_mark) throw std::runtime_error("end of stream before the trailer");
        if (trailer[1] != report_.received)
            throw std::runtime_error("the other end had sent more or less than came");
        if (role_ == Role::client && !ending_) throw std::runtime_error("the server ended first");
        if (role_ == Role::client && trailer[2] != report_.sent) {
            throw std::runtime_error("the server did not get what was sent");
        }
        input_ended_ = true;
    }

    void write_some(Clock::time_point now) {
        if (ending_) return write_trailer();
        if (report_.sent >= block_end_) prepare_block();
        const std::uint64_t most = std::min(allowed(now), block_end_) - report_.sent;
        if (most == 0) return;
        const auto put = ::send(socket_, output_.get() + (report_.sent - block_begin_), most, MSG_NOSIGNAL);
        if (put < 0) {
            if (would_block()) return;
            fail("send");
        }
        if (terms_.message != 0 && report_.sent % terms_.message == 0) request_sent_ = now;
        report_.sent += static_cast<std::uint64_t>(put);
    }

    void prepare_block() {
        block_begin_ = block_end_;
        block_end_ += block_size;
        outgoing_.fill(block_begin_, {output_.get(), block_size});
    }

    void write_trailer() {
        const auto* bytes = reinterpret_cast<const std::byte*>(trailer_.data());
        const auto put =
            ::send(socket_, bytes + trailer_sent_, sizeof trailer_ - trailer_sent_, MSG_NOSIGNAL);
        if (put < 0) {
            if (would_block()) return;
            fail("send");
        }
        trailer_sent_ += static_cast<std::size_t>(put);
        if (trailer_sent_ < sizeof trailer_) return;
        if (::shutdown(socket_, SHUT_WR) != 0) fail("shutdown");
        output_ended_ = true;
    }

    void watch(Clock::time_point now) {
        if (!input_ended_ && now - last_input_ > limits_.stall)
            throw std::runtime_error("nothing received for too long");
        if (limits_.progress.count() == 0 || now - last_progress_ < limits_.progress) return;
        last_progress_ = now;
        report_.elapsed = now - started_;
        on_progress_(report_);
        report_.latest_gap = {};
    }

    int socket_;
    Role role_;
    Terms terms_;
    const Limits& limits_;
    const std::function<void(const Report&)>& on_progress_;
    Report report_;

    Pattern outgoing_{0};
    std::unique_ptr<std::byte[]> output_ = std::make_unique<std::byte[]>(block_size);
    /// The part of the sequence that is in output_.
    std::uint64_t block_begin_ = 0;
    std::uint64_t block_end_ = 0;
    Trailer trailer_{};
    std::size_t trailer_sent_ = 0;
    bool told_to_end_ = false;
    bool ending_ = false;
    bool output_ended_ = false;

    Pattern incoming_{0};
    std::unique_ptr<std::byte[]> input_ = std::make_unique<std::byte[]>(block_size + sizeof(Trailer));
    /// Bytes at the front of input_ that are not yet verified.
    std::size_t held_ = 0;
    bool input_ended_ = false;

    Clock::time_point started_ = Clock::now();
    Clock::time_point last_input_ = started_;
    Clock::time_point last_progress_ = started_;
    Clock::time_point request_sent_ = started_;
    Clock::time_point next_request_ = started_;
};

}  // namespace

Report exchange(int socket, Role role, Terms terms, const Limits& limits,
                const std::function<void(const Report&)>& on_progress) {
    return Exchange(socket, role, terms, limits, on_progress).run();
}

}  // namespace warmspare::tools
