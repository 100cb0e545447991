// Looks for TRY after another value in braces, where gcc 12 leaks that value (src/base/result.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ranges>
#include <string>
#include <vector>

#include "support/support.h"

using namespace pith;
namespace fs = std::filesystem;

namespace {

// The text without comments and with empty literals, of the same lines.
std::string code_of(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "//") {
            while (i < text.size() && text[i] != '\n') ++i;
            out += '\n';
        } else if (text.substr(i, 3) == "R\"(") {
            i = text.find(")\"", i) + 1;
        } else if (text[i] == '"' ||
                   (text[i] == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))))) {
            auto quote = text[i];
            for (++i; i < text.size() && text[i] != quote; ++i)
                if (text[i] == '\\') ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

// The lines of braces that hold values, of which one after the first holds a TRY. Braces of statements, such as a
// lambda's, are left alone: a TRY in them returns from the lambda.
std::vector<std::size_t> wrong_lines(std::string_view text) {
    struct Group {
        char kind;
        std::size_t line;
        bool comma = false, statements = false, holds_try = false, try_after_comma = false;
        void see_try() {
            holds_try = true;
            try_after_comma |= comma;
        }
    };
    std::vector<Group> open{{'{', 1}};
    std::vector<std::size_t> out;
    std::size_t line = 1;
    auto code = code_of(text);
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == '\n') ++line;
        if (code[i] == ',') open.back().comma = true;
        if (code[i] == ';') open.back().statements = true;
        if (code.compare(i, 4, "TRY(") == 0) open.back().see_try();
        if (code[i] == '{' || code[i] == '(') open.push_back({code[i], line});
        if ((code[i] != '}' && code[i] != ')') || open.size() == 1) continue;
        auto closed = open.back();
        open.pop_back();
        if (closed.statements) continue;
        if (closed.kind == '{' && closed.try_after_comma) out.push_back(closed.line);
        if (closed.holds_try) open.back().see_try();
    }
    return out;
}

}  // namespace

TEST(Try, DoesNotFollowAnotherValueInBraces) {
    std::size_t seen = 0;
    for (const auto& entry : fs::recursive_directory_iterator(test::source_dir() / "src")) {
        if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
        ++seen;
        for (auto line : wrong_lines(test::slurp(entry.path())))
            ADD_FAILURE() << entry.path().string() << ":" << line << ": give what TRY gives a name before the braces";
    }
    EXPECT_GT(seen, 300u);
}

TEST(Try, IsFoundInBraces) {
    using Lines = std::vector<std::size_t>;
    EXPECT_EQ(wrong_lines("Pair p{name,\n TRY(f())};"), Lines{1});
    EXPECT_EQ(wrong_lines("a;\nlist.push_back({name, g(TRY(f()))});"), Lines{2});
    EXPECT_EQ(wrong_lines("out = {{a, b}, TRY(f())};"), Lines{1});
    EXPECT_EQ(wrong_lines("Pair p{TRY(f()), name};"), Lines{});
    EXPECT_EQ(wrong_lines("g(name, TRY(f()));"), Lines{});
    EXPECT_EQ(wrong_lines("Field f{key, [&]() -> Result<> { out = TRY(f()); return {}; }};"), Lines{});
    EXPECT_EQ(wrong_lines("void f(int a, int b) { g(a, TRY(f())); }"), Lines{});
    EXPECT_EQ(wrong_lines("Pair p{name, \"TRY(\"};  // {a, TRY(b)}"), Lines{});
}
