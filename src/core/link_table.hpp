// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The link table of one peer and its selection rule: the link state management section of the founding system
// (S1, S3, S5). A row is state only; who changes it is protection (who uses it) and the health monitor
// (whether it is alive).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/status.hpp"

namespace warmspare::core {

/// What the other node has said of a link.
enum class PeerView { unknown, sby, act };

struct LinkRow {
    LinkConfig config;
    /// On rows of priority 1, whose it is.
    std::optional<ProcessIndex> dedicated_to;
    /// The accepted connection; empty while there is none.
    std::optional<ConnectionId> connection;
    /// Which of the link's connections that is, in the count of the node that dials.
    std::uint64_t connection_number = 0;
    Endpoints endpoints;
    Condition condition = Condition::sby;
    PeerView peer_view = PeerView::unknown;
    /// When the connection was accepted.
    Time up_since{};
    /// Since when both nodes call it ACT; never: they do not.
    Time fit_since = never;
    /// Why it is SBY, as a person should read it.
    std::string cause;
    /// Who uses it, or waits and used it last. Marks the row in use.
    std::optional<ProcessIndex> holder;

    /// Both nodes call it ACT: it may carry traffic.
    [[nodiscard]] bool fit() const noexcept { return fit_since != never; }
};

/// Whether a row can be chosen: not, perhaps (its test is not decided yet), or yes.
enum class Fitness { unfit, pending, fit };

struct Selection {
    Fitness fitness = Fitness::unfit;
    /// The row, if fit.
    LinkIndex link{};

    friend bool operator==(const Selection&, const Selection&) = default;
};

class LinkTable {
  public:
    explicit LinkTable(const PeerConfig& config);

    [[nodiscard]] const std::vector<LinkRow>& rows() const noexcept { return rows_; }
    [[nodiscard]] const LinkRow& row(LinkIndex index) const { return rows_[index.value]; }
    [[nodiscard]] std::optional<LinkIndex> find(std::string_view name) const;
    /// Spares that are ACT and free now.
    [[nodiscard]] std::size_t free_spares() const;
    [[nodiscard]] bool any_in_use() const;
    [[nodiscard]] bool any_connected() const;

    void connect(LinkIndex index, ConnectionId connection, std::uint64_t number, const Endpoints& endpoints,
                 Time now);
    /// The row is unfit from now on; its condition follows with the health monitor's verdict.
    void disconnect(LinkIndex index);
    /// The other node counts its connections anew.
    void forget_number(LinkIndex index) { rows_[index.value].connection_number = 0; }
    void set_cause(LinkIndex index, std::string cause) { rows_[index.value].cause = std::move(cause); }
    void set_condition(LinkIndex index, Condition condition, Time now);
    void set_peer_view(LinkIndex index, PeerView view, Time now);

    /// Marks the row in use by this process. A row is never taken from another.
    void hold(LinkIndex index, ProcessIndex process);
    void free(LinkIndex index);

  private:
    void note_fitness(LinkRow& row, Time now);

    std::vector<LinkRow> rows_;
};

/// The link for this process (S3, S5): its own dedicated ones in row order, then the free spare with the best
/// priority, rows of equal priority in row order. `fitness` judges a row; the first that is not unfit
/// decides, so that nothing is chosen while something ranked above it may still turn out fit. A row that the
/// process holds itself counts as free to it.
template <class FitnessOf>
[[nodiscard]] Selection select_link(const LinkTable& table, ProcessIndex process, FitnessOf fitness) {
    const auto open_to = [&](const LinkRow& row) { return !row.holder || row.holder == process; };
    const auto& rows = table.rows();
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (rows[i].dedicated_to != process || !open_to(rows[i])) continue;
        if (const auto found = fitness(LinkIndex{i}); found != Fitness::unfit) return {found, {i}};
    }
    Selection best;
    std::uint32_t best_priority = 0;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        const auto priority = rows[i].config.priority;
        if (rows[i].config.dedicated() || !open_to(rows[i])) continue;
        if (best.fitness != Fitness::unfit && priority >= best_priority) continue;
        if (const auto found = fitness(LinkIndex{i}); found != Fitness::unfit) {
            best = {found, {i}};
            best_priority = priority;
        }
    }
    return best;
}

/// The same for a process that is switched: a row is fit or it is not.
[[nodiscard]] Selection select_link(const LinkTable& table, ProcessIndex process);

}  // namespace warmspare::core
