// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/receiving_half.hpp"

#include <algorithm>
#include <utility>

#include "core/sending_half.hpp"

namespace warmspare::core {

namespace {

/// Fewer new bytes than this can wait for company before they are acknowledged.
constexpr std::uint64_t urgent_bytes = std::uint64_t{32} << 10;

}  // namespace

ReceivingHalf::ReceivingHalf(BlockPool& pool, Allowance allowance, std::uint64_t max_memory, bool with_digest)
    : kept_{pool}, allowance_{std::move(allowance)}, max_memory_{max_memory}, limit_{initial_limit} {
    if (with_digest) digest_.emplace();
}

std::expected<std::span<const std::byte>, std::string_view> ReceivingHalf::accept(const wire::Data& data) {
    const auto end = data.offset + data.payload.size();
    if (end < data.offset || end > limit_) return std::unexpected("sends more than is welcome");
    if (final_ && end > *final_) return std::unexpected("sends bytes beyond the end of a stream");
    if (data.offset > received_) return std::unexpected("leaves out bytes of a stream");
    if (end <= received_) return std::span<const std::byte>{};
    const auto fresh = data.payload.subspan(static_cast<std::size_t>(received_ - data.offset));
    if (digest_) digest_->update(fresh);
    received_ = end;
#ifdef WARMSPARE_MUTANT_DROP_BYTE
    if (fresh.size() > 100) return fresh.first(fresh.size() - 1);
#endif
    return fresh;
}

bool ReceivingHalf::passable(std::uint64_t offset, std::uint64_t size) const noexcept {
    const auto most = std::min(limit_, final_.value_or(limit_));
#ifdef WARMSPARE_MUTANT_PASS_AGAIN
    return !digest_ && offset <= received_ && size <= most - received_;
#endif
    return !digest_ && offset == received_ && received_ <= most && size <= most - received_;
}

void ReceivingHalf::passed(std::size_t size) {
    received_ += size;
    add_run(true, size);
}

void ReceivingHalf::keep(std::span<const std::byte> bytes) {
    kept_.append(bytes);
    add_run(false, bytes.size());
}

void ReceivingHalf::add_run(bool in_pipe, std::size_t size) {
    if (runs_.empty() || runs_.back().in_pipe != in_pipe)
        runs_.push_back({in_pipe, size});
    else
        runs_.back().size += size;
}

std::size_t ReceivingHalf::kept(std::span<std::span<const std::byte>> out) const noexcept {
    if (!keeps_any() || pipe_due() > 0) return 0;
    auto left = runs_.front().size;
    const auto most = kept_.pieces(out);
    std::size_t count = 0;
    for (; count < most && left > 0; ++count) {
        out[count] = out[count].first(std::min(out[count].size(), left));
        left -= out[count].size();
    }
    return count;
}

std::expected<void, std::string_view> ReceivingHalf::handle_finish(const wire::Finish& finish) {
    if (finish.final_offset < received_ || (final_ && *final_ != finish.final_offset))
        return std::unexpected("ends a stream at another place than before");
    final_ = finish.final_offset;
    expected_digest_ = finish.digest;
    // The other node did not hear that its end arrived, or it would not repeat it.
    repeat_ack();
    return {};
}

bool ReceivingHalf::corrupt() const noexcept {
    return final_ == received_ && digest_ && expected_digest_ && digest_->value() != *expected_digest_;
}

void ReceivingHalf::wrote_kept(std::size_t size) {
    if (size == 0) return;
    auto& run = runs_.front();
    if (!run.in_pipe) kept_.consume(size);
    run.size -= size;
    if (run.size == 0) runs_.erase(runs_.begin());
    written_ += size;
}

std::size_t ReceivingHalf::bytes_held() const noexcept {
    std::size_t piped = 0;
    for (const auto& run : runs_) piped += run.in_pipe ? run.size : 0;
    return kept_.bytes_held() + piped;
}

bool ReceivingHalf::ack_due() const noexcept {
    return !told_ || told_->received != received_with_end() || told_->written != written_with_end();
}

bool ReceivingHalf::ack_urgent() const noexcept {
    if (!told_ || final_) return ack_due();
    return received_ - told_->received >= urgent_bytes || written_ - told_->written >= urgent_bytes ||
           (window_half_used() && extendable());
}

/// The limit follows what was written; the window behind it doubles while the sender uses it up and the
/// application keeps pace. Memory once granted is not taken back: only what was not promised yet is returned.
void ReceivingHalf::extend_limit() {
    if (!keeps_any() && window_half_used()) (void)allowance_.grow_by(allowance_.held(), max_memory_);
    if (const auto excess = allowance_.excess(); excess > 0)
        allowance_.shrink_to(std::max(limit_ - written_, allowance_.held() - excess));
    limit_ = std::max(limit_, written_ + allowance_.held());
#ifdef WARMSPARE_MUTANT_UNBOUNDED_CREDIT
    limit_ = received_ + allowance_.held();
#endif
}

wire::Ack ReceivingHalf::next_ack(std::uint64_t stream) {
    extend_limit();
    told_ = {
        .stream = stream, .received = received_with_end(), .written = written_with_end(), .limit = limit_};
    return *told_;
}

}  // namespace warmspare::core
