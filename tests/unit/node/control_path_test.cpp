// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/temporary_directory.hpp"

namespace warmspare::node {
namespace {

TEST(ControlPath, IsBelowRunForRootAndBelowTheRuntimeDirectoryForOthers) {
    EXPECT_EQ(control_path_for(true, nullptr), "/run/warmspare/control.sock");
    EXPECT_EQ(control_path_for(true, "/run/user/0"), "/run/warmspare/control.sock");
    EXPECT_EQ(control_path_for(false, "/run/user/1000"), "/run/user/1000/warmspare/control.sock");
}

TEST(ControlPath, WithoutARuntimeDirectorySaysWhatToDo) {
    for (const char* directory : {static_cast<const char*>(nullptr), "", "relative"}) {
        const auto path = control_path_for(false, directory);
        ASSERT_FALSE(path);
        EXPECT_THAT(path.error(), testing::HasSubstr("XDG_RUNTIME_DIR"));
        EXPECT_THAT(path.error(), testing::HasSubstr("--control PATH"));
    }
}

TEST(ControlPath, ItsDirectoryIsMadeOnceAndWithTheModeOfItsOwner) {
    const test::TemporaryDirectory directory;
    const auto path = directory / "warmspare/control.sock";
    const mode_t umask_before = ::umask(0);
    const auto made = create_control_directory(path);
    ::umask(umask_before);
    ASSERT_TRUE(made) << made.error();
    struct stat found{};
    ASSERT_EQ(::stat(path.parent_path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, ::geteuid() == 0 ? 0755U : 0700U);
    EXPECT_TRUE(create_control_directory(path));
}

TEST(ControlPath, MissingDirectoriesAboveAreNotMade) {
    const test::TemporaryDirectory directory;
    const auto made = create_control_directory(directory / "a/b/control.sock");
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error(), testing::HasSubstr((directory / "a/b").string()));
}

}  // namespace
}  // namespace warmspare::node
