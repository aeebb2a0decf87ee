// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/pipe.hpp"
#include "net/kernel_pipe.hpp"

namespace warmspare::net {

/// The way of one direction of a stream from its application to links, in the kernel: one pipe for what is on
/// its way, and one for copies of what was sent.
class SendingPipe final : public core::Pipe {
  public:
    /// `drained` is called when there is room again after is_full(), or will never be; it must not call the
    /// node. nullptr: the kernel does not grant the pipes.
    [[nodiscard]] static std::shared_ptr<SendingPipe> open(std::function<void()> drained);

    /// At most `max` bytes of the application. 0: its end. EAGAIN: it has nothing, or this is_full().
    [[nodiscard]] Moved fill(int application, std::size_t max) noexcept;
    [[nodiscard]] bool is_full() const noexcept { return full_; }
    /// What fills the slots are little pieces, which memory would hold more of.
    [[nodiscard]] bool wasteful() const noexcept;

    /// Writes at most `max` of the staged bytes to a link.
    [[nodiscard]] Moved write_to(int link, std::size_t max) noexcept;

    /// The node has taken bytes back: no more may be put in.
    [[nodiscard]] bool spent() const noexcept { return spent_; }

    [[nodiscard]] std::size_t stage(std::size_t max) override;
    void forget(std::size_t size) override;
    void take_back(std::span<std::byte> out) override;

  private:
    SendingPipe(std::unique_ptr<KernelPipe> ahead, std::unique_ptr<KernelPipe> copies, FileDescriptor nowhere,
                std::function<void()> drained) noexcept;

    void keep_staged();

    /// From the application; the first `staged_` bytes are in `copies_` too.
    std::unique_ptr<KernelPipe> ahead_;
    std::unique_ptr<KernelPipe> copies_;
    /// /dev/null.
    FileDescriptor nowhere_;
    std::function<void()> drained_;
    std::size_t staged_ = 0;
    /// What was staged when bytes were taken back.
    std::vector<std::byte> rest_;
    bool full_ = false;
    bool no_copy_ = false;
    bool spent_ = false;
};

}  // namespace warmspare::net
