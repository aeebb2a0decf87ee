// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The bytes of every frame stand in docs/protocol.md, as examples; this test reads them there. So the
// document and the code cannot drift apart.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "transcript.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {
namespace {

std::vector<std::string> document_lines() {
    const auto tests = std::filesystem::path{__FILE__}.parent_path().parent_path().parent_path();
    std::ifstream file{tests.parent_path() / "docs" / "protocol.md"};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

/// The bytes in front of a remark, which two spaces set apart.
Buffer bytes_of(const std::string& line) {
    Buffer bytes;
    std::istringstream words{line.substr(0, line.find("  "))};
    for (std::string word; words >> word;)
        bytes.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
    return bytes;
}

std::string hex(const Buffer& bytes) {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{:02X} ", std::to_integer<int>(byte));
    return text;
}

std::vector<Buffer> document_examples() {
    std::vector<Buffer> examples;
    bool inside = false;
    for (const auto& line : document_lines()) {
        if (line == "```hex") {
            inside = true;
            examples.emplace_back();
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            const auto bytes = bytes_of(line);
            examples.back().insert(examples.back().end(), bytes.begin(), bytes.end());
        }
    }
    return examples;
}

constexpr std::byte hello_payload[] = {std::byte{'h'}, std::byte{'e'}, std::byte{'l'}, std::byte{'l'},
                                       std::byte{'o'}};

/// The frames of the examples, in the order of the document.
std::vector<Frame> example_frames() {
    return {
        Hello{.version_min = 1,
              .version_max = 1,
              .node = "tokyo",
              .peer = "osaka",
              .incarnation = 0x0102030405060708,
              .nonce = 0x1112131415161718,
              .link = "fiber/redis",
              .circuit = "fiber",
              .priority = 1,
              .process = "redis",
              .link_id = 2,
              .connection = 3},
        Welcome{.version = 1,
                .node = "osaka",
                .incarnation = 0x2122232425262728,
                .nonce_echo = 0x1112131415161718,
                .nonce = 0x3132333435363738},
        Confirm{.nonce_echo = 0x3132333435363738},
        Refuse{.reason = RefuseReason::unknown_link, .text = "no link x."},
        Test{.number = 7, .stamp = 1'000'000'000},
        Reply{.number = 7, .stamp = 1'000'000'000},
        Table{.misses = 3,
              .rows = {{"fiber/redis", "fiber", 1, "redis", 0, 7440}, {"lte/1", "lte", 2, "", 23, 23}},
              .processes = {{"redis", true, 5'000'000'000}}},
        View{.version = 9, .links = {{2, 3, true}, {4, 1, false}}, .wants = {"redis"}},
        Assign{.epoch = 12, .assignments = {{"redis", 4, 1, 11, Holding::assigned, "watchdog expired"}}},
        Moved{.epoch = 11, .process = "redis"},
        Open{.stream = 2, .process = "redis"},
        Data{.stream = 2, .offset = 0x100000000, .payload = hello_payload},
        Ack{.stream = 2, .received = 0x100000005, .written = 0x100000000, .limit = 0x100010000},
        Finish{.stream = 2, .final_offset = 0x100000005, .digest = 0x4142434445464748},
        Finish{.stream = 2, .final_offset = 0, .digest = {}},
        Reset{.stream = 2, .reason = ResetReason::target_unreachable, .text = "connection refused"},
        Closed{.stream = 2},
        Goodbye{},
        Suspect{.epoch = 11, .process = "redis"},
        Padding{.size = 4},
    };
}

TEST(Golden, EncodesTheExamplesOfTheDocument) {
    const auto examples = document_examples();
    const auto frames = example_frames();
    ASSERT_EQ(examples.size(), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i)
        EXPECT_EQ(hex(encoded(frames[i])), hex(examples[i])) << "example " << i + 1;
}

TEST(Golden, DecodesTheExamplesOfTheDocument) {
    const auto examples = document_examples();
    const auto frames = example_frames();
    ASSERT_EQ(examples.size(), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Transcript expected;
        expected.add(frames[i]);
        Decoder decoder;
        const bool handshake = frames[i].index() < 4;
        if (!handshake) decoder.accept();
        Transcript decoded;
        feed(decoder, examples[i], decoded);
        EXPECT_EQ(decoded, expected) << "example " << i + 1;
    }
}

/// "| 5 | Test | 16 | accepted |": the number, the shortest and the longest body, and the phase.
struct DocumentedShape {
    FrameType type;
    std::size_t shortest;
    std::size_t longest;
    std::string phase;
};

std::vector<DocumentedShape> documented_shapes() {
    std::vector<DocumentedShape> shapes;
    for (const auto& line : document_lines()) {
        std::istringstream cells{line};
        std::string skipped;
        std::string number;
        std::string sizes;
        std::string phase;
        std::getline(cells, skipped, '|') && std::getline(cells, number, '|') &&
            std::getline(cells, skipped, '|') && std::getline(cells, sizes, '|') &&
            std::getline(cells, phase, '|');
        const bool row = phase == " handshake " || phase == " accepted " || phase == " at any time ";
        if (!row) continue;
        std::istringstream words{sizes};
        DocumentedShape shape{static_cast<FrameType>(std::stoul(number)), 0, 0, phase};
        words >> shape.shortest;
        shape.longest = shape.shortest;
        if (std::string between; words >> between) words >> shape.longest;
        shapes.push_back(shape);
    }
    return shapes;
}

TEST(Golden, LimitsAreThoseOfTheDocument) {
    const auto documented = documented_shapes();
    ASSERT_EQ(documented.size(), std::variant_size_v<Frame>);
    for (const auto& row : documented) {
        const auto known = shape(row.type);
        ASSERT_TRUE(known) << row.phase;
        const int type = static_cast<int>(row.type);
        EXPECT_EQ(known->shortest, row.shortest) << "type " << type;
        EXPECT_EQ(known->longest, row.longest) << "type " << type;
        const auto* phase = known->phase == Phase::handshake  ? " handshake "
                            : known->phase == Phase::accepted ? " accepted "
                                                              : " at any time ";
        EXPECT_EQ(phase, row.phase) << "type " << type;
    }
}

}  // namespace
}  // namespace warmspare::wire
