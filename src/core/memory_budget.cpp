// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/memory_budget.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "core/check.hpp"

namespace warmspare::core {

bool PeerBudget::reserve_certain(std::uint64_t bytes) noexcept {
    if (bytes > limit_ - used_) return false;
    used_ += bytes;
    return true;
}

void PeerBudget::release_certain(std::uint64_t bytes) {
    require(bytes <= used_, "no more memory is returned than was taken");
    used_ -= bytes;
}

std::uint64_t PeerBudget::threshold() const noexcept {
    return std::min(limit_ - used_, limit_ / 2 - grown_);
}

bool PeerBudget::grow(std::uint64_t grown, std::uint64_t more) noexcept {
    const auto free = threshold();
    if (more > free || grown > free - more || more > free - more - grown) return false;
    used_ += more;
    grown_ += more;
    return true;
}

void PeerBudget::release_grown(std::uint64_t bytes) {
    require(bytes <= grown_, "no more memory is returned than was taken");
    grown_ -= bytes;
    used_ -= bytes;
}

MemoryBudget::MemoryBudget(std::uint64_t limit, std::size_t peers) : limit_{limit} {
    for (std::size_t i = 0; i < peers; ++i) peers_.emplace_back(limit / peers);
}

std::uint64_t MemoryBudget::used() const noexcept {
    return std::transform_reduce(peers_.begin(), peers_.end(), std::uint64_t{0}, std::plus<>{},
                                 [](const PeerBudget& peer) { return peer.used(); });
}

std::optional<Allowance> Allowance::reserve(PeerBudget& budget, std::uint64_t certain) noexcept {
    if (!budget.reserve_certain(certain)) return std::nullopt;
    return Allowance{budget, certain};
}

Allowance::Allowance(Allowance&& other) noexcept
    : budget_{std::exchange(other.budget_, nullptr)},
      certain_{std::exchange(other.certain_, 0)},
      held_{std::exchange(other.held_, 0)} {
}

Allowance& Allowance::operator=(Allowance&& other) noexcept {
    Allowance moved{std::move(other)};
    std::swap(budget_, moved.budget_);
    std::swap(certain_, moved.certain_);
    std::swap(held_, moved.held_);
    return *this;
}

Allowance::~Allowance() {
    if (!budget_) return;
    budget_->release_grown(grown());
    budget_->release_certain(certain_);
}

bool Allowance::grow_by(std::uint64_t more, std::uint64_t max) noexcept {
    if (!budget_ || held_ > max || more > max - held_) return false;
    if (!budget_->grow(grown(), more)) return false;
    held_ += more;
    return true;
}

void Allowance::shrink_to(std::uint64_t bytes) {
    const auto left = std::max(bytes, certain_);
    if (left >= held_) return;
    budget_->release_grown(held_ - left);
    held_ = left;
}

std::uint64_t Allowance::excess() const noexcept {
    if (!budget_) return 0;
    const auto fair = budget_->threshold();
    return grown() > fair ? grown() - fair : 0;
}

}  // namespace warmspare::core
