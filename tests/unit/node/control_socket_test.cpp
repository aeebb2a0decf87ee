// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "../support/temporary_directory.hpp"

namespace warmspare::node {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Leaves what a program that was killed leaves: a socket file without a listener.
void leave_stale_socket(const fs::path& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path.c_str());
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(fd);
}

class ControlSocketTest : public testing::Test {
  protected:
    test::TemporaryDirectory directory_;
    fs::path path_ = directory_ / "socket";
};

TEST_F(ControlSocketTest, HasItsModeWhateverTheUmaskAllows) {
    const mode_t umask_before = ::umask(0);
    const auto listener = ControlSocket::open(path_, 0600);
    ::umask(umask_before);
    ASSERT_TRUE(listener) << listener.error();
    struct stat found{};
    ASSERT_EQ(::lstat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode, S_IFSOCK | 0600U);
}

TEST_F(ControlSocketTest, ReplacesASocketOnWhichNobodyAnswers) {
    leave_stale_socket(path_);
    const auto listener = ControlSocket::open(path_, 0600);
    EXPECT_TRUE(listener) << listener.error();
}

TEST_F(ControlSocketTest, LeavesASocketOnWhichSomebodyAnswers) {
    const auto first = ControlSocket::open(path_, 0600);
    ASSERT_TRUE(first);
    {
        const auto second = ControlSocket::open(path_, 0600);
        ASSERT_FALSE(second);
        EXPECT_THAT(second.error(), HasSubstr("another program already answers on " + path_.string()));
    }
    EXPECT_FALSE(ControlSocket::open(path_, 0600));
    EXPECT_TRUE(fs::is_socket(path_));
}

TEST_F(ControlSocketTest, LeavesWhatIsNotASocket) {
    std::ofstream{path_} << "precious";
    const auto listener = ControlSocket::open(path_, 0600);
    ASSERT_FALSE(listener);
    EXPECT_THAT(listener.error(), HasSubstr(path_.string()));
    EXPECT_TRUE(fs::is_regular_file(path_));
}

TEST_F(ControlSocketTest, ADanglingLinkIsNotASocketEither) {
    fs::create_symlink(directory_ / "elsewhere", path_);
    EXPECT_FALSE(ControlSocket::open(path_, 0600));
    EXPECT_TRUE(fs::is_symlink(path_));
}

TEST_F(ControlSocketTest, RemovesItsFileAtTheEnd) {
    {
        ASSERT_TRUE(ControlSocket::open(path_, 0600));
    }
    EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ControlSocketTest, DoesNotRemoveTheFileOfSomebodyElse) {
    {
        const auto first = ControlSocket::open(path_, 0600);
        ASSERT_TRUE(first);
        fs::remove(path_);
        leave_stale_socket(path_);
    }
    EXPECT_TRUE(fs::is_socket(path_));
}

TEST_F(ControlSocketTest, AMovedListenerIsRemovedOnce) {
    auto first = ControlSocket::open(path_, 0600);
    ASSERT_TRUE(first);
    {
        const ControlSocket second = std::move(*first);
        EXPECT_TRUE(fs::is_socket(path_));
    }
    EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ControlSocketTest, ErrorsNameThePath) {
    const auto missing = ControlSocket::open(directory_ / "no/socket", 0600);
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error(), HasSubstr((directory_ / "no").string()));
    const auto too_long = ControlSocket::open(directory_ / std::string(108, 'x'), 0600);
    ASSERT_FALSE(too_long);
    EXPECT_THAT(too_long.error(), HasSubstr("107 bytes"));
    EXPECT_FALSE(ControlSocket::open("", 0600));
}

}  // namespace
}  // namespace warmspare::node
