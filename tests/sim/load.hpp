// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/faults.hpp"
#include "sim/options.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

/// What the clients of a world do: streams at random, processes that come and go, and in the end a stream on
/// every process that stays until all is where it should be.
class Load {
  public:
    Load(World& world, Faults& faults, const Options& options, Random& random);

    /// Streams are opened from now on until that time.
    void begin(core::Time until);
    /// From now on every process has a stream.
    void hold_every_process();
    [[nodiscard]] bool all_held() const noexcept { return holders_missing_ == 0; }
    /// Streams that are held may end.
    void let_go();

  private:
    /// A process, as the node whose client asks for it knows it.
    struct Service {
        std::uint32_t host;
        core::PeerIndex peer;
        core::ProcessIndex process;
    };
    /// Asks for its process again at about the time when that is released.
    struct Churner {
        Service service;
        const Pairing* pairing;
        const Stream* stream = nullptr;
    };

    [[nodiscard]] Stream draw_stream();
    [[nodiscard]] Plan draw_plan();
    [[nodiscard]] Service draw_service();
    bool open(const Service& service, Stream stream);
    void open_somewhere();
    void begin_churning();
    void churn(std::size_t number);
    void handle_event(std::uint32_t host, const core::Event& event);
    void strike_carrier(const Churner& churner);
    void hold(const Service& service);
    void watch_holder(const Service& service, const Stream& holder);
    [[nodiscard]] const Pairing& pairing_of(const Service& service) const;
    [[nodiscard]] std::uint32_t host_of_peer(const Service& service) const;

    World& world_;
    Faults& faults_;
    const Options& options_;
    Random& random_;
    core::Time until_{};
    std::vector<Churner> churners_;
    std::uint32_t holders_missing_ = 0;
};

}  // namespace warmspare::sim
