// What tests share: places of data, scratch folders, goldens.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pith::test {

[[nodiscard]] std::filesystem::path source_dir();                 // the checkout
[[nodiscard]] std::filesystem::path data(std::string_view name);  // tests/data/NAME
[[nodiscard]] std::filesystem::path pith_binary();                // the program under test; $PITH wins

// ../shared/data/NAME beside the checkout, or $PITH_SHARED/data/NAME; nothing where it is missing (a
// user's clone), and then the test must skip: PITH_NEED(shared("…"), "../shared/data").
[[nodiscard]] std::optional<std::filesystem::path> shared(std::string_view name);

// A folder of its own for one test, removed at the end.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

// Compares with tests/golden/NAME. PITH_UPDATE_GOLDEN=1 rewrites the file and fails the test, so that a
// re-made golden is always reported.
void expect_golden(std::string_view name, std::string_view actual);

[[nodiscard]] std::string slurp(const std::filesystem::path& path);
void spit(const std::filesystem::path& path, std::string_view text);

// Runs a shell command for a test's set-up or a real tool's opinion.
struct Ran {
    int exit_code = 0;
    std::string out;  // standard output
    std::string err;
};
[[nodiscard]] Ran sh(const std::string& command, std::chrono::minutes limit = std::chrono::minutes(10));
[[nodiscard]] bool have(std::string_view tool);  // in PATH

}  // namespace pith::test

// Skips, or fails under CI=true, where something a test needs is not there.
#define PITH_NEED(condition, what)                                                \
    if (!(condition)) {                                                           \
        if (std::getenv("CI")) FAIL() << "needs " << (what) << ", and CI has it"; \
        GTEST_SKIP() << "needs " << (what);                                       \
    }

// The value of a Result, or a failed test that shows the error.
#define ASSERT_OK(result) ASSERT_TRUE((result).has_value()) << (result).error().text()
#define EXPECT_OK(result) EXPECT_TRUE((result).has_value()) << (result).error().text()
