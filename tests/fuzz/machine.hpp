// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/node.hpp"

namespace warmspare::fuzz {

/// The byte at this offset of a direction of a stream, so that each end can tell what has to come.
[[nodiscard]] std::byte pattern(core::StreamId stream, bool from_dialer, std::uint64_t offset) noexcept;

/// One application's socket.
struct Socket {
    core::ProcessIndex process;
    bool opened_here = false;
    /// Taken by the node, and given by it.
    std::uint64_t written = 0;
    std::uint64_t read = 0;
    bool finished = false;
    bool end_read = false;
    bool connected = false;
    /// The node was told less than it offered, and waits for handle_writable.
    bool node_waits = false;
    /// The node has no room, and calls resume_reading.
    bool waits_for_room = false;
    enum class State { open, closed, reset } state = State::open;
};

/// A node and its applications, which check what they get against the pattern. Bytes of peers that are not
/// trusted to send it are not checked.
class Machine final : public core::Applications {
  public:
    Machine(const core::NodeConfig& config, std::uint64_t incarnation, core::Time now);
    Machine(Machine&&) = delete;

    [[nodiscard]] core::Node& node() { return *node_; }
    [[nodiscard]] const core::NodeConfig& config() const noexcept { return config_; }
    [[nodiscard]] const std::map<core::StreamKey, Socket>& sockets() const noexcept { return sockets_; }
    [[nodiscard]] Socket* find(core::StreamKey key);
    /// Those that are open, oldest first.
    [[nodiscard]] std::vector<core::StreamKey> open_sockets() const;

    /// What comes from this peer is whatever it likes.
    void distrust(core::PeerIndex peer) { distrusted_ = peer; }
    /// How many bytes sockets take from the node at once; 0: none.
    void set_appetite(std::size_t bytes) { appetite_ = bytes; }
    /// Whether targets are connected when they are asked for, or later by answer_targets().
    void set_targets_answer(bool at_once) { targets_answer_ = at_once; }
    bool answer_targets(bool connected, core::Time now);

    std::optional<core::StreamKey> open_stream(core::PeerIndex peer, core::ProcessIndex process,
                                               core::Time now);
    void write(core::StreamKey key, std::size_t size, core::Time now);
    void finish(core::StreamKey key, core::Time now);
    void reset_socket(core::StreamKey key, core::Time now);
    /// The program dies and is started anew.
    void restart(std::uint64_t incarnation, core::Time now);

    /// The node's events since it was asked last.
    [[nodiscard]] std::vector<core::Event> take_events();
    /// What happens by itself when the node is not busy: targets are connected, sockets have room again.
    /// Whether anything did.
    bool settle(core::Time now);

    void open(core::StreamKey key, core::ProcessIndex process) override;
    std::size_t write(core::StreamKey key, std::span<const std::span<const std::byte>> bytes) override;
    std::size_t write_piped(core::StreamKey, std::size_t) override { return 0; }
    void finish(core::StreamKey key) override;
    void resume_reading(core::StreamKey key) override;
    void close(core::StreamKey key) override;
    void reset(core::StreamKey key) override;

  private:
    [[nodiscard]] Socket& named(core::StreamKey key);
    [[nodiscard]] bool dials(core::PeerIndex peer) const { return config_.peers[peer.value].dial; }

    core::NodeConfig config_;
    std::unique_ptr<core::Node> node_;
    std::map<core::StreamKey, Socket> sockets_;
    std::optional<core::PeerIndex> distrusted_;
    std::size_t appetite_ = ~std::size_t{0};
    bool targets_answer_ = true;
};

}  // namespace warmspare::fuzz
