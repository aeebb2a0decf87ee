// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One simulated TCP connection between two programs that read whatever comes and write down what happens.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/connection.hpp"

namespace warmspare::sim {

class Program final : public SocketOwner {
  public:
    void handle_accept(Connection&) override { note("accepted"); }
    void handle_connected(Connection&) override { note("connected"); }
    void handle_readable(Connection& connection, Side side) override {
        std::array<std::byte, 4096> bytes{};
        while (reads && connection.readable(side) > 0) got += connection.read(side, bytes);
        if (connection.at_end(side)) note("end");
    }
    void handle_writable(Connection&, Side) override { note("writable"); }
    void handle_lost(Connection& connection, Side side, std::string_view cause) override {
        handle_readable(connection, side);
        note(cause);
    }
    [[nodiscard]] bool listening() const override { return listens; }
    [[nodiscard]] bool powered() const override { return has_power; }

    /// "connected; writable; ", since this was asked last.
    [[nodiscard]] std::string told() { return std::exchange(told_, {}); }

    bool listens = true;
    bool has_power = true;
    bool reads = true;
    std::uint64_t got = 0;

  private:
    void note(std::string_view what) { told_ += std::string{what} + "; "; }

    std::string told_;
};

class ConnectionBench {
  public:
    static constexpr core::Duration delay = std::chrono::milliseconds{10};

    explicit ConnectionBench(CircuitSetup setup = {}, TcpModel model = {})
        : tcp{model}, circuit{with_delay(std::move(setup)), lines_} {}

    /// Dials, and runs until both programs have heard.
    void connect() {
        connection.connect();
        run(4 * delay);
    }
    std::size_t write(Side side, std::size_t size) {
        const std::vector<std::byte> bytes(size);
        const std::span<const std::byte> piece{bytes};
        return connection.write(side, {&piece, 1});
    }
    void run(core::Duration time) { scheduler.run_until(scheduler.now() + time); }
    /// After anything about the circuit, the path or the power was set.
    void changed() { connection.handle_path_changed(); }

    Scheduler scheduler;
    Random random{1};
    TcpModel tcp;
    Kernel kernel{scheduler, random, tcp};
    Circuit circuit;
    LinkPath path{.circuit = &circuit, .link = "20"};
    Program dialer;
    Program acceptor;
    Connection connection{kernel, path, {&dialer, &acceptor}};

  private:
    static CircuitSetup with_delay(CircuitSetup setup) {
        setup.delay = delay;
        return setup;
    }

    std::vector<Line> lines_;
};

}  // namespace warmspare::sim
