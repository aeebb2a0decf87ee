// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The program's commands against the real server, over a real socket.

#include "cli/commands.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "../support/control_fixture.hpp"
#include "cli/status_text.hpp"
#include "node/event_text.hpp"
#include "node/json.hpp"

namespace warmspare::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A file in memory that stands for a standard stream.
class Stream {
  public:
    Stream() : fd_{::memfd_create("stream", MFD_CLOEXEC)} {}
    Stream(Stream&&) = delete;
    ~Stream() { ::close(fd_); }

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::string text() const {
        std::string text;
        char buffer[4096];
        for (ssize_t size;
             (size = ::pread(fd_, buffer, sizeof buffer, static_cast<off_t>(text.size()))) > 0;) {
            text.append(buffer, static_cast<std::size_t>(size));
        }
        return text;
    }

  private:
    int fd_;
};

struct Outcome {
    int code = -1;
    std::string output;
    std::string errors;
};

Outcome run_program(std::vector<std::string> arguments) {
    const Stream output;
    const Stream errors;
    Console console{output.fd(), errors.fd(), false};
    std::vector<const char*> argv{"warmspare"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    const int code = run(static_cast<int>(argv.size()), argv.data(), console);
    return {code, output.text(), errors.text()};
}

class CommandsTest : public test::ControlFixture {
  protected:
    CommandsTest() { std::signal(SIGPIPE, SIG_IGN); }

    Outcome run_with_control(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--control", path_.string()});
        return run_program(std::move(arguments));
    }
};

TEST_F(CommandsTest, StatusPrintsTheTables) {
    start();
    const Outcome outcome = run_with_control({"status"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.output, status_text(test::worked_example(), false));
    EXPECT_THAT(outcome.errors, IsEmpty());
}

TEST_F(CommandsTest, ControlIsUnderstoodBeforeTheCommandToo) {
    start();
    EXPECT_EQ(run_program({"--control", path_.string(), "status"}).code, 0);
}

TEST_F(CommandsTest, StatusAsJsonIsTheObjectAlone) {
    start();
    const Outcome outcome = run_with_control({"status", "--json"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(node::Json::parse(outcome.output), node::status_json(test::worked_example()));
}

TEST_F(CommandsTest, EventsPrintsTheLogAndEnds) {
    append(test::example_switch());
    append(error_event("something"));
    start();
    const Outcome outcome = run_with_control({"events"});
    EXPECT_EQ(outcome.code, 0);
    const std::string time = "2026-01-31T12:34:56.123456Z";
    EXPECT_EQ(outcome.output,
              node::event_text(time, test::example_switch()) + '\n' + time + " error: cause: something\n");
}

TEST_F(CommandsTest, EventsAsJsonIsOneObjectALine) {
    for (int i = 0; i < 4096; ++i) append(test::example_switch());
    start();
    const Outcome outcome = run_with_control({"events", "--json"});
    EXPECT_EQ(outcome.code, 0);
    std::istringstream lines{outcome.output};
    std::uint64_t count = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto event = node::Json::parse(line);
        EXPECT_EQ(event["event"], "switch");
        EXPECT_EQ(event["sequence"], ++count);
    }
    EXPECT_EQ(count, 4096U);
}

TEST_F(CommandsTest, EventsOfAnEmptyLogIsNothing) {
    start();
    const Outcome outcome = run_with_control({"events"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, IsEmpty());
}

/// Runs `events --follow` beside the test, which reads what it prints.
class Follower {
  public:
    explicit Follower(const std::filesystem::path& control) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
        reader_ = ::fdopen(ends[0], "r");
        thread_ = std::thread{[this, control, output = ends[1]] {
            Console console{output, errors_.fd(), false};
            code_ = run_events({.control = control, .json = false, .follow = true}, console);
            ::close(output);
        }};
    }
    Follower(Follower&&) = delete;
    ~Follower() { end(); }

    std::string line() {
        char buffer[4096];
        return std::fgets(buffer, sizeof buffer, reader_) == nullptr ? "" : buffer;
    }
    void stop_reading() {
        if (reader_ != nullptr) std::fclose(std::exchange(reader_, nullptr));
    }
    int join() {
        thread_.join();
        return code_;
    }
    [[nodiscard]] std::string errors() const { return errors_.text(); }

  private:
    void end() {
        stop_reading();
        if (thread_.joinable()) thread_.join();
    }

    Stream errors_;
    std::FILE* reader_ = nullptr;
    int code_ = -1;
    std::thread thread_;
};

TEST_F(CommandsTest, FollowGoesOnUntilNobodyReadsItsOutput) {
    append(error_event("before"));
    start();
    Follower follower{path_};
    EXPECT_THAT(follower.line(), HasSubstr("before"));
    on_loop([this] { append(error_event("live")); });
    EXPECT_THAT(follower.line(), HasSubstr("live"));
    // Like `| head`: it ends although no further event makes it write.
    follower.stop_reading();
    EXPECT_EQ(follower.join(), 0);
    EXPECT_THAT(follower.errors(), IsEmpty());
}

TEST_F(CommandsTest, FollowSaysWhenTheDaemonEnds) {
    append(error_event("before"));
    start();
    Follower follower{path_};
    EXPECT_THAT(follower.line(), HasSubstr("before"));
    stop();
    EXPECT_EQ(follower.join(), 1);
    EXPECT_THAT(follower.errors(), HasSubstr(path_.string()));
}

TEST_F(CommandsTest, AClosedOutputIsNoErrorButAFullDiskIs) {
    start();
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ::close(ends[0]);
    const Stream errors;
    Console closed{ends[1], errors.fd(), false};
    EXPECT_EQ(run_status({.control = path_}, closed), 0);
    EXPECT_THAT(errors.text(), IsEmpty());
    ::close(ends[1]);

    const int full_fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full_fd, 0);
    Console full{full_fd, errors.fd(), false};
    EXPECT_EQ(run_status({.control = path_}, full), 1);
    EXPECT_THAT(errors.text(), HasSubstr("cannot write"));
    ::close(full_fd);
}

TEST_F(CommandsTest, WithoutADaemonItSaysWhereItLookedAndWhatToDo) {
    for (const char* command : {"status", "events"}) {
        const Outcome outcome = run_with_control({command});
        EXPECT_EQ(outcome.code, 1);
        EXPECT_THAT(outcome.output, IsEmpty());
        EXPECT_THAT(outcome.errors, StartsWith("warmspare: no warmspared answers on " + path_.string()));
        EXPECT_THAT(outcome.errors, HasSubstr("warmspared --config FILE"));
    }
    const Outcome too_long = run_program({"status", "--control", '/' + std::string(200, 'x')});
    EXPECT_EQ(too_long.code, 1);
    EXPECT_THAT(too_long.errors, HasSubstr("too long"));
}

TEST_F(CommandsTest, WhatTheDaemonCallsAnErrorIsPassedOn) {
    node::ControlLimits limits;
    limits.clients = 0;
    start(limits);
    const Outcome outcome = run_with_control({"status"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.errors, HasSubstr("too many clients"));
}

TEST(Program, VersionAndHelpAreFine) {
    const Outcome version = run_program({"--version"});
    EXPECT_EQ(version.code, 0);
    EXPECT_EQ(version.output, "warmspare " WARMSPARE_VERSION "\n");
    const Outcome help = run_program({"--help"});
    EXPECT_EQ(help.code, 0);
    for (const char* word : {"status", "events", "check", "--control", "--version", "Exit codes"}) {
        EXPECT_THAT(help.output, HasSubstr(word));
    }
    EXPECT_THAT(run_program({"events", "--help"}).output, HasSubstr("--follow"));
}

TEST(Program, WrongUsageNamesWhatIsWrong) {
    EXPECT_EQ(run_program({"statsu"}).errors,
              "warmspare: The following argument was not expected: statsu; --help says more\n");
    EXPECT_THAT(run_program({"status", "--jason"}).errors, HasSubstr("--jason"));
    EXPECT_THAT(run_program({}).errors, HasSubstr("status, events or check FILE"));
}

TEST(Program, WrongUsageIsExitCode2) {
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                  {"stat"},
                                                  {"status", "--jason"},
                                                  {"status", "extra"},
                                                  {"check"},
                                                  {"check", "a", "b"},
                                                  {"status", "--control"},
                                                  {"status", "events"}}) {
        const Outcome outcome = run_program(wrong);
        EXPECT_EQ(outcome.code, 2) << testing::PrintToString(wrong);
        EXPECT_THAT(outcome.output, IsEmpty()) << testing::PrintToString(wrong);
        EXPECT_FALSE(outcome.errors.empty()) << testing::PrintToString(wrong);
    }
}

constexpr const char* good_file = R"(node = "tokyo"

[peer.osaka]
dial = true
security = "plain"
circuits = [
  { name = "fiber", local = "10.0.1.1", remote = "10.0.1.2" },
  { name = "lte",   local = "10.0.2.1", remote = "10.0.2.2" },
]

[process.redis]
peer = "osaka"
listen = "127.0.0.1:6380"
)";

TEST(Program, CheckSaysThatAFileIsFineAndWhatIsInIt) {
    const test::TemporaryDirectory directory;
    const std::string file = directory / "node.toml";
    std::ofstream{file} << good_file;
    const Outcome outcome = run_program({"check", file});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.output, file + ": fine: node tokyo, 1 peer, 0 warnings\n" +
                                  "  peer osaka (dialled): 2 circuits, 2 links, 1 process\n");
    EXPECT_THAT(outcome.errors, IsEmpty());
}

TEST(Program, CheckPointsAtTheLine) {
    const test::TemporaryDirectory directory;
    const std::string file = directory / "node.toml";
    std::ofstream{file} << good_file << "colour = \"green\"\n";
    const Outcome outcome = run_program({"check", file});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.output, IsEmpty());
    EXPECT_THAT(outcome.errors, StartsWith(file + ":14: "));
}

TEST(Program, CheckOfAFileThatIsNotThereIsWrong) {
    const Outcome outcome = run_program({"check", "/nonexistent/node.toml"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.errors, StartsWith("/nonexistent/node.toml: "));
}

}  // namespace
}  // namespace warmspare::cli
