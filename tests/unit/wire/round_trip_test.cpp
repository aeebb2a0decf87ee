// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whatever is encoded decodes to the same, however the bytes are cut on their way.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "arbitrary_frames.hpp"
#include "transcript.hpp"

namespace warmspare::wire {
namespace {

/// Portions of all sizes, many of them of a byte or two.
std::size_t any_portion() {
    return *rc::gen::oneOf(rc::gen::inRange<std::size_t>(1, 4), rc::gen::inRange<std::size_t>(1, 1000));
}

void check_frames(const std::vector<Frame>& frames, bool accepted) {
    Buffer bytes;
    Transcript expected;
    for (const auto& frame : frames) {
        encode_any(bytes, frame);
        expected.add(frame);
    }
    Decoder decoder;
    if (accepted) decoder.accept();
    Transcript decoded;
    feed_portions(decoder, bytes, decoded, any_portion);
    RC_ASSERT(decoded == expected);
}

template <class T>
void check_type() {
    constexpr bool handshake =
        std::is_same_v<T, Hello> || std::is_same_v<T, Welcome> || std::is_same_v<T, Confirm>;
    const auto frames = *rc::gen::resize(10, rc::gen::container<std::vector<T>>(FrameOf<T>::make()));
    check_frames({frames.begin(), frames.end()}, !handshake);
}

template <class T>
class RoundTrip : public ::testing::Test {};

using ControlFrames = ::testing::Types<Hello, Welcome, Confirm, Refuse, Test, Reply, Table, View, Assign,
                                       Moved, Open, Ack, Finish, Reset, Closed, Goodbye, Suspect, Padding>;
TYPED_TEST_SUITE(RoundTrip, ControlFrames);

TYPED_TEST(RoundTrip, IsExact) {
    EXPECT_TRUE(rc::check([] { check_type<TypeParam>(); }));
}

RC_GTEST_PROP(RoundTripOfAll, IsExactForMixedFramesWithData, ()) {
    std::vector<Buffer> payloads(*rc::gen::inRange<std::size_t>(0, 4));
    std::vector<Frame> frames;
    for (auto& payload : payloads) {
        const auto size = *rc::gen::oneOf(rc::gen::inRange<std::size_t>(1, 100), rc::gen::just(max_payload));
        payload.resize(size);
        for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::byte>(i * 31 + i / 256);
        const auto offset = *offsets();
        frames.emplace_back(Data{*stream_ids(), offset - std::min(offset, std::uint64_t{size}), payload});
        const auto between = *rc::gen::resize(
            3, rc::gen::container<std::vector<Frame>>(
                   rc::gen::oneOf(frame_of<Refuse>(), frame_of<Test>(), frame_of<Reply>(), frame_of<Table>(),
                                  frame_of<View>(), frame_of<Assign>(), frame_of<Moved>(), frame_of<Open>(),
                                  frame_of<Ack>(), frame_of<Finish>(), frame_of<Reset>(), frame_of<Closed>(),
                                  frame_of<Goodbye>(), frame_of<Suspect>(), frame_of<Padding>())));
        frames.insert(frames.end(), between.begin(), between.end());
    }
    check_frames(frames, true);
}

}  // namespace
}  // namespace warmspare::wire
