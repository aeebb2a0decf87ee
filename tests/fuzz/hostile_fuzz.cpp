// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One node with two peers: osaka, which is honest and has a stream open, and mallory, which is whatever the
// program says: it connects, greets by the rules or not, sends any frame and any bytes, reads or not, and
// hangs up. The node may not end, must not hold more memory than it may, and osaka must notice nothing.
//
// Input: a byte that says who dials, then operations.

#include <sanitizer/allocator_interface.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "frames.hpp"
#include "network.hpp"
#include "program.hpp"
#include "wire/decoder.hpp"

namespace warmspare::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr core::PeerIndex osaka{0};
constexpr core::PeerIndex mallory{1};
constexpr std::array link_names{"20", "21", "161"};
/// What mallory sends at most in one run, and what the node may hold more than before at most: two and a half
/// frames of the longest kind, and what is bounded by the configuration.
constexpr std::size_t most_sent = std::size_t{12} << 20;
constexpr std::size_t most_growth = std::size_t{8} << 20;

core::PeerConfig table_for(const std::string& name, bool dial, const std::string& prefix) {
    core::PeerConfig peer{.name = name, .dial = dial};
    peer.links = {{.name = prefix + "20", .circuit = "one", .priority = 1, .process = "A"},
                  {.name = prefix + "21", .circuit = "two", .priority = 1, .process = "B"},
                  {.name = prefix + "161", .circuit = "two", .priority = 2}};
    peer.processes = {{.name = "A"}, {.name = "B", .digest = false}};
    return peer;
}

core::NodeConfig config_of(const std::string& name, std::vector<core::PeerConfig> peers) {
    core::MemoryConfig memory;
    memory.node = std::uint64_t{2} << 20;
    return {.name = name, .memory = memory, .peers = std::move(peers)};
}

/// The other end of a connection of mallory's.
struct Grip {
    core::ConnectionId id{};
    /// Nothing is read of what the node sends.
    bool deaf = false;
    wire::Decoder decoder;
    std::uint64_t nonce = 0;
    std::uint64_t last_test = 0;
};

class Hostile final : public Outsider {
  public:
    explicit Hostile(bool dialled) : dialled_{dialled} {
        network_.add(config_of("tokyo", {table_for("osaka", true, "o"), table_for("mallory", dialled, "")}),
                     1);
        network_.add(config_of("osaka", {table_for("tokyo", false, "o")}), 2);
        tokyo().distrust(mallory);
        network_.set_outsider(0, *this);
        network_.advance(1s);
        stream_ = *tokyo().open_stream(osaka, {0}, network_.now());
        network_.advance(1s);
        static_cast<void>(network_.take_events(0));
        before_ = __sanitizer_get_current_allocated_bytes();
    }

    void run(Program& program) {
        while (!program.over()) {
            operate(program);
            network_.settle();
            check_harmless();
        }
        check_osaka();
    }

  private:
    [[nodiscard]] Machine& tokyo() { return network_.machine(0); }

    void operate(Program& program) {
        const auto now = network_.now();
        switch (program.below(20)) {
            case 0:
                return network_.advance_to_next(1s);
            case 1:
                return network_.advance(std::min<std::uint64_t>(program.number(), 12'000) * 1ms);
            case 2:
                return connect();
            case 3:
                return greet(program);
            case 4:
                if (auto* grip = any_grip(program)) grip->deaf = program.coin();
                return;
            case 5:
                polite_ = program.coin();
                return;
            case 6:
            case 7:
            case 8:
            case 9:
            case 10: {
                wire::Buffer frame;
                encode_any_frame(frame, program);
                return send(program, frame);
            }
            case 11: {
                const auto bytes = program.bytes(program.byte());
                return send(program, {bytes.begin(), bytes.end()});
            }
            case 12:
                return repeat(std::size_t{1} << program.below(17));
            case 13:
                if (auto* grip = any_grip(program)) hang_up(*grip);
                return;
            case 14:
                static_cast<void>(tokyo().open_stream(mallory, {program.coin() ? 1U : 0U}, now));
                return;
            case 15:
                if (const auto key = any_socket(program))
                    tokyo().write(*key, program.number() % 100'000, now);
                return;
            case 16:
                if (const auto key = any_socket(program)) tokyo().finish(*key, now);
                return;
            case 17:
                if (const auto key = any_socket(program)) tokyo().reset_socket(*key, now);
                return;
            case 18:
                return tokyo().write(stream_, program.byte(), now);
            default:
                return tokyo().set_targets_answer(program.coin());
        }
    }

    // --- mallory ---

    void dial(const core::Dial& dial) override {
        grips_.push_back({.id = dial.connection});
        tokyo().node().handle_connected(dial.connection, {"10.0.0.1", 1, "10.0.0.66", 2}, network_.now());
    }
    void closed(core::ConnectionId id) override {
        std::erase_if(grips_, [&](const Grip& grip) { return grip.id == id; });
        gone_.push_back(id);
    }
    /// Takes what the node sends, answers tests if it is polite, and remembers what a handshake needs.
    bool take_output(core::ConnectionId id) override {
        const auto grip = std::ranges::find(grips_, id, &Grip::id);
        if (grip == grips_.end() || grip->deaf) return false;
        std::vector<std::byte> bytes;
        for (const auto piece : tokyo().node().output(id).pieces)
            bytes.insert(bytes.end(), piece.begin(), piece.end());
        if (bytes.empty()) return false;
        tokyo().node().handle_written(id, bytes.size(), network_.now());
        listen(*grip, bytes);
        return true;
    }
    void listen(Grip& grip, std::span<const std::byte> bytes) {
        while (true) {
            const auto frame = grip.decoder.next(bytes);
            if (!frame || !*frame) return;
            if (const auto* hello = std::get_if<wire::Hello>(&**frame)) grip.nonce = hello->nonce;
            if (const auto* welcome = std::get_if<wire::Welcome>(&**frame)) {
                grip.nonce = welcome->nonce;
                grip.decoder.accept();
            }
            if (const auto* test = std::get_if<wire::Test>(&**frame)) answer(grip.id, *test);
        }
    }
    void answer(core::ConnectionId id, const wire::Test& test) {
        if (!polite_) return;
        wire::Buffer reply;
        encode(reply, wire::Reply{test.number, test.stamp});
        replies_.emplace_back(id, std::move(reply));
    }
    bool go_on() override {
        for (const auto id : std::exchange(gone_, {}))
            tokyo().node().handle_closed(id, "connection reset", network_.now());
        const auto replies = std::exchange(replies_, {});
        for (const auto& [id, reply] : replies) tokyo().node().handle_bytes(id, reply, network_.now());
        return !replies.empty();
    }

    void connect() {
        if (dialled_ || grips_.size() >= 12) return;
        std::vector<core::Candidate> candidates{{mallory, "one"}, {mallory, "two"}};
        const auto id = tokyo().node().handle_accepted(std::move(candidates), {"10.0.0.1", 1, "10.0.0.66", 2},
                                                       network_.now());
        grips_.push_back({.id = id});
    }
    /// By the rules, except for what the program chooses.
    void greet(Program& program) {
        auto* grip = any_grip(program);
        if (!grip) return;
        wire::Buffer frame;
        if (dialled_) {
            encode(frame, wire::Welcome{.node = "mallory",
                                        .incarnation = 1 + program.below(4),
                                        .nonce_echo = grip->nonce,
                                        .nonce = 7});
            grip->decoder.accept();
        } else if (grip->nonce != 0) {
            encode(frame, wire::Confirm{grip->nonce});
        } else {
            const auto link = program.below(link_names.size());
            const auto& row = tokyo().config().peers[mallory.value].links[link];
            encode(frame, wire::Hello{.node = "mallory",
                                      .peer = "tokyo",
                                      .incarnation = 1 + program.below(4),
                                      .nonce = 7,
                                      .link = row.name,
                                      .circuit = row.circuit,
                                      .priority = row.priority,
                                      .process = row.process,
                                      .link_id = static_cast<std::uint32_t>(program.below(8)),
                                      .connection = program.number()});
        }
        give(*grip, frame);
    }
    void send(Program& program, wire::Buffer bytes) {
        auto* grip = any_grip(program);
        if (!grip || bytes.empty()) return;
        last_ = {grip->id, std::move(bytes)};
        give(*grip, last_.second);
    }
    void repeat(std::size_t times) {
        // Many in one, as they lie in the kernel's buffer when a program is slow to read.
        const auto size = last_.second.size();
        if (size == 0) return;
        std::vector<std::byte> many;
        times = std::min(times, (most_sent - std::min(most_sent, sent_)) / size);
        for (std::size_t i = 0; i < times; ++i) {
            many.insert(many.end(), last_.second.begin(), last_.second.end());
            if (many.size() < (std::size_t{64} << 10) && i + 1 < times) continue;
            const auto grip = std::ranges::find(grips_, last_.first, &Grip::id);
            if (grip == grips_.end()) return;
            give(*grip, many);
            many.clear();
            network_.settle();
        }
    }
    void give(const Grip& grip, std::span<const std::byte> bytes) {
        sent_ += bytes.size();
        tokyo().node().handle_bytes(grip.id, bytes, network_.now());
    }
    void hang_up(const Grip& grip) { closed(core::ConnectionId{grip.id}); }

    Grip* any_grip(Program& program) {
        return grips_.empty() ? nullptr : &grips_[program.below(grips_.size())];
    }
    std::optional<core::StreamKey> any_socket(Program& program) {
        std::vector<core::StreamKey> keys;
        for (const auto key : tokyo().open_sockets())
            if (key.peer == mallory) keys.push_back(key);
        return keys.empty() ? std::nullopt : std::optional{keys[program.below(keys.size())]};
    }

    // --- what must hold ---

    void check_harmless() {
        check(tokyo().node().memory_held() <= tokyo().config().memory.node);
        for (const auto& event : network_.take_events(0)) {
            // Events about osaka are about the stream that writes there.
            check(event.peer != "osaka");
            check(event.cause.size() < 4096);
        }
        static_cast<void>(network_.take_events(1));
        check(__sanitizer_get_current_allocated_bytes() < before_ + most_growth);
    }
    void check_osaka() {
        const auto& there = *network_.machine(1).find(stream_);
        tokyo().write(stream_, 1000, network_.now());
        network_.advance(100ms);
        const auto* here = tokyo().find(stream_);
        check(here->state == Socket::State::open && here->written >= 1000 && there.read == here->written);
        for (const auto& link : tokyo().node().status().peers[osaka.value].links)
            check(link.condition == core::Condition::act);
    }

    Network network_{core::Time{1h}};
    bool dialled_;
    core::StreamKey stream_{};
    std::vector<Grip> grips_;
    std::vector<core::ConnectionId> gone_;
    std::vector<std::pair<core::ConnectionId, wire::Buffer>> replies_;
    std::pair<core::ConnectionId, wire::Buffer> last_;
    bool polite_ = true;
    std::size_t sent_ = 0;
    std::size_t before_ = 0;
};

}  // namespace
}  // namespace warmspare::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace warmspare::fuzz;
    Program program{{data, size}};
    Hostile hostile{program.coin()};
    hostile.run(program);
    return 0;
}
