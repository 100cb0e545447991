// What a user reads when a request has no answer: each message in full.
#include <gtest/gtest.h>

#include "solve/solve.h"
#include "unit/solve/universe_of.h"

namespace pith::solve {
namespace {

using test::request_of;
using test::universe_of;

struct Case {
    const char* what;
    std::string universe;
    std::vector<std::string> packages;
    ErrorCode code;
    std::string message;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }

class Explain : public testing::TestWithParam<Case> {};

TEST_P(Explain, InWords) {
    const auto& c = GetParam();
    auto solution = solve(universe_of({c.universe}), request_of(c.packages));
    ASSERT_FALSE(solution.has_value());
    EXPECT_EQ(solution.error().text(), c.message);
    EXPECT_EQ(solution.error().code, c.code);
}

const Case cases[] = {
    {"an unknown package",
     "nginx 1\nnginx-common 1\nginx 1",
     {"ngnix"},
     ErrorCode::not_found,
     "'ngnix' (image.yaml:1): no repository has this package; did you mean nginx?"},
    {"an unknown package with nothing near it",
     "nginx 1",
     {"postgresql (>= 9)"},
     ErrorCode::not_found,
     "'postgresql (>= 9)' (image.yaml:1): no repository has this package"},
    {"a version that is not there",
     "a 1\na 2",
     {"a (>= 3)"},
     ErrorCode::not_found,
     "'a (>= 3)' (image.yaml:1): no such version; there is 2 (s0), 1 (s0)"},
    {"two requests for one name",
     "a 1\na 2",
     {"a=1", "a (>= 2)"},
     ErrorCode::not_found,
     "'a (= 1)' (image.yaml:1) and 'a (>= 2)' (image.yaml:2): no version meets them all; there is 2 (s0), 1 (s0)"},
    {"another architecture", "a 1", {"a:arm64"}, ErrorCode::usage, "'a:arm64' (image.yaml:1): the image is for amd64"},
    {"a virtual name with several providers",
     "exim 1 provides: mta\npostfix 1 provides: mta",
     {"mta"},
     ErrorCode::usage,
     "'mta' (image.yaml:1): several packages provide it; ask for one of exim, postfix"},
    {"a dependency that is missing",
     "a 1 depends: b (>= 2)\nb 1 depends: c\nb 2 depends: c | d (>= 3)\nd 1",
     {"a"},
     ErrorCode::conflict,
     "'a' (image.yaml:1) cannot be installed:\n"
     "  a 1 depends on b (>= 2)\n"
     "  b 2 depends on c | d (>= 3), but no repository has c, and of d there is only 1 (s0)\n"
     "Add a repository that has what is missing, or leave it out with 'without' and a reason."},
    {"two requests conflict",
     "a 1 conflicts: b\nb 1",
     {"a", "b"},
     ErrorCode::conflict,
     "'a' (image.yaml:1) and 'b' (image.yaml:2) cannot be installed together:\n"
     "  a 1 conflicts with b\n"
     "Ask for other versions, or drop one of the requests."},
    {"what two requests need conflicts",
     "a 1 depends: x\nb 1 depends: y\nx 1 breaks: v (<< 2)\ny 1 provides: v (= 1)",
     {"a", "b"},
     ErrorCode::conflict,
     "'a' (image.yaml:1) and 'b' (image.yaml:2) cannot be installed together:\n"
     "  a 1 depends on x\n"
     "  b 1 depends on y\n"
     "  x 1 breaks v (<< 2), which y 1 provides\n"
     "Ask for other versions, or drop one of the requests."},
    {"two versions of one package are needed",
     "a 1 depends: x (= 1)\nb 1 depends: x (= 2)\nx 1\nx 2",
     {"a", "b"},
     ErrorCode::conflict,
     "'a' (image.yaml:1) and 'b' (image.yaml:2) cannot be installed together:\n"
     "  a 1 depends on x (= 1)\n"
     "  b 1 depends on x (= 2)\n"
     "  x 2 and x 1 exclude each other: an image has one version of a package\n"
     "Ask for other versions, or drop one of the requests."},
    {"a request forbids another's dependency",
     "a 1 depends: b\nb 1",
     {"a", "!b"},
     ErrorCode::conflict,
     "'a' (image.yaml:1) cannot be installed:\n"
     "  a 1 depends on b\n"
     "  b 1 is forbidden by '!b'\n"
     "Ask for other versions, or drop one of the requests."},
    {"alternatives that no repository has",
     "nginx 1",
     {"ngin | lighttpd"},
     ErrorCode::not_found,
     "'ngin | lighttpd' (image.yaml:1): no repository has any of these packages; did you mean nginx?"},
    {"alternatives in no such version",
     "a 1\nb 1",
     {"a (>= 2) | b (>= 3)"},
     ErrorCode::not_found,
     "'a (>= 2) | b (>= 3)' (image.yaml:1): no such version; there is 1 (s0)"},
    {"a request and its opposite",
     "a 1",
     {"a", "!a"},
     ErrorCode::conflict,
     "'a' (image.yaml:1) cannot be installed:\n"
     "  a 1 is forbidden by '!a'\n"
     "Ask for other versions, or drop one of the requests."},
};

INSTANTIATE_TEST_SUITE_P(Solve, Explain, testing::ValuesIn(cases));

Error error_of(const Request& request, const std::string& universe) {
    auto solution = solve(universe_of({universe}), request);
    EXPECT_FALSE(solution.has_value());
    return solution ? Error{} : solution.error();
}

TEST(Explain, AWithoutThatNothingNeedsIsListedAsNeededByNobody) {
    auto request = request_of({"a"});
    request.without = {{"b", "not needed"}};
    auto solution = solve(universe_of({"a 1\nb 1"}), request);
    ASSERT_TRUE(solution.has_value());
    ASSERT_EQ(solution->left_out.size(), 1u);
    EXPECT_EQ(solution->left_out[0].package, "b");
    EXPECT_TRUE(solution->left_out[0].needed_by.empty());
}

TEST(Explain, AWithoutOfWhatIsAskedFor) {
    auto request = request_of({"a"});
    request.without = {{"a", "contradiction"}};
    auto error = error_of(request, "a 1");
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_EQ(error.text(), "'a' (image.yaml:1) is asked for, and 'without' leaves it out");
}

TEST(Explain, ApkComesLater) {
    auto request = request_of({"a"});
    request.format = pkg::Format::apk;
    auto error = error_of(request, "a 1");
    EXPECT_EQ(error.code, ErrorCode::unsupported);
    EXPECT_EQ(error.text(), "packages of the apk format cannot be composed yet, only those of Debian");
}

// A proof over many versions is cut to what a person reads.
TEST(Explain, LongStoriesAreCut) {
    std::string lines = "a 1 depends: b\n";
    for (int i = 0; i < 40; ++i) lines += "b " + std::to_string(i) + " depends: none" + std::to_string(i) + "\n";
    auto text = error_of(request_of({"a"}), lines).text();
    EXPECT_TRUE(
        text.starts_with("'a' (image.yaml:1) cannot be installed:\n  a 1 depends on b\n  b 39 depends on none39"))
        << text;
    EXPECT_NE(text.find("\n  and 21 more\n"), text.npos) << text;
}

TEST(Explain, ADamagedIndexIsNoAnswer) {
    pkg::IndexBuilder builder;
    pkg::Package package;
    package.name = "a";
    package.architecture = "amd64";
    builder.add(package);
    auto bytes = std::make_shared<Bytes>(std::move(builder).finish());
    bytes->back() = std::byte{0xff};
    pkg::Universe universe;
    auto index = pkg::Index::open(*bytes, bytes);
    ASSERT_TRUE(index.has_value());
    pkg::Repository repository;
    repository.name = "debian";
    universe.add(repository, *index);
    auto solution = solve(universe, request_of({"a"}));
    ASSERT_FALSE(solution.has_value());
    EXPECT_EQ(solution.error().code, ErrorCode::format);
    EXPECT_EQ(solution.error().text().find("debian: package 0 of an index: package record"), 0u)
        << solution.error().text();
}

}  // namespace
}  // namespace pith::solve
