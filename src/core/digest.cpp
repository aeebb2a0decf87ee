// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#define XXH_INLINE_ALL
#include "core/digest.hpp"

#include <xxhash.h>

namespace warmspare::core {

struct Digest::State {
    XXH3_state_t xxh;
};

Digest::Digest() : state_{std::make_unique<State>()} {
    XXH3_64bits_reset(&state_->xxh);
}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::span<const std::byte> bytes) noexcept {
    XXH3_64bits_update(&state_->xxh, bytes.data(), bytes.size());
}

std::uint64_t Digest::value() const noexcept {
    return XXH3_64bits_digest(&state_->xxh);
}

}  // namespace warmspare::core
