// What a lock follows from: the digest of a definition's choices, and the packages taken without the solver.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compose/lock.h"
#include "support/support.h"
#include "unit/solve/universe_of.h"

using namespace pith;
using namespace pith::compose;
using namespace pith::test;
using testing::ElementsAre;

namespace {

Definition definition_of(const std::string& yaml, const std::filesystem::path& folder = "",
                         const DefinitionOptions& options = {}) {
    auto parsed = parse_definition(yaml, "web.yaml", folder, options);
    EXPECT_OK(parsed);
    return parsed ? *parsed : Definition{};
}

Digest digest_of(const std::string& yaml) { return choices_digest(definition_of(yaml)); }

std::vector<std::string> names_and_roles(const Lock& lock) {
    std::vector<std::string> out;
    for (const auto& locked : lock.packages)
        out.push_back(fmt::format("{} {}", locked.package.name, static_cast<int>(locked.role)));
    return out;
}

}  // namespace

TEST(Choices, TheDigestFollowsWhatChoosesPackagesAndLayers) {
    const std::string base = "contents: {repositories: [debian:trixie], packages: [nginx]}\n";
    for (const char* same : {"# a comment\n", "cmd: [x]\n", "environment: {A: b}\n", "archs: [amd64]\n",
                             "tests: [{name: x, command: [y]}]\n", "accounts: {run-as: '1000'}\n"})
        EXPECT_EQ(digest_of(base), digest_of(base + same)) << same;
    for (const char* other :
         {"contents: {repositories: [debian:bookworm], packages: [nginx]}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx, curl]}\n",
          "contents: {repositories: [debian:trixie], packages: ['nginx (>= 1)']}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx], install-time: keep}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx], keyring: [a.gpg]}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx], without: [{package: a, reason: b}]}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx], parts: [{package: a, paths: [/b]}]}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx]}\ncertificates: {providers: "
          "[ca-certificates]}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx]}\nlayering: {budget: 20}\n",
          "contents: {repositories: [debian:trixie], packages: [nginx]}\nlayering: {compression: zstd}\n"})
        EXPECT_NE(digest_of(base), digest_of(other)) << other;
    // Texts do not run into each other.
    EXPECT_NE(digest_of("contents: {packages: [ab, c]}\n"), digest_of("contents: {packages: [a, bc]}\n"));
}

TEST(Choices, VariantSuiteAndIncludesCountAndTheFolderDoesNot) {
    Scratch scratch;
    spit(scratch / "base.yaml", "contents: {packages: [base-files], keyring: [keys/a.gpg]}\n");
    const std::string yaml =
        "include: base.yaml\ncontents: {repositories: [debian:trixie]}\nvariants: {debug: {contents: {packages: "
        "[sh]}}}\n";
    auto plain = choices_digest(definition_of(yaml, scratch.path()));
    EXPECT_NE(plain, choices_digest(definition_of(yaml, scratch.path(), {.variant = "debug"})));
    EXPECT_NE(plain, choices_digest(definition_of(yaml, scratch.path(), {.suite = "bookworm"})));
    EXPECT_EQ(plain, choices_digest(definition_of(yaml, scratch.path(), {.suite = "trixie"})));
    Scratch elsewhere;
    spit(elsewhere / "base.yaml", slurp(scratch / "base.yaml"));
    EXPECT_EQ(plain, choices_digest(definition_of(yaml, elsewhere.path())));
    spit(elsewhere / "base.yaml", "contents: {packages: [base-files, tzdata]}\n");
    EXPECT_NE(plain, choices_digest(definition_of(yaml, elsewhere.path())));
}

TEST(Locking, APackageIsLockedOnceWhateverItIsFor) {
    auto universe = universe_of({"app 1.0 depends: certs\ncerts 1.0\ncerts 2.0\ntool 1.0\nother 1.0\n"});
    auto lock = make_lock(definition_of("contents:\n  packages: [app]\n  parts:\n"
                                        "    - {package: tool, paths: [/x]}\n    - {package: tool, paths: [/y]}\n"
                                        "    - {package: app, paths: [/z]}\n"
                                        "certificates: {providers: [certs, tool, other]}\n"),
                          universe, "amd64");
    ASSERT_OK(lock);
    EXPECT_THAT(names_and_roles(*lock), ElementsAre("app 0", "certs 0", "other 2", "tool 1"));
    EXPECT_THAT(lock->layers, ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(3)));
}
