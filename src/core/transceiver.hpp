// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Frames in and out of one connection: the transceiver section of the founding system. It answers tests by
// itself, at once and whatever else is going on (S8); every other frame goes to whom it concerns.

#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "core/outbox.hpp"
#include "wire/decoder.hpp"

namespace warmspare::core {

class Transceiver {
  public:
    [[nodiscard]] Outbox& outbox() noexcept { return outbox_; }
    [[nodiscard]] const Outbox& outbox() const noexcept { return outbox_; }
    /// The handshake is over.
    void accept() noexcept { decoder_.accept(); }

    /// Calls `handle(frame)` for each frame; it returns a FrameResult-like expected<bool, string_view>:
    /// whether to go on, or why the connection must be closed.
    template <class Handle>
    [[nodiscard]] std::expected<void, std::string_view> receive(std::span<const std::byte> bytes,
                                                                const Handle& handle) {
        while (true) {
            auto frame = decoder_.next(bytes);
            if (!frame) return std::unexpected(wire::to_string(frame.error()));
            if (!*frame) return {};
            if (const auto* test = std::get_if<wire::Test>(&**frame)) {
                encode(outbox_.urgent(), wire::Reply{test->number, test->stamp});
                continue;
            }
            const std::expected<bool, std::string_view> go_on =
                std::visit([&](const auto& each) { return handle(each); }, **frame);
            if (!go_on) return std::unexpected(go_on.error());
            if (!*go_on) return {};
        }
    }

    /// What comes next, if that is payload; pass() what went to its application unread.
    [[nodiscard]] std::optional<wire::Decoder::Payload> payload() const noexcept {
        return decoder_.payload();
    }
    void pass(std::size_t size) { decoder_.pass(size); }

  private:
    wire::Decoder decoder_;
    Outbox outbox_;
};

}  // namespace warmspare::core
