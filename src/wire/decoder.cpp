// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "wire/decoder.hpp"

#include <algorithm>
#include <utility>

#include "wire/bodies.hpp"
#include "wire/byte_order.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {

std::string_view to_string(DecodeError error) noexcept {
    switch (error) {
        case DecodeError::bad_magic:
            return "not a warmspare node";
        case DecodeError::too_long:
            return "frame too long";
        case DecodeError::malformed:
            return "malformed frame";
        case DecodeError::unknown_mandatory:
            return "unknown mandatory frame";
        case DecodeError::out_of_order:
            return "frame out of order";
    }
    return "unknown error";
}

auto Decoder::next(std::span<const std::byte>& input) -> Result {
    if (failed_) return std::unexpected(*failed_);
    auto result = run(input);
    if (!result) failed_ = result.error();
    return result;
}

auto Decoder::run(Input& input) -> Result {
    while (true) {
        if (stage_ == Stage::payload) {
            if (input.empty()) return std::nullopt;
            return take_payload(input);
        }
        if (stage_ == Stage::skip) {
            if (!skip(input)) return std::nullopt;
            continue;
        }
        const bool in_header = stage_ == Stage::header;
        const bool in_prefix = !in_header && type_ == FrameType::data;
        const auto part = gather(input, in_header ? header_size : in_prefix ? data_prefix_size : length_);
        if (!part) return std::nullopt;
        if (!in_header && !in_prefix) return read_body(*part);
        if (const auto error = in_header ? begin_frame(*part) : begin_payload(*part))
            return std::unexpected(*error);
    }
}

/// The next `size` bytes in one piece, straight from the input if they are all there. Valid until the next
/// call.
auto Decoder::gather(Input& input, std::size_t size) -> std::optional<Input> {
    if (gathered_ == 0 && input.size() >= size) {
        const auto whole = input.first(size);
        input = input.subspan(size);
        return whole;
    }
    const auto taken = std::min(size - gathered_, input.size());
    keep(input.first(taken));
    input = input.subspan(taken);
    if (gathered_ < size) return std::nullopt;
    gathered_ = 0;
    return Input{long_.empty() ? short_.data() : long_.data(), size};
}

void Decoder::keep(Input bytes) {
    const auto size = gathered_ + bytes.size();
    if (long_.empty() && size <= short_.size()) {
        std::ranges::copy(bytes, short_.begin() + static_cast<std::ptrdiff_t>(gathered_));
    } else {
        if (long_.empty())
            long_.assign(short_.begin(), short_.begin() + static_cast<std::ptrdiff_t>(gathered_));
        long_.insert(long_.end(), bytes.begin(), bytes.end());
    }
    gathered_ = size;
}

std::optional<DecodeError> Decoder::begin_frame(Input header) {
    const bool first = !std::exchange(greeted_, true);
    const auto type = load_big_endian<std::uint8_t>(&header[0]);
    const auto flags = load_big_endian<std::uint8_t>(&header[1]);
    const auto reserved = load_big_endian<std::uint16_t>(&header[2]);
    type_ = static_cast<FrameType>(type);
    length_ = load_big_endian<std::uint32_t>(&header[4]);
    const auto rule = shape(type_);
    const bool sane = reserved == 0 && (flags & ~flag_mandatory) == 0;
    if (first && !(rule && sane)) return DecodeError::bad_magic;
    if (!sane) return DecodeError::malformed;
    if (!rule) return begin_unknown(flags, length_);
    if (rule->phase != Phase::always && (rule->phase == Phase::accepted) != accepted_)
        return DecodeError::out_of_order;
    if (length_ > rule->longest) return DecodeError::too_long;
    if (length_ < rule->shortest) return DecodeError::malformed;
    stage_ = Stage::body;
    return std::nullopt;
}

std::optional<DecodeError> Decoder::begin_unknown(std::uint8_t flags, std::size_t length) {
    if ((flags & flag_mandatory) != 0) return DecodeError::unknown_mandatory;
    if (!accepted_) return DecodeError::out_of_order;
    if (length > max_control_body) return DecodeError::too_long;
    stage_ = Stage::skip;
    return std::nullopt;
}

std::expected<Frame, DecodeError> Decoder::read_body(Input body) {
    auto frame = decode_body(type_, body);
    end_frame();
    return frame;
}

std::optional<DecodeError> Decoder::begin_payload(Input prefix) {
    const auto data = decode_data_prefix(prefix, length_);
    if (!data) return data.error();
    stream_ = data->stream;
    offset_ = data->offset;
    length_ -= data_prefix_size;
    stage_ = Stage::payload;
    return std::nullopt;
}

Data Decoder::take_payload(Input& input) {
    const auto payload = input.first(std::min(length_, input.size()));
    const Data data{.stream = stream_, .offset = offset_, .payload = payload};
    input = input.subspan(payload.size());
    pass(payload.size());
    return data;
}

auto Decoder::payload() const noexcept -> std::optional<Payload> {
    if (failed_ || stage_ != Stage::payload) return std::nullopt;
    return Payload{.stream = stream_, .offset = offset_, .size = length_};
}

void Decoder::pass(std::size_t size) {
    offset_ += size;
    length_ -= size;
    if (length_ == 0) end_frame();
}

/// Whether the end of the frame has come.
bool Decoder::skip(Input& input) {
    const auto skipped = std::min(length_, input.size());
    input = input.subspan(skipped);
    length_ -= skipped;
    if (length_ > 0) return false;
    end_frame();
    return true;
}

void Decoder::end_frame() noexcept {
    stage_ = Stage::header;
    std::vector<std::byte>{}.swap(long_);
}

}  // namespace warmspare::wire
