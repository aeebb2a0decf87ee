// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/sending_pipe.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace warmspare::net {

namespace {

/// Slots that are used up by fewer bytes than this hold little pieces: bulk of a fast line takes several
/// times as much.
constexpr std::size_t well_filled = std::size_t{1} << 20;

}  // namespace

std::shared_ptr<SendingPipe> SendingPipe::open(std::function<void()> drained) {
    auto ahead = KernelPipe::open();
    auto copies = KernelPipe::open();
    FileDescriptor nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
    if (!ahead || !copies || !nowhere.is_open()) return nullptr;
    return std::shared_ptr<SendingPipe>{
        new SendingPipe{std::move(ahead), std::move(copies), std::move(nowhere), std::move(drained)}};
}

SendingPipe::SendingPipe(std::unique_ptr<KernelPipe> ahead, std::unique_ptr<KernelPipe> copies,
                         FileDescriptor nowhere, std::function<void()> drained) noexcept
    : ahead_(std::move(ahead)),
      copies_(std::move(copies)),
      nowhere_(std::move(nowhere)),
      drained_(std::move(drained)) {
}

Moved SendingPipe::fill(int application, std::size_t max) noexcept {
    Moved filled = ahead_->fill(application, max);
    if (filled != std::unexpected(EAGAIN) || unread(application) == 0) return filled;
    // It may have come just now. If not, it is this that has no room.
    filled = ahead_->fill(application, max);
    full_ = filled == std::unexpected(EAGAIN);
    return filled;
}

bool SendingPipe::wasteful() const noexcept {
    return (full_ && ahead_->size() < well_filled) || (no_copy_ && copies_->size() < well_filled);
}

Moved SendingPipe::write_to(int link, std::size_t max) noexcept {
    if (spent_) {
        const std::array<Bytes, 1> rest{std::span{rest_}.first(std::min(max, rest_.size()))};
        const Moved written = write_some(link, rest);
        if (written) rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(*written));
        return written;
    }
    const Moved written = ahead_->drain(link, std::min(max, staged_));
    if (!written) return written;
    staged_ -= *written;
    if (std::exchange(full_, false)) drained_();
    return written;
}

std::size_t SendingPipe::stage(std::size_t max) {
    const std::size_t size = copies_->copy(*ahead_, std::min(max, ahead_->size()));
    no_copy_ = size < std::min(max, ahead_->size());
    staged_ = size;
    return size;
}

void SendingPipe::forget(std::size_t size) {
    while (size > 0) {
        const Moved gone = copies_->drain(nowhere_.get(), size);
        if (!gone || *gone == 0) return;
        size -= *gone;
    }
}

void SendingPipe::take_back(std::span<std::byte> out) {
    if (!std::exchange(spent_, true)) keep_staged();
    const auto sent = out.first(std::min(out.size(), copies_->size()));
    copies_->read(sent);
    ahead_->read(out.subspan(sent.size()));
}

/// It stands before what is to be taken back, and is still to be written.
void SendingPipe::keep_staged() {
    rest_.resize(std::exchange(staged_, 0));
    ahead_->read(rest_);
    if (std::exchange(full_, false)) drained_();
}

}  // namespace warmspare::net
