// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/evidence.hpp"
#include "sim/circuit.hpp"
#include "sim/fifo.hpp"
#include "sim/scheduler.hpp"

namespace warmspare::sim {

/// What all connections of a world share.
struct Kernel {
    Scheduler& scheduler;
    Random& random;
    const TcpModel& tcp;
};

struct Segment {
    enum class Kind : std::uint8_t { syn, syn_ack, established, data, end, reset };

    Kind kind = Kind::data;
    /// The network has swallowed it: it comes when TCP has sent it again.
    bool lost = false;
    /// The receiver has reported to have it although it is behind a hole.
    bool reported = false;
    /// The box on the way made it, so the box does not hold it.
    bool of_box = false;
    std::uint64_t size = 0;
    core::Time departs{};
    core::Time arrives{};
    /// How much of the other direction had arrived here when this was sent.
    std::uint64_t ack = 0;
};

/// One direction of a TCP connection: segments and their bytes on their way to the receiver, and
/// acknowledgements on their way back. It knows when things happen and leaves it to the connection to do
/// them.
///
/// What the network swallows is kept and comes through in the end, as TCP sends it again, and what is behind
/// it waits for it. So loss shows as delay only.
class Pipe {
  public:
    Pipe(Kernel& kernel, LinkPath& path, Side from) : kernel_{kernel}, path_{path}, from_{from} {}

    // --- the sending end ---

    /// How many bytes the socket takes now. As TCP_NOTSENT_LOWAT has it, nothing while much has not left yet.
    [[nodiscard]] std::uint64_t space();
    /// When there may be more space, as far as that is known yet.
    [[nodiscard]] core::Time more_space_at();
    /// The bytes that the next segments of data carry.
    void append(std::span<const std::byte> bytes) { bytes_.append(bytes); }
    void send(Segment::Kind kind, std::uint64_t size, std::uint64_t ack, bool of_box = false);
    /// What the sending kernel has counted by now.
    [[nodiscard]] core::Evidence evidence();
    /// An acknowledgement came along with data of the other direction.
    void handle_ack(std::uint64_t upto) { acked_ = std::max(acked_, upto); }
    /// The sending kernel has forgotten the connection: nothing is sent any more, or sent again.
    void forget();

    // --- the receiving end ---

    [[nodiscard]] bool empty() const noexcept { return segments_.empty(); }
    /// When the first segment arrives; never: there is none, or it is lost.
    [[nodiscard]] core::Time next_arrival() const noexcept;
    /// The first segment has to wait because what came before it was not read.
    [[nodiscard]] bool receiver_full() const noexcept {
        return readable() >= kernel_.tcp.receive_buffer && !unread_ && !segments_.empty() &&
               segments_.front().kind == Segment::Kind::data;
    }
    /// The first segment is here, if the network lets it through now; null if not.
    [[nodiscard]] const Segment* arriving();
    /// The segment that arriving() gave is taken in.
    void take();
    /// Answers what has arrived, at once or after the delay.
    void acknowledge();
    [[nodiscard]] std::uint64_t arrived() const noexcept { return arrived_; }
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] std::size_t readable() const noexcept { return static_cast<std::size_t>(arrived_ - read_); }
    /// The next bytes; returns how many there were.
    std::size_t read(std::span<std::byte> into);
    /// Nobody reads any more.
    void stop_reading();

    /// Something on the way has changed: TCP tries again sooner or later.
    void handle_path_changed();
    void clear();

  private:
    [[nodiscard]] std::uint64_t acknowledged();
    void send_ack(core::Time when);
    void take_acks();
    void take_sacks();
    void take_acks_of_box(core::Time now);
    void count_repetition();
    void repair_lost(const Segment& behind);

    struct Ack {
        core::Time at;
        std::uint64_t upto;
    };

    Kernel& kernel_;
    LinkPath& path_;
    Side from_;
    Fifo<Segment> segments_;
    /// Everything that is written and not read.
    Fifo<std::byte> bytes_;
    std::uint64_t written_ = 0;
    std::uint64_t arrived_ = 0;
    std::uint64_t read_ = 0;
    std::uint64_t acked_ = 0;
    /// The most that was ever acknowledged by the receiver; that may have been lost.
    std::uint64_t ack_sent_ = 0;
    Fifo<Ack> acks_;
    core::Time delayed_ack_at_ = core::never;
    /// Segments that are lost and will be sent again.
    std::size_t lost_ = 0;
    /// For the evidence: segments, and how many of them were sent again.
    std::uint64_t sent_ = 0;
    std::uint64_t sent_again_ = 0;
    std::uint64_t sacked_ = 0;
    bool ended_ = false;
    bool unread_ = false;
};

}  // namespace warmspare::sim
