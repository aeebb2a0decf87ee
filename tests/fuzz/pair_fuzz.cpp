// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Two nodes and everything that can befall them, as a program: faults of lines, what applications do,
// programs that stall, end and begin anew, and time. Neither node may end by itself, applications get every
// byte once and in order, and memory stays within its limit. At the end all is repaired: then every link must
// be ACT, and every stream that is open must have what was written.
//
// Input: two bytes of settings, then operations.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "network.hpp"
#include "program.hpp"

namespace warmspare::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr std::array link_names{"20", "21", "161", "162"};

core::LinkConfig row(const std::string& name, const std::string& circuit, std::uint32_t priority,
                     const std::string& process) {
    return {.name = name, .circuit = circuit, .priority = priority, .process = process};
}

/// What both nodes' files have in common.
struct Settings {
    explicit Settings(Program& program) {
        const auto first = program.byte();
        health.misses = first % 2 == 0 ? 3 : 1;
        if (first & 2) health.idle_interval.reset();
        process.digest = (first & 4) == 0;
        process.linger = first & 8 ? 0s : 1s;
        if (first & 16) process.on_no_link = core::OnNoLink::reset;
        if (first & 32) process.give_up = 3s;
        if (first & 64) process.wait_to_restore = 0s;
        process.revertive = (first & 128) == 0;
        memory.node = std::uint64_t{1} << (19 + program.below(4));
        memory.stream = std::uint64_t{256} << 10;
    }

    [[nodiscard]] core::NodeConfig node(const std::string& name, const std::string& peer, bool dial) const {
        core::PeerConfig table{.name = peer, .dial = dial};
        table.links = {row("20", "one", 1, "A"), row("21", "two", 1, "B"), row("161", "two", 2, ""),
                       row("162", "one", 3, "")};
        for (const auto* each : {"A", "B"}) {
            table.processes.push_back(process);
            table.processes.back().name = each;
        }
        return {.name = name, .health = health, .memory = memory, .peers = {table}};
    }

    core::HealthConfig health;
    core::ProcessConfig process;
    core::MemoryConfig memory;
};

class Pair {
  public:
    explicit Pair(const Settings& settings) {
        network_.add(settings.node("tokyo", "osaka", true), ++lives_);
        network_.add(settings.node("osaka", "tokyo", false), ++lives_);
        network_.settle();
    }

    void run(Program& program) {
        while (!program.over()) {
            operate(program);
            network_.settle();
            check_memory();
        }
    }

    void repair_and_check() {
        for (const auto* name : link_names) network_.line(name) = {};
        for (const std::size_t i : {0U, 1U}) {
            network_.stall(i, false);
            network_.machine(i).set_targets_answer(true);
            network_.machine(i).set_appetite(~std::size_t{0});
        }
        network_.set_queue(std::size_t{256} << 10);
        network_.advance(20s);
        check_links();
        check_streams();
    }

  private:
    void operate(Program& program) {
        auto& machine = network_.machine(program.coin() ? 1 : 0);
        const std::string link = link_names[program.below(link_names.size())];
        const auto now = network_.now();
        switch (program.below(20)) {
            case 0:
                return network_.advance_to_next(1s);
            case 1:
                return network_.advance(std::min<std::uint64_t>(program.number(), 20'000) * 1ms);
            case 2:
                return network_.advance(std::min<std::uint64_t>(program.number(), 20'000) * 1us);
            case 3:
                if (machine.open_sockets().size() < 8)
                    machine.open_stream({0}, {static_cast<std::uint32_t>(program.below(2))}, now);
                return;
            case 4:
            case 5:
                if (const auto key = any_socket(machine, program))
                    machine.write(
                        *key, static_cast<std::size_t>(std::min<std::uint64_t>(program.number(), 1 << 20)),
                        now);
                return;
            case 6:
                if (const auto key = any_socket(machine, program)) machine.finish(*key, now);
                return;
            case 7:
                if (const auto key = any_socket(machine, program)) machine.reset_socket(*key, now);
                return;
            case 8:
                return machine.set_appetite(appetite(program));
            case 9:
                return machine.set_appetite(~std::size_t{0});
            case 10:
                return machine.set_targets_answer(program.coin());
            case 11:
                static_cast<void>(machine.answer_targets(program.coin(), now));
                return;
            case 12:
                network_.line(link).cut = {program.coin(), program.coin()};
                return;
            case 13:
                network_.line(link) = {};
                return;
            case 14:
                network_.line(link).held = true;
                return;
            case 15:
                return network_.deliver(link, static_cast<std::size_t>(program.number()));
            case 16:
                return network_.break_line(link, {program.coin(), program.coin()});
            case 17:
                return network_.stall(program.below(2), program.coin());
            case 18:
                // No round number, so that frames are cut anywhere.
                network_.set_queue(513 + program.byte() * 61U);
                return;
            default:
                if (program.byte() < 64) network_.restart(program.below(2), ++lives_);
        }
    }

    /// Byte by byte a megabyte would take too many rounds.
    static std::size_t appetite(Program& program) {
        constexpr std::size_t least = 64;
        const auto number = static_cast<std::size_t>(program.number());
        return number == 0 ? 0 : std::max(number, least);
    }

    std::optional<core::StreamKey> any_socket(const Machine& machine, Program& program) const {
        const auto keys = machine.open_sockets();
        return keys.empty() ? std::nullopt : std::optional{keys[program.below(keys.size())]};
    }

    void check_memory() {
        for (const std::size_t i : {0U, 1U}) {
            auto& machine = network_.machine(i);
            check(machine.node().memory_held() <= machine.config().memory.node);
        }
    }

    void check_links() {
        for (const std::size_t i : {0U, 1U})
            for (const auto& link : network_.machine(i).node().status().peers[0].links)
                check(link.condition == core::Condition::act);
    }

    void check_streams() {
        for (const std::size_t i : {0U, 1U}) {
            auto& machine = network_.machine(i);
            check(machine.node().stream_count() == machine.open_sockets().size());
            for (const auto key : machine.open_sockets()) {
                const auto* here = machine.find(key);
                const auto* there = network_.machine(1 - i).find(key);
                check(there && there->state == Socket::State::open);
                check(there->read == here->written && there->end_read == here->finished);
                // With both ends read there is nothing left to be open for.
                check(!(here->end_read && there->end_read));
            }
        }
    }

    Network network_{core::Time{1h}};
    std::uint64_t lives_ = 0;
};

}  // namespace
}  // namespace warmspare::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace warmspare::fuzz;
    Program program{{data, size}};
    Pair pair{Settings{program}};
    pair.run(program);
    pair.repair_and_check();
    return 0;
}
