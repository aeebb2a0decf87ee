// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/node.hpp"
#include "sim/application.hpp"
#include "sim/connection.hpp"
#include "sim/frame_trace.hpp"
#include "sim/journal.hpp"
#include "sim/ledger.hpp"
#include "sim/network.hpp"

namespace warmspare::sim {

/// What the hosts of a world share.
struct Surroundings {
    Kernel kernel;
    Network& network;
    Ledger& ledger;
    Journal& journal;
    StreamCheckers& checkers;
    const Setup& setup;
    /// Called with each event of each node, by its index.
    std::function<void(std::uint32_t, const core::Event&)> on_event;
};

/// A machine that runs one node: the virtual counterpart of net/.
class Host final : public SocketOwner {
  public:
    Host(Surroundings& surroundings, std::uint32_t index);
    Host(Host&&) = delete;

    [[nodiscard]] const core::NodeConfig& config() const { return around_.setup.nodes[index_]; }
    [[nodiscard]] const std::string& name() const { return config().name; }
    [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
    [[nodiscard]] bool running() const noexcept { return node_ != nullptr; }
    [[nodiscard]] bool stalled() const noexcept { return stalled_; }
    /// Since when it has run without a stall; never: it does not run now.
    [[nodiscard]] core::Time steady_since() const noexcept { return steady_since_; }
    [[nodiscard]] core::Node& node() { return *node_; }
    [[nodiscard]] Scheduler& scheduler() const noexcept { return around_.kernel.scheduler; }
    [[nodiscard]] Surroundings& around() const noexcept { return around_; }
    [[nodiscard]] Desk& desk() noexcept { return desk_; }

    void start(std::uint64_t incarnation);
    /// The program dies; its kernel resets what it had open, or, in a power cut, is gone as well.
    void crash(bool power_cut);
    /// The program ends its streams and links in good order. It is still to be ended itself.
    void shut_down();
    /// The program does nothing until it is resumed; then all that has happened meanwhile reaches it at once.
    void stall();
    void resume();

    /// A client opens a stream; false if the node refuses.
    bool open_stream(core::PeerIndex peer, core::ProcessIndex process, Stream stream);
    [[nodiscard]] std::uint32_t host_of(core::PeerIndex peer) const;
    [[nodiscard]] std::uint64_t life() const noexcept { return life_; }
    /// Of the node whose bytes are being taken in: which of its lives they are from.
    [[nodiscard]] std::uint64_t life_at_other_end() const noexcept { return reading_from_life_; }

    /// Something happens to the program: now, or once it is no longer stalled.
    void post(const Task& task);
    /// Carries out what the node wants, after any call of it.
    void pump();

    void handle_accept(Connection& connection) override;
    void handle_connected(Connection& connection) override;
    void handle_readable(Connection& connection, Side side) override;
    void handle_writable(Connection& connection, Side side) override;
    void handle_lost(Connection& connection, Side side, std::string_view cause) override;
    [[nodiscard]] bool listening() const override { return running(); }
    [[nodiscard]] bool powered() const override { return powered_; }

  private:
    struct Socket {
        Connection* connection = nullptr;
        Side side = Side::dialer;
        /// Closed after what there is to send.
        bool closing = false;
        bool blocked = false;
        FrameTrace frames;
    };

    void carry_out(const core::Action& action);
    void dial(const core::Dial& dial);
    void drop(core::ConnectionId id, bool orderly);
    void flush(core::ConnectionId id);
    void trace_frames(Socket& socket, std::span<const std::byte> bytes) const;
    void hash_written(std::span<const std::span<const std::byte>> bytes, std::size_t size) const;
    void read(core::ConnectionId id);
    void arm();
    void wake();
    [[nodiscard]] std::vector<core::Candidate> candidates(const Connection& connection) const;
    [[nodiscard]] core::Endpoints endpoints(const Connection& connection, Side side) const;
    void trace(std::string_view what, std::string_view link = {}) const;

    Surroundings& around_;
    std::uint32_t index_;
    Desk desk_;
    std::unique_ptr<core::Node> node_;
    std::map<core::ConnectionId, Socket> sockets_;
    bool powered_ = true;
    bool stalled_ = false;
    core::Time steady_since_ = core::never;
    bool wake_due_ = false;
    std::vector<Task> deferred_;
    core::Time armed_for_ = core::never;
    /// Counts lives, so that what was scheduled in a former one is void.
    std::uint64_t life_ = 0;
    std::uint64_t reading_from_life_ = 0;
    /// What the program reads into.
    std::vector<std::byte> scratch_;
};

}  // namespace warmspare::sim
