// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/unix_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <fstream>

#include "../support/temporary_directory.hpp"
#include "net/asio_types.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {
namespace {

using testing::HasSubstr;

class UnixListenerTest : public testing::Test {
  protected:
    [[nodiscard]] std::string path() const { return (directory_ / "a.sock").string(); }
    [[nodiscard]] bool answers() const {
        const auto socket = open_socket(AF_UNIX);
        return connect_socket(socket->get(), asio::local::stream_protocol::endpoint(path())) == 0;
    }
    /// What a program leaves behind that was killed.
    void leave_stale_file() const {
        const auto socket = open_socket(AF_UNIX);
        ASSERT_EQ(bind_socket(socket->get(), asio::local::stream_protocol::endpoint(path())), 0);
    }

    test::TemporaryDirectory directory_;
};

TEST_F(UnixListenerTest, ListensAndRemovesItsFileInTheEnd) {
    {
        const auto listener = UnixListener::open(path());
        ASSERT_TRUE(listener) << listener.error();
        EXPECT_TRUE(answers());
    }
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(UnixListenerTest, ReplacesAFileThatNobodyAnswersOn) {
    leave_stale_file();
    ASSERT_TRUE(std::filesystem::exists(path()));
    const auto listener = UnixListener::open(path());
    ASSERT_TRUE(listener) << listener.error();
    EXPECT_TRUE(answers());
}

TEST_F(UnixListenerTest, LeavesASocketAloneThatAnswers) {
    const auto first = UnixListener::open(path());
    const auto second = UnixListener::open(path());
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error(), HasSubstr("another program answers there"));
    EXPECT_TRUE(answers());
}

TEST_F(UnixListenerTest, LeavesAFileAloneThatIsNoSocket) {
    std::ofstream(path()) << "precious";
    const auto listener = UnixListener::open(path());
    ASSERT_FALSE(listener);
    EXPECT_THAT(listener.error(), HasSubstr("no socket"));
    EXPECT_TRUE(std::filesystem::is_regular_file(path()));
}

TEST_F(UnixListenerTest, RemovesNoFileThatAnotherProgramPutThere) {
    {
        const auto listener = UnixListener::open(path());
        std::filesystem::remove(path());
        leave_stale_file();
    }
    EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(UnixListenerTest, AMovedListenerIsRemovedOnce) {
    auto first = UnixListener::open(path());
    ASSERT_TRUE(first);
    {
        const UnixListener second = std::move(*first);
        EXPECT_TRUE(answers());
    }
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(UnixListenerTest, HasItsModeWhateverTheUmaskAllows) {
    const mode_t umask_before = ::umask(0);
    const auto listener = UnixListener::open(path(), 0600);
    ::umask(umask_before);
    ASSERT_TRUE(listener) << listener.error();
    struct stat found{};
    ASSERT_EQ(::lstat(path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode, S_IFSOCK | 0600U);
}

TEST_F(UnixListenerTest, ADanglingLinkIsNoSocketEither) {
    std::filesystem::create_symlink(directory_ / "elsewhere", path());
    EXPECT_FALSE(UnixListener::open(path()));
    EXPECT_TRUE(std::filesystem::is_symlink(path()));
}

TEST_F(UnixListenerTest, SaysWhatIsWrongWithAPath) {
    EXPECT_EQ(UnixListener::open("/nonexistent/a.sock").error(), "no such directory");
    const std::string needed = "the path of a socket must have 1 to 107 bytes";
    EXPECT_EQ(UnixListener::open("/" + std::string(107, 'x')).error(), needed);
    EXPECT_EQ(UnixListener::open("").error(), needed);
}

}  // namespace
}  // namespace warmspare::net
