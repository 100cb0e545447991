#include "support/support.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/subprocess.h"

namespace pith::test {

namespace fs = std::filesystem;

fs::path source_dir() { return PITH_SOURCE_DIR; }
fs::path data(std::string_view name) { return source_dir() / "tests" / "data" / name; }

fs::path pith_binary() {
    const char* named = std::getenv("PITH");
    return named ? fs::path(named) : fs::path(PITH_BINARY);
}

std::optional<fs::path> shared(std::string_view name) {
    const char* named = std::getenv("PITH_SHARED");
    auto path = (named ? fs::path(named) : source_dir().parent_path() / "shared") / "data" / name;
    if (!fs::exists(path)) return std::nullopt;
    return path;
}

Scratch::Scratch() {
    auto pattern = (fs::temp_directory_path() / "pith-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    m_path = pattern;
}

Scratch::~Scratch() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

void expect_golden(std::string_view name, std::string_view actual) {
    auto path = source_dir() / "tests" / "golden" / name;
    if (std::getenv("PITH_UPDATE_GOLDEN")) {
        fs::create_directories(path.parent_path());
        spit(path, actual);
        ADD_FAILURE() << "golden " << name << " was made anew: look at it, then run without PITH_UPDATE_GOLDEN";
        return;
    }
    ASSERT_TRUE(fs::exists(path)) << "no golden " << name << "; PITH_UPDATE_GOLDEN=1 makes it";
    EXPECT_EQ(slurp(path), actual) << "differs from golden " << name;
}

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in) << "cannot read " << path;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void spit(const fs::path& path, std::string_view text) {
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    ASSERT_TRUE(out) << "cannot write " << path;
}

Ran sh(const std::string& command, std::chrono::minutes limit) {
    auto outcome = run({"/bin/sh", "-c", command}, limit);
    if (!outcome) return {127, "", outcome.error().text()};
    return {outcome->exit_code, outcome->out, outcome->err};
}

bool have(std::string_view tool) { return sh("command -v " + std::string(tool)).exit_code == 0; }

}  // namespace pith::test
