// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/log_sink.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <string>

#include "net/file_descriptor.hpp"

namespace warmspare::node {
namespace {

using net::FileDescriptor;
using testing::EndsWith;
using testing::HasSubstr;

class LogSinkTest : public testing::Test {
  protected:
    void use(int fd) {
        sink_ = std::make_shared<LogSink>(fd);
        log_ = std::make_unique<spdlog::logger>("test", sink_);
        log_->set_pattern("%v");
    }
    void make_pipe() {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        reader_ = FileDescriptor(ends[0]);
        writer_ = FileDescriptor(ends[1]);
        use(writer_.get());
    }
    /// Logs until a line is dropped.
    void fill() {
        while (sink_->dropped() == 0) log_->info(std::string(1000, 'x'));
    }
    std::string drain() {
        ::fcntl(reader_.get(), F_SETFL, O_NONBLOCK);
        std::string all;
        std::array<char, 4096> buffer{};
        for (ssize_t n = 0; (n = ::read(reader_.get(), buffer.data(), buffer.size())) > 0;) {
            all.append(buffer.data(), static_cast<std::size_t>(n));
        }
        return all;
    }

    FileDescriptor reader_;
    FileDescriptor writer_;
    std::shared_ptr<LogSink> sink_;
    std::unique_ptr<spdlog::logger> log_;
};

TEST_F(LogSinkTest, WritesLines) {
    make_pipe();
    log_->info("one");
    log_->info("two");
    EXPECT_EQ(drain(), "one\ntwo\n");
}

TEST_F(LogSinkTest, DropsWhatAFullPipeDoesNotTakeAndSaysSoLater) {
    make_pipe();
    fill();
    log_->info("lost");
    EXPECT_EQ(sink_->dropped(), 2U);
    drain();
    log_->info("again");
    EXPECT_THAT(drain(), testing::AllOf(HasSubstr("(2 lines"), EndsWith("again\n")));
    EXPECT_EQ(sink_->dropped(), 0U);
}

TEST_F(LogSinkTest, DoesNotWaitForASocketThatNobodyReads) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    reader_ = FileDescriptor(ends[0]);
    writer_ = FileDescriptor(ends[1]);
    use(writer_.get());
    fill();
    EXPECT_EQ(sink_->dropped(), 1U);
}

TEST_F(LogSinkTest, SurvivesAReaderThatIsGone) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    make_pipe();
    reader_.close();
    log_->info("for nobody");
    EXPECT_EQ(sink_->dropped(), 1U);
    std::signal(SIGPIPE, before);
}

TEST_F(LogSinkTest, SurvivesAFullDisk) {
    writer_ = FileDescriptor(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(writer_.is_open());
    use(writer_.get());
    log_->info("no space");
    EXPECT_EQ(sink_->dropped(), 1U);
}

TEST_F(LogSinkTest, ALineThatIsTooLongIsCutAndStaysALine) {
    make_pipe();
    log_->info(std::string(10000, 'x'));
    log_->info("next");
    const std::string all = drain();
    EXPECT_THAT(all, EndsWith("x\nnext\n"));
    EXPECT_LT(all.size(), 5000U);
}

}  // namespace
}  // namespace warmspare::node
