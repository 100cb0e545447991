// Holds the #include lines of src/ to the table in ARCHITECTURE.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "support/support.h"

using namespace pith;
namespace fs = std::filesystem;

namespace {

using Table = std::map<std::string, std::set<std::string>>;  // folder → folders it may use

// Rows read "| `name` | what it does | what it may use |"; the folders above a row are those it may name.
Table read_table() {
    Table table;
    std::set<std::string> above;
    auto text = test::slurp(test::source_dir() / "ARCHITECTURE.md");
    for (auto line : split(text, '\n')) {
        auto cells = split(line, '|');
        if (cells.size() != 5 || !trim(cells[1]).starts_with('`')) continue;
        auto name = std::string(trim(cells[1]));
        name = name.substr(1, name.size() - 2);
        auto& uses = table[name];
        auto may = trim(cells[3]);
        for (auto word : words(may))
            if (above.contains(std::string(word))) uses.insert(std::string(word));
        if (may == "all" || may.find("structs' headers") != std::string_view::npos) uses = above;
        above.insert(name);
    }
    return table;
}

std::vector<fs::path> sources() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(test::source_dir() / "src"))
        if (entry.path().extension() == ".h" || entry.path().extension() == ".cpp") out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

// The names in quotes or angle brackets of a file's #include lines.
std::vector<std::string> includes(const fs::path& file) {
    std::vector<std::string> out;
    auto text = test::slurp(file);
    for (auto line : split(text, '\n')) {
        line = trim(line);
        if (!line.starts_with("#include")) continue;
        auto name = trim(line.substr(8));
        if (name.size() > 2) out.emplace_back(name.substr(0, name.size() - 1));
    }
    return out;
}

}  // namespace

TEST(Architecture, AFolderUsesOnlyWhatItsRowNames) {
    auto table = read_table();
    ASSERT_GE(table.size(), 8u);
    std::size_t seen = 0;
    for (const auto& file : sources()) {
        auto path = fs::relative(file, test::source_dir() / "src");
        auto folder = path.begin()->string();
        ASSERT_TRUE(table.contains(folder)) << folder << " has no row in ARCHITECTURE.md";
        for (const auto& include : includes(file)) {
            if (include[0] != '"') continue;
            auto used = include.substr(1, include.find('/') - 1);
            ++seen;
            EXPECT_TRUE(used == folder || table[folder].contains(used)) << path << " includes " << include.substr(1);
        }
    }
    EXPECT_GT(seen, 50u);
}

TEST(Architecture, HeavyAndForeignHeadersStayInSourceFiles) {
    for (const auto& file : sources()) {
        if (file.extension() != ".h") continue;
        for (const auto& include : includes(file))
            for (const char* foreign :
                 {"<CLI/", "<nlohmann/json.hpp", "<boost/", "<solv/", "<curl/", "<yaml-cpp/", "<rnp/", "<openssl/",
                  "<sodium", "<re2/", "<lzma", "<zstd", "<libdeflate", "<isa-l", "<archive"})
                EXPECT_FALSE(include.starts_with(foreign)) << file << " includes " << include;
    }
}

TEST(Architecture, EveryFolderOfTheTableIsThere) {
    for (const auto& [folder, uses] : read_table())
        EXPECT_TRUE(fs::is_directory(test::source_dir() / "src" / folder)) << folder;
}
