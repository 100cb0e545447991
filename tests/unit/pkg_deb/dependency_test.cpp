#include "pkg/deb/dependency.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/text.h"
#include "support/support.h"

using namespace pith;
using namespace pith::pkg;
using namespace pith::pkg::deb;

namespace {

std::string dump(const Result<std::vector<Alternatives>>& parsed) {
    if (!parsed) return parsed.error().text();
    std::vector<std::string> out;
    for (const auto& alternatives : *parsed) out.push_back(to_text(alternatives, Format::deb));
    return join(out, ", ");
}

std::string dump(const Result<PackageRequest>& parsed) {
    if (!parsed) return parsed.error().text();
    return (parsed->excluded ? "!" : "") + to_text(parsed->any_of, Format::deb);
}

std::string dump(const Result<std::vector<Provide>>& parsed) {
    if (!parsed) return parsed.error().text();
    std::string out;
    for (const auto& provide : *parsed) out += fmt::format("[{} {}]", provide.name, provide.version);
    return out;
}

}  // namespace

TEST(Dependency, ReadsRelations) {
    struct Row {
        const char *field, *parsed;
    };
    for (auto [field, parsed] :
         {Row{"", ""}, Row{" \n", ""}, Row{"a", "a"}, Row{"a,b", "a, b"}, Row{"a|b , c", "a | b, c"},
          Row{"libc6 (>= 2.36)", "libc6 (>= 2.36)"}, Row{"libc6(>=2.36)", "libc6 (>= 2.36)"},
          Row{"a (<< 1) | b (>> 2~), c ( = 1:3-4 )", "a (<< 1) | b (>> 2~), c (= 1:3-4)"}, Row{"a (<= 1)", "a (<= 1)"},
          Row{"a (< 1), b (> 2)", "a (<= 1), b (>= 2)"}, Row{"perl:any", "perl:any"},
          Row{"python3:any (>= 3.11~),\n g++-12, libstdc++6", "python3:any (>= 3.11~), g++-12, libstdc++6"},
          Row{"a:amd64 (= 1)", "a:amd64 (= 1)"}, Row{"0ad-data", "0ad-data"}})
        EXPECT_EQ(dump(parse_depends(field, "amd64")), parsed) << field;
}

TEST(Dependency, WeighsRestrictions) {
    struct Row {
        const char *field, *parsed;
    };
    for (auto [field, parsed] :
         {Row{"a [amd64], b [arm64]", "a"}, Row{"a [!amd64], b [!arm64 !i386]", "b"}, Row{"a [arm64 amd64]", "a"},
          Row{"a (>= 1) [amd64 !arm64] <!nocheck> | b:any, c", "a (>= 1) | b:any, c"}, Row{"a [any]", "a"},
          Row{"a [linux-any], b [any-amd64], c [hurd-any], d [any-arm64]", "a, b"}, Row{"a [i386] | b", "b"},
          Row{"a <nocheck>, b <!nocheck>, c <!cross> <stage1>, d <stage1 !cross>", "b, c"}})
        EXPECT_EQ(dump(parse_depends(field, "amd64")), parsed) << field;
    EXPECT_EQ(dump(parse_depends("a [any-i386], b [kfreebsd-any], c [linux-any]", "kfreebsd-i386")), "a, b");
}

TEST(Dependency, ErrorsNameTheCharacter) {
    struct Row {
        const char *field, *message;
    };
    for (auto [field, message] :
         {Row{",a", "character 1: a package name is missing before ',a'"},
          Row{"a,", "a package name is missing at the end of 'a,'"},
          Row{"a, , b", "character 4: a package name is missing before ', b'"},
          Row{"a |", "a package name is missing at the end of 'a |'"},
          Row{"a b", "character 3: a ',' or '|' is missing before 'b'"},
          Row{"a (1)", "character 4: one of << <= = >= >> is missing before '1)'"},
          Row{"a (>=)", "character 6: a version is missing before ')'"},
          Row{"a (>= 1", "a ')' is missing at the end of 'a (>= 1'"},
          Row{"a (>= 1 2)", "character 9: a ')' is missing before '2)'"},
          Row{"a (>= 1_0)", "character 7: version '1_0': '_' may not stand in the upstream version"},
          Row{"a (>= 1), b (= -)", "character 16: version '-': there is no upstream version"},
          Row{"a [amd64", "an architecture or ']' is missing at the end of 'a [amd64'"},
          Row{"a <!", "a build profile or '>' is missing at the end of 'a <!'"},
          Row{"a:", "an architecture is missing at the end of 'a:'"},
          Row{"${shlibs:Depends}", "character 1: a package name is missing before '${shlibs:Depends}'"},
          Row{"-a", "character 1: no package has such a name before '-a'"},
          Row{"../a", "character 1: no package has such a name before '../a'"}})
        EXPECT_EQ(dump(parse_depends(field, "amd64")), message) << field;
    EXPECT_EQ(parse_relations("a | b", "amd64").error().text(), "character 3: a ',' is missing before '| b'");
    std::string many;
    for (int i = 0; i <= 20'000; ++i) many += "a,";
    EXPECT_EQ(parse_depends(many, "amd64").error().code, ErrorCode::limit);
    EXPECT_FALSE(parse_depends(std::string(201, 'a'), "amd64"));
    EXPECT_OK(parse_depends(std::string(200, 'a'), "amd64"));
}

TEST(Dependency, ReadsProvides) {
    EXPECT_EQ(dump(parse_provides("a (= 1.2), b, c(=1:2) [amd64], d [arm64]", "amd64")), "[a 1.2][b ][c 1:2]");
    EXPECT_EQ(dump(parse_provides("a (>= 1)", "amd64")), "'a' can only be provided in one version, with '='");
    EXPECT_EQ(dump(parse_provides("a:any", "amd64")), "'a:any': a package provided for one architecture");
}

TEST(Dependency, ReadsPackageRequests) {
    struct Row {
        const char *text, *parsed;
    };
    for (auto [text, parsed] : {Row{"nginx", "nginx"},
                                Row{" nginx ", "nginx"},
                                Row{"nginx (>= 1.22)", "nginx (>= 1.22)"},
                                Row{"nginx=1.22.1-9", "nginx (= 1.22.1-9)"},
                                Row{"nginx>=1.22", "nginx (>= 1.22)"},
                                Row{"nginx >= 1.22", "nginx (>= 1.22)"},
                                Row{"nginx>1.22", "nginx (>> 1.22)"},
                                Row{"nginx<1.22", "nginx (<< 1.22)"},
                                Row{"nginx<=1.22", "nginx (<= 1.22)"},
                                Row{"nginx<<1", "nginx (<< 1)"},
                                Row{"nginx~1.27", "nginx (~ 1.27)"},
                                Row{"nginx:arm64", "nginx:arm64"},
                                Row{"nginx:arm64=1", "nginx:arm64 (= 1)"},
                                Row{"!nginx", "!nginx"},
                                Row{"!nginx (<< 2)", "!nginx (<< 2)"},
                                Row{"libstdc++6=1:2~rc-1", "libstdc++6 (= 1:2~rc-1)"},
                                Row{"libssl3t64 | libssl3", "libssl3t64 | libssl3"},
                                Row{"a=1|b (>= 2)|c~3", "a (= 1) | b (>= 2) | c (~ 3)"},
                                Row{"", "a package name is missing at the end of ''"},
                                Row{"a |", "a package name is missing at the end of 'a |'"},
                                Row{"!a | b", "character 4: the entry should end before '| b'"},
                                Row{"!", "a package name is missing at the end of '!'"},
                                Row{"nginx=", "a version is missing at the end of 'nginx='"},
                                Row{"nginx, curl", "character 6: one of < <= = >= > ~ is missing before ', curl'"},
                                Row{"nginx@edge", "character 6: one of < <= = >= > ~ is missing before '@edge'"},
                                Row{"nginx=1 2", "character 9: the entry should end before '2'"}})
        EXPECT_EQ(dump(parse_package_request(text)), parsed) << text;
}
