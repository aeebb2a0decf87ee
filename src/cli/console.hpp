// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Standard output and standard error, as file descriptors: what matters here is to notice that nobody reads
// any more, and to end quietly then.

#pragma once

#include <string_view>

namespace warmspare::cli {

/// Exit codes of the program.
inline constexpr int exit_fine = 0;
inline constexpr int exit_wrong = 1;
inline constexpr int exit_usage = 2;

class Console {
  public:
    Console(int output, int errors, bool colour) : output_{output}, errors_{errors}, colour_{colour} {}

    /// The program's own: with colour if standard output is a terminal that knows it and NO_COLOR is not set.
    [[nodiscard]] static Console standard();

    /// Writes all of it. False when there is no use in going on: see exit_code().
    bool print(std::string_view text);
    /// Writes lines that are complete in themselves to standard error. Returns exit_wrong.
    int report(std::string_view text) const;
    /// "warmspare: MESSAGE" to standard error. Returns exit_wrong.
    int complain(std::string_view message) const;
    /// exit_fine when everything was written, or when the reader went away because it had seen enough.
    [[nodiscard]] int exit_code() const noexcept { return failed_ ? exit_wrong : exit_fine; }

    [[nodiscard]] int output() const noexcept { return output_; }
    [[nodiscard]] bool colour() const noexcept { return colour_; }

  private:
    int output_;
    int errors_;
    bool colour_;
    bool failed_ = false;
};

/// Whether to use colour on a terminal, from the values of NO_COLOR and TERM (null: not set).
[[nodiscard]] bool wants_colour(const char* no_color, const char* term) noexcept;

}  // namespace warmspare::cli
