// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace warmspare::test {

/// An empty directory with a short name, gone at the end with all that is in it.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = "/tmp/warmspare-test-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make a temporary directory"};
        path_ = name;
    }
    TemporaryDirectory(TemporaryDirectory&&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

}  // namespace warmspare::test
