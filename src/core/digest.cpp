// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The library chooses the widest instructions that this processor has when it runs; compiled in, it would use
// those that every processor has, and the digest would be the dearest part of the data path.
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#define XXH_STATIC_LINKING_ONLY
#include <xxh_x86dispatch.h>
#else
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

#include "core/digest.hpp"

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
