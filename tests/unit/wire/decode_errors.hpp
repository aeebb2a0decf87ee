// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "raw_frame.hpp"
#include "transcript.hpp"
#include "wire/decoder.hpp"

namespace warmspare::wire {

/// A decoder that has greeted already.
inline Decoder accepted_decoder() {
    Decoder decoder;
    Transcript greeting;
    feed(decoder, encoded(Confirm{1}), greeting);
    decoder.accept();
    return decoder;
}

/// The error, which must be the same for all bytes at once and for one after the other.
inline std::optional<DecodeError> error_of(const Decoder& decoder, Bytes bytes) {
    auto at_once = decoder;
    auto one_by_one = decoder;
    Transcript whole;
    Transcript pieces;
    feed(at_once, bytes, whole);
    feed_portions(one_by_one, bytes, pieces, [] { return 1; });
    EXPECT_EQ(whole.error, pieces.error);
    return whole.error;
}

inline std::optional<DecodeError> error_before(const Buffer& bytes) {
    return error_of(Decoder{}, bytes);
}
inline std::optional<DecodeError> error_after(const Buffer& bytes) {
    return error_of(accepted_decoder(), bytes);
}

inline Hello example_hello() {
    return {.node = "tokyo",
            .peer = "osaka",
            .link = "fiber/redis",
            .circuit = "fiber",
            .priority = 1,
            .process = "r"};
}

}  // namespace warmspare::wire
