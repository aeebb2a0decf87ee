// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "cli/status_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/worked_example.hpp"
#include "cli/console.hpp"
#include "cli/table.hpp"

namespace warmspare::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatusText, TheWorkedExampleReadsLikeItsTable) {
    EXPECT_EQ(status_text(test::worked_example(), false),
              R"(node tokyo
scheduling realtime, late by 0.3 ms at most

peer osaka
own port | priority | peer port | condition | in use | process | in flight | link         |       rtt | detection
---------+----------+-----------+-----------+--------+---------+-----------+--------------+-----------+----------
      20 |        1 |        20 | ACT       | Y      | A       | Y         | line:20-20   |  0.213 ms |   15.3 ms
      21 |        1 |        21 | ACT       | N      | B       |           | line:21-21   |           |
      23 |        1 |        23 | SBY       | Y      | C       | Y         | line:23-23   |           |
     161 |        2 |       161 | SBY       | N      |         |           | line:161-161 |           |
     162 |        3 |       162 | ACT       | N      |         |           | line:162-162 | 12.345 ms |   21.0 ms

process | state     | link       | streams | free spares
--------+-----------+------------+---------+------------
A       | dedicated | line:20-20 |       2 |           1
B       | idle      |            |       0 |           1
C       | waiting   |            |       1 |           1
)");
}

TEST(StatusText, EachPeerHasItsTables) {
    auto status = test::worked_example();
    status.peers.push_back({"kobe", {}, {}});
    EXPECT_THAT(status_text(status, false), HasSubstr("\n\npeer kobe\nown port | priority"));
    EXPECT_EQ(status_text({"tokyo", {}}, false), "node tokyo\n");
}

TEST(StatusText, ColourMarksConditionsAndUseAndChangesNothingElse) {
    const std::string plain = status_text(test::worked_example(), false);
    std::string coloured = status_text(test::worked_example(), true);
    EXPECT_THAT(coloured, HasSubstr("| \x1b[32mACT\x1b[0m       | \x1b[1mY\x1b[0m      | A "));
    EXPECT_THAT(coloured, HasSubstr("| \x1b[31mSBY\x1b[0m       | N      | "));
    EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
    for (const std::string sequence : {"\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"}) {
        for (std::size_t at; (at = coloured.find(sequence)) != std::string::npos;)
            coloured.erase(at, sequence.size());
    }
    EXPECT_EQ(coloured, plain);
}

TEST(StatusText, ColourIsForTerminalsThatKnowItAndPeopleWhoWantIt) {
    EXPECT_TRUE(wants_colour(nullptr, "xterm"));
    EXPECT_TRUE(wants_colour("", "xterm"));
    EXPECT_FALSE(wants_colour("1", "xterm"));
    EXPECT_FALSE(wants_colour(nullptr, "dumb"));
    EXPECT_FALSE(wants_colour(nullptr, nullptr));
}

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
    Table table{{{"a"}, {"number", Align::right}, {"c"}}};
    table.add_row({{"longer"}, {"1"}, {"x"}});
    table.add_row({{"b"}, {"1234567"}});
    EXPECT_EQ(table.render(false),
              "a      |  number | c\n"
              "-------+---------+--\n"
              "longer |       1 | x\n"
              "b      | 1234567 |\n");
}

}  // namespace
}  // namespace warmspare::cli
