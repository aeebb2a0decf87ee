// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Streams over any sequence of writes, ends, resets, lost links and readers that stop, in both directions at
// once (S10).

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <chrono>
#include <iterator>
#include <map>
#include <string>

#include "traffic_bench.hpp"

namespace warmspare::core {
namespace {

class Run {
  public:
    void step() {
        switch (*rc::gen::inRange(0, 14)) {
            case 0:
                return open();
            case 1:
                return cut();
            case 2:
                return end_one(false);
            case 3:
                return end_one(true);
            case 4:
            case 5:
            case 6:
                return write_one();
            case 7:
                return stop_reader();
            case 8:
                return let_read();
            default:
                return carry();
        }
    }

    /// All that was not ended by a reset is ended in good order, over a link that stays.
    void end() {
        for (const auto& [id, stream] : streams_)
            for (auto* each : ends_) read_all(*each, id);
        bench_.cut();
        bench_.exchange();
        for (auto& [id, stream] : streams_)
            for (auto* side : {&stream.sides[0], &stream.sides[1]})
                if (!stream.reset && !side->finished) ends_[side == &stream.sides[1]]->finish(id);
        bench_.exchange();
        for (auto* each : ends_) check_gone(*each);
        for (const auto& [id, stream] : streams_) check_read(id, stream);
    }

  private:
    struct Side {
        std::string written;
        bool finished = false;
    };
    struct Stream {
        Side sides[2];
        bool reset = false;
    };

    void open() {
        auto& opener = *ends_[*rc::gen::inRange<std::size_t>(0, 2)];
        streams_[opener.open(*rc::gen::inRange<std::uint32_t>(0, 2))];
    }

    void write_one() {
        if (streams_.empty()) return;
        const auto id = any_stream();
        const auto which = *rc::gen::inRange<std::size_t>(0, 2);
        auto& side = streams_[id].sides[which];
        if (side.finished) return;
        const auto text = numbered(*rc::gen::element<std::size_t>(1, 200, 30'000), side.written.size() + id);
        side.written += text.substr(0, ends_[which]->write(id, text));
    }

    /// The end that did not open it may not know the stream yet: then nothing happens.
    void end_one(bool by_reset) {
        if (streams_.empty()) return;
        const auto id = any_stream();
        const auto which = *rc::gen::inRange<std::size_t>(0, 2);
        auto& stream = streams_[id];
        if (ends_[which]->traffic.room({id}).empty()) return;
        ends_[which]->traffic.commit({id}, 0, ends_[which]->now);
        if (by_reset) {
            stream.reset = true;
            ends_[which]->reset(id);
        } else {
            stream.sides[which].finished = true;
            ends_[which]->finish(id);
        }
    }

    void stop_reader() {
        if (streams_.empty()) return;
        ends_[*rc::gen::inRange<std::size_t>(0, 2)]->applications.take_only(
            any_stream(), {*rc::gen::element<std::size_t>(0, 100), 0});
    }

    void let_read() {
        if (!streams_.empty()) read_all(*ends_[*rc::gen::inRange<std::size_t>(0, 2)], any_stream());
    }

    static void read_all(TrafficEnd& end, std::uint64_t id) {
        end.applications.take_only(id, {});
        end.traffic.handle_writable({id}, end.now);
    }

    void carry() {
        const auto from = *rc::gen::inRange<std::size_t>(0, 2);
        const auto bytes = ends_[from]->batch();
        RC_ASSERT(ends_[1 - from]->receive(bytes).has_value());
        ends_[from]->now += std::chrono::milliseconds{1};
        ends_[from]->traffic.handle_deadline(ends_[from]->now);
    }

    /// Sometimes what one end has sent last is lost with the link.
    void cut() {
        static_cast<void>(ends_[*rc::gen::inRange<std::size_t>(0, 2)]->batch());
        bench_.cut();
    }

    std::uint64_t any_stream() {
        auto it = streams_.begin();
        std::advance(it, *rc::gen::inRange<std::size_t>(0, streams_.size()));
        return it->first;
    }

    static void check_gone(TrafficEnd& end) {
        RC_ASSERT(end.traffic.streams() == 0U);
        RC_ASSERT(end.budget.used() == 0U);
        RC_ASSERT(end.pool.in_use() == 0U);
        RC_ASSERT(!end.applications.disturbed());
        for (std::uint32_t process = 0; process < 2; ++process) {
            RC_ASSERT(!end.traffic.wanted({process}));
            RC_ASSERT(!end.traffic.outstanding({process}));
        }
    }

    void check_read(std::uint64_t id, const Stream& stream) {
        for (std::size_t which = 0; which < 2; ++which) {
            const auto& read = ends_[1 - which]->applications.read(id);
            const auto& written = stream.sides[which].written;
            RC_ASSERT(written.starts_with(read));
            if (!stream.reset) RC_ASSERT(read == written);
        }
    }

    TrafficBench bench_;
    std::array<TrafficEnd*, 2> ends_{&bench_.dialling, &bench_.dialled};
    std::map<std::uint64_t, Stream> streams_;
};

RC_GTEST_PROP(TrafficProperty, S10_every_stream_arrives_or_is_reset_at_both_ends_and_none_is_left, ()) {
    Run run;
    const auto steps = *rc::gen::inRange(0, 100);
    for (int i = 0; i < steps; ++i) run.step();
    run.end();
}

}  // namespace
}  // namespace warmspare::core
