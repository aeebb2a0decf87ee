// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/outbox.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace warmspare::core {

namespace {

/// A buffer that grew beyond this for a list or for padding gives its memory back: most links are idle.
constexpr std::size_t kept_capacity = 512;

void empty(wire::Buffer& buffer) {
    buffer.clear();
    if (buffer.capacity() > kept_capacity) buffer.shrink_to_fit();
}

}  // namespace

void Outbox::begin_batch() {
    require(!in_batch(), "a batch begins when the last one is written");
    std::swap(head_, urgent_);
    head_.insert(head_.end(), control_.begin(), control_.end());
    empty(control_);
    if (!head_.empty()) pieces_.emplace_back(head_);
}

bool Outbox::has_room() const noexcept {
    return data_ < most_data && headers_.size() < most_frames && piped_ == 0;
}

void Outbox::add_header(const wire::DataHeader& header) {
    // The pieces point into it, so it must not move.
    if (headers_.capacity() == 0) headers_.reserve(most_frames);
    require(has_room(), "a frame of data is added where there is room");
    headers_.push_back(header);
    pieces_.emplace_back(headers_.back());
}

void Outbox::add_data(const wire::DataHeader& header, Slice slice) {
    add_header(header);
    pieces_.push_back(slice.bytes);
    data_ += slice.bytes.size();
    blocks_.push_back(std::move(slice.block));
}

void Outbox::add_data(const wire::DataHeader& header, std::shared_ptr<Pipe> pipe, std::size_t size) {
    add_header(header);
    pipe_ = std::move(pipe);
    piped_ = size;
}

void Outbox::handle_written(std::size_t size) {
    bytes_written_ += size;
    while (size > 0 && first_piece_ < pieces_.size()) {
        auto& piece = pieces_[first_piece_];
        const auto taken = std::min(size, piece.size());
        piece = piece.subspan(taken);
        size -= taken;
        if (piece.empty()) ++first_piece_;
    }
    const auto out_of_pipe = std::min(size, piped_);
    piped_ -= out_of_pipe;
    size -= out_of_pipe;
    require(size == 0, "no more is written than was offered");
    if (!in_batch()) end_batch();
}

void Outbox::end_batch() {
    empty(head_);
    headers_.clear();
    blocks_.clear();
    pieces_.clear();
    pipe_ = nullptr;
    first_piece_ = data_ = 0;
}

}  // namespace warmspare::core
