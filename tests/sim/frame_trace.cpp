// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/frame_trace.hpp"

#include <fmt/format.h>

#include <variant>

namespace warmspare::sim {

namespace {

struct Words {
    std::string operator()(const wire::Hello& f) const {
        return fmt::format("hello, link {}, connection {}", f.link, f.connection);
    }
    std::string operator()(const wire::Welcome& f) const { return "welcome from " + f.node; }
    std::string operator()(const wire::Confirm&) const { return "confirm"; }
    std::string operator()(const wire::Refuse& f) const { return "refuse: " + f.text; }
    std::string operator()(const wire::Padding& f) const { return fmt::format("padding {}", f.size); }
    std::string operator()(const wire::Test& f) const { return fmt::format("test {}", f.number); }
    std::string operator()(const wire::Reply& f) const { return fmt::format("reply {}", f.number); }
    std::string operator()(const wire::Table&) const { return "table"; }
    std::string operator()(const wire::View& f) const {
        auto text = fmt::format("view {}:", f.version);
        for (const auto& link : f.links)
            text += fmt::format(" {}.{} {},", link.link_id, link.connection, link.act ? "ACT" : "SBY");
        text += " wants";
        for (const auto& process : f.wants) text += " " + process;
        return text;
    }
    std::string operator()(const wire::Assign& f) const {
        auto text = fmt::format("assign {}:", f.epoch);
        for (const auto& a : f.assignments)
            text += fmt::format(" {} {} {}.{} since {},", a.process,
                                a.holding == wire::Holding::waiting ? "waits" : "on", a.link_id, a.connection,
                                a.moved);
        return text;
    }
    std::string operator()(const wire::Moved& f) const {
        return fmt::format("moved {} {}", f.process, f.epoch);
    }
    std::string operator()(const wire::Suspect& f) const {
        return fmt::format("suspect {} {}", f.process, f.epoch);
    }
    std::string operator()(const wire::Open& f) const {
        return fmt::format("open {} of {}", f.stream, f.process);
    }
    std::string operator()(const wire::Data& f) const {
        return fmt::format("data {} from {}, {} bytes", f.stream, f.offset, f.payload.size());
    }
    std::string operator()(const wire::Ack& f) const {
        return fmt::format("ack {} {}/{}, limit {}", f.stream, f.received, f.written, f.limit);
    }
    std::string operator()(const wire::Finish& f) const {
        return fmt::format("finish {} at {}", f.stream, f.final_offset);
    }
    std::string operator()(const wire::Reset& f) const {
        return fmt::format("reset {} for {} {}", f.stream, static_cast<int>(f.reason), f.text);
    }
    std::string operator()(const wire::Closed& f) const { return fmt::format("closed {}", f.stream); }
    std::string operator()(const wire::Goodbye&) const { return "goodbye"; }
};

}  // namespace

std::vector<std::string> FrameTrace::read(std::span<const std::byte> bytes) {
    std::vector<std::string> lines;
    for (auto frame = decoder_.next(bytes); frame && *frame; frame = decoder_.next(bytes)) {
        lines.push_back(std::visit(Words{}, **frame));
        const bool accepted =
            std::holds_alternative<wire::Welcome>(**frame) || std::holds_alternative<wire::Confirm>(**frame);
        if (accepted) decoder_.accept();
    }
    return lines;
}

}  // namespace warmspare::sim
