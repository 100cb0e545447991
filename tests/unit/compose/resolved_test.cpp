// A definition with all that it refers to, as one document, and back.
#include "compose/definition/resolved.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compose/lock.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

class Resolved : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(m_scratch / "common");
        fs::create_directories(m_scratch / "images/site/css");
        spit(m_scratch / "common/base.yaml",
             "contents:\n  keyring: [key.gpg]\n  files: [{source: motd, path: /etc/motd, mode: 0640}]\n");
        spit(m_scratch / "common/motd", "hello\n");
        spit(m_scratch / "images/site/index.html", "<p>");
        spit(m_scratch / "images/site/css/a.css", "a{}");
        spit(m_scratch / "images/site/secret", "not for others");
        spit(m_scratch / "images/run", "#!");
        fs::permissions(m_scratch / "images/run", fs::perms(0755));
        fs::create_symlink("index.html", m_scratch / "images/site/start.html");
        spit(m_scratch / "images/web.yaml", R"(
include: ../common/base.yaml
contents:
  build_repositories: ['deb [arch=amd64 signed-by=key.gpg] http://127.0.0.1:1/debian stable main']
  repositories: [debian:trixie]
  packages: [nginx (>= 1.22), '!apache2']
  files:
    - {source: site, path: /srv, exclude: [secret]}
    - {source: run, path: /usr/bin/run}
    - {url: 'https://example.org/x', sha256: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', path: /x}
accounts: {users: [{username: web, uid: 1000}]}
environment: {A: "1", B: , C: 2, D: "true"}
cmd: ['007', "0", 'a b']
variants:
  debug: {contents: {packages: [bash]}}
)");
    }
    Result<ResolvedDefinition> resolve(const DefinitionOptions& options = {}) {
        return resolve_definition(m_scratch / "images/web.yaml", options);
    }
    Result<Definition> unpack(const ResolvedDefinition& resolved) {
        return unpack_definition(resolved, m_scratch / fmt::format("unpacked{}", m_unpacked++));
    }
    std::string refusal(const ResolvedDefinition& resolved) {
        auto unpacked = unpack(resolved);
        return unpacked ? "no error" : unpacked.error().text();
    }
    Scratch m_scratch;
    int m_unpacked = 0;
};

}  // namespace

TEST_F(Resolved, SaysTheSameWithoutWhatStoodBesideIt) {
    auto resolved = resolve({.variant = "debug", .suite = "bookworm"});
    ASSERT_OK(resolved);
    auto again = resolve({.variant = "debug", .suite = "bookworm"});
    EXPECT_EQ(*resolved, *again);
    fs::rename(m_scratch / "images", m_scratch / "moved");
    fs::rename(m_scratch / "common", m_scratch / "gone");
    auto unpacked = unpack(*resolved);
    ASSERT_OK(unpacked);
    EXPECT_EQ(unpacked->name, "web");
    std::vector<std::string> packages;
    for (const auto& line : unpacked->contents.packages) packages.push_back(line.text);
    EXPECT_THAT(packages, ElementsAre("nginx (>= 1.22)", "!apache2", "bash"));
    EXPECT_THAT(unpacked->cmd, ElementsAre("007", "0", "a b"));
    EXPECT_EQ(unpacked->environment,
              (std::map<std::string, std::string>{{"A", "1"}, {"B", ""}, {"C", "2"}, {"D", "true"}}));
    EXPECT_EQ(unpacked->accounts.users.at(0).uid, 1000u);
    const auto& files = unpacked->contents.files;
    ASSERT_EQ(files.size(), 4u);
    EXPECT_EQ(files[0].mode, 0640u);
    EXPECT_EQ(slurp(files[0].source), "hello\n");
    EXPECT_EQ(slurp(files[1].source / "css/a.css"), "a{}");
    EXPECT_EQ(fs::read_symlink(files[1].source / "start.html"), "index.html");
    EXPECT_FALSE(fs::exists(files[1].source / "secret"));
    EXPECT_EQ(fs::status(files[2].source).permissions(), fs::perms(0755));
    EXPECT_EQ(files[3].url, "https://example.org/x");
}

TEST_F(Resolved, NamesNoMirrorAndNoSecret) {
    auto resolved = resolve();
    ASSERT_OK(resolved);
    EXPECT_THAT(resolved->document, testing::Not(HasSubstr("127.0.0.1")));
    for (const auto& file : resolved->files) EXPECT_THAT(file.path, testing::Not(HasSubstr("secret")));
    auto unpacked = unpack(*resolved);
    ASSERT_OK(unpacked);
    EXPECT_THAT(unpacked->contents.repositories,
                testing::UnorderedElementsAre(
                    "debian:trixie", "deb [arch=amd64 signed-by=key.gpg] https://mirror.invalid/ stable main"));
    EXPECT_EQ(keyring_names(*unpacked), keyring_names(*load_definition(m_scratch / "images/web.yaml", {})));
}

TEST_F(Resolved, IsUnpackedInsideItsFolder) {
    auto resolved = resolve();
    ASSERT_OK(resolved);
    for (const char* path : {"../x", "files/../../x", "/etc/x", "files//x", "files/./x", "other/x", "files/"}) {
        auto bad = *resolved;
        bad.files.push_back({SourceFile::Type::file, path, "x"});
        EXPECT_THAT(refusal(bad), HasSubstr("no place for a file")) << path;
    }
    auto twice = *resolved;
    twice.files.push_back(twice.files[0]);
    EXPECT_THAT(refusal(twice), HasSubstr("stands twice"));
    // A link is made last, so nothing is written through it.
    auto through = *resolved;
    through.files.insert(through.files.begin(), {SourceFile::Type::link, "files/9", m_scratch.path().string()});
    through.files.push_back({SourceFile::Type::file, "files/9/escaped", "x"});
    EXPECT_THAT(refusal(through), HasSubstr("cannot make the link"));
    EXPECT_FALSE(fs::exists(m_scratch / "escaped"));
    auto named = *resolved;
    named.name = "../web";
    EXPECT_THAT(refusal(named), HasSubstr("no name of a definition"));
}

TEST_F(Resolved, RefusesWhatIsTooMuchToAttest) {
    spit(m_scratch / "images/run", std::string(17 * MiB, 'x'));
    auto resolved = resolve();
    ASSERT_FALSE(resolved);
    EXPECT_EQ(resolved.error().code, ErrorCode::limit);
    EXPECT_THAT(resolved.error().text(), HasSubstr("'url' and 'sha256'"));
}
