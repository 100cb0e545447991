#include "compose/lock/lock_file.h"

#include <gmock/gmock.h>

#include "compose/lock/changes.h"
#include "support/support.h"
#include "unit/lock/a_lock.h"

using namespace pith;
using namespace pith::compose;
using namespace pith::test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string written() { return to_json(a_lock_file()); }

// The file with the first `from` made `to`.
std::string edited(const std::string& from, const std::string& to) {
    auto text = written();
    auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
    auto parsed = parse_lock_file(text, "web.lock.json");
    return parsed ? "no error" : parsed.error().text();
}

}  // namespace

TEST(LockFile, IsReadAsItWasWritten) {
    auto file = a_lock_file();
    auto text = to_json(file);
    auto read = parse_lock_file(text, "web.lock.json");
    ASSERT_OK(read);
    EXPECT_EQ(read->choice, file.choice);
    EXPECT_EQ(read->definition, file.definition);
    EXPECT_EQ(read->composition, file.composition);
    EXPECT_EQ(read->compressor, file.compressor);
    ASSERT_EQ(read->locks.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& lock = read->locks[i];
        const auto& meant = file.locks[i];
        EXPECT_EQ(lock.architecture, meant.architecture);
        EXPECT_EQ(lock.definition, meant.definition);
        EXPECT_EQ(lock.layers, meant.layers);
        ASSERT_EQ(lock.packages.size(), meant.packages.size());
        for (std::size_t k = 0; k < lock.packages.size(); ++k) {
            EXPECT_EQ(lock.packages[k].package, meant.packages[k].package);
            EXPECT_EQ(lock.packages[k].role, meant.packages[k].role);
            EXPECT_EQ(lock.packages[k].reasons, meant.packages[k].reasons);
            EXPECT_EQ(lock.repositories[lock.packages[k].repository].suite,
                      meant.repositories[meant.packages[k].repository].suite);
        }
        ASSERT_EQ(lock.left_out.size(), 2u);
        EXPECT_EQ(lock.left_out[0].why, solve::LeftOut::Why::install_time);
        EXPECT_THAT(lock.left_out[0].needed_by, ElementsAre("app"));
        EXPECT_EQ(lock.left_out[1].reason, "not \"needed\"");
        ASSERT_EQ(lock.repositories.size(), 2u);
        EXPECT_EQ(lock.repositories[0].release_digest, sha256("trixie"));
        EXPECT_EQ(lock.repositories[0].date, "2026-03-14T09:26:53Z");
        EXPECT_EQ(lock.repositories[0].signed_by, "0123abcd");
    }
    EXPECT_EQ(to_json(*read), text);
}

TEST(LockFile, NamesNoMirrorAndIsAGolden) {
    EXPECT_THAT(written(), AllOf(Not(HasSubstr("example")), Not(HasSubstr("://"))));
    expect_golden("lock/web.lock.json", written());
}

TEST(LockFile, DoesNotDependOnTheOrderOfRepositories) {
    auto file = a_lock_file();
    for (auto& lock : file.locks) {
        std::swap(lock.repositories[0], lock.repositories[1]);
        for (auto& each : lock.packages) each.repository = 1 - each.repository;
    }
    EXPECT_EQ(to_json(file), written());
}

TEST(LockFile, WhatIsEditedByHandIsRefusedWithItsPlace) {
    const auto app = sha256("appamd64").text();
    struct {
        std::string from, to, error;
    } cases[] = {
        // the frame
        {"\"schema\": 1", "\"schema\": 2",
         "web.lock.json: /schema: this program reads version 1, and this is version 2"},
        {"\"schema\": 1", "\"schema\": \"1\"", "this is version \"1\""},
        {"\"schema\": 1,", "", "not a lock file: it has no 'schema'"},
        {"\"schema\": 1", "\"schema\": 1, \"extra\": {}", "the document: unknown field 'extra'; known: schema, "},
        {"\"composition\": 1,", "", "the document: the field 'composition' is missing"},
        {"\"composition\": 1", "\"composition\": -1", "/composition: a whole number up to "},
        {"\"variant\": \"debug\"", "\"variant\": null", "/definition/variant: a text is expected"},
        {"\"compressor\": \"", "\"compressor\": \"\\u001b[2J", "/compressor: a control character"},
        {"\"schema\": 1", "\"schema\": 1, \"schema\": 1", "has the key 'schema' twice"},
        {"\"schema\": 1,", "\"schema\": 1", "not JSON: parse error at line 3, column"},
        {"{\n", "[", "web.lock.json is not JSON"},
        // repositories
        {"\"entry\": 0", "\"entry\": 0.5", "/repositories/0/entry: a whole number"},
        {"2026-03-14T09:26:53Z", "yesterday", "/repositories/0/date: 'yesterday' is not a time"},
        {"\"signedBy\": ", "\"url\": \"http://mirror.example/\", \"signedBy\": ",
         "/repositories/0: unknown field 'url'"},
        {sha256("trixie").text(), "sha512:00", "/repositories/0/release: 'sha512:00' is not a digest"},
        // packages
        {app, app.substr(0, 70), "/architectures/amd64/packages/0/sha256: "},
        {app, app.substr(7), "is not a digest"},
        {"pool/main/app_1.0-1_amd64.deb", "../app.deb",
         "/architectures/amd64/packages/0/path: '../app.deb' is no path"},
        {"pool/main/app_1.0-1_amd64.deb", "/etc/passwd", "/architectures/amd64/packages/0/path: '/etc/passwd'"},
        {"pool/main/app_1.0-1_amd64.deb", "pool//app.deb", "'pool//app.deb' is no path"},
        {"pool/main/app_1.0-1_amd64.deb", "pool/./app.deb", "'pool/./app.deb' is no path"},
        {"pool/main/app_1.0-1_amd64.deb", "a b", "'a b' is no path"},
        {"pool/main/app_1.0-1_amd64.deb", "", "'' is no path"},
        {"\"size\": 1000", "\"size\": -1", "/packages/0/size: a whole number up to 17179869184"},
        {"\"size\": 1000", "\"size\": 1e30", "/packages/0/size: a whole number"},
        {"\"size\": 1000", "\"size\": \"1000\"", "/packages/0/size: a whole number"},
        {"\"name\": \"app\"", "\"name\": \"../app\"", "/packages/0/name: '../app' is no package name"},
        {"\"version\": \"1:1.0-1\"", "\"version\": \"1 0\"", "/packages/0/version: "},
        {"\"architecture\": \"amd64\"", "\"architecture\": \"arm64\"", "/packages/0: the architecture is 'arm64'"},
        {"\"repository\": 0", "\"repository\": 7", "/packages/0: there is no repository 7"},
        {"\"role\": \"installed\"", "\"role\": \"root\"",
         "/packages/0/role: 'root' is none of installed, part, certificates"},
        {"\"name\": \"certs\"", "\"name\": \"app\"",
         "/packages/1: app stands after app: packages are sorted by name, each once"},
        {"\"name\": \"certs\"", "\"name\": \"aaa\"", "/packages/1: aaa stands after app"},
        {"\"by\": \"\",", "", "/packages/0/why/0: the field 'by' is missing"},
        // exclusions, layers, architectures
        {"\"why\": \"install-time\"", "\"why\": \"x\"", "/leftOut/0/why: 'x' is none of without, install-time"},
        {"\"neededBy\": [", "\"neededBy\": [7, ", "/leftOut/0/neededBy/0: a text is expected"},
        {"\"tool\"\n        ]", "\"tol\"\n        ]",
         "/architectures/amd64/layers/0/1: 'tol' is no package with files"},
        {"\"tool\"\n        ]", "\"certs\"\n        ]", "/layers/0/1: 'certs' is no package with files"},
        {"\"tool\"\n        ]", "\"app\"\n        ]", "/layers/0/1: app is in two layers"},
        {",\n          \"tool\"\n        ]", "\n        ]", "/architectures/amd64: the package tool is in no layer"},
        {"\"layers\": [", "\"layers\": [[],", "/layers/0: a layer without a package"},
        {"\"amd64\": {", "\"a/b\": {", "/architectures/a~1b: no architecture has this name"},
        {"\"amd64\": {", "\"all\": {", "/architectures/all: no architecture has this name"},
        {"\"amd64\": {", "\"arm64\": {", "has the key 'arm64' twice"},
        {"\"amd64\": {", "\"z\": {", "/architectures/z/packages/0: the architecture is 'amd64'"},
    };
    for (const auto& c : cases)
        EXPECT_THAT(error_of(edited(c.from, c.to)), HasSubstr(c.error)) << c.from << " → " << c.to;
}

TEST(LockFile, BoundsHold) {
    EXPECT_THAT(error_of(std::string(33 * MiB, ' ')), HasSubstr("larger than 32.0 MiB"));
    auto deep =
        edited("\"schema\": 1", "\"schema\": 1, \"x\": " + std::string(100'000, '[') + std::string(100'000, ']'));
    EXPECT_THAT(error_of(deep), HasSubstr("nested deeper than 8 levels"));
    std::string many;
    for (int i = 0; i < 1001; ++i) many += "{},";
    EXPECT_THAT(error_of(edited("\"repositories\": [", "\"repositories\": [" + many)),
                HasSubstr("/repositories: a list of more than 1000 items"));
}

TEST(LockFile, OneThatDoesNotFitSaysWhatChanged) {
    auto definition = parse_definition("contents: {packages: [app]}", "web.yaml", "", {});
    ASSERT_OK(definition);
    auto file = make_lock_file(*definition, {"web", "debug", "trixie"}, {a_lock("arm64"), a_lock("amd64")});
    EXPECT_EQ(file.locks[0].architecture, "amd64");
    LockedChoice choice{"web", "debug", "trixie"};
    EXPECT_EQ(why_stale(file, *definition, choice, {"amd64", "arm64"}), "");
    EXPECT_EQ(why_stale(file, *definition, choice, {"s390x"}), "it does not have s390x");
    EXPECT_EQ(why_stale(file, *definition, {"web", "", ""}, {"amd64"}),
              "it is the lock of 'web --variant debug --suite trixie', not of 'web'");
    auto other = *definition;
    other.contents.packages.push_back({"more", ""});
    EXPECT_THAT(why_stale(file, other, choice, {"amd64"}), HasSubstr("the definition has changed"));
    file.composition = 99;
    EXPECT_THAT(why_stale(file, *definition, choice, {"amd64"}), HasSubstr("version 99"));
}

TEST(LockFile, StandsBesideItsDefinition) {
    EXPECT_EQ(*lock_path("a/web.yaml", {"web", "", ""}), "a/web.lock.json");
    EXPECT_EQ(*lock_path("web.yaml", {"web", "debug", "bookworm"}), "web.debug.bookworm.lock.json");
    EXPECT_EQ(lock_path("web.yaml", {"web", "", "../../x"}).error().code, ErrorCode::usage);
}

TEST(LockChanges, AreAddedRemovedAndUpdated) {
    auto before = a_lock("amd64"), after = before;
    EXPECT_THAT(changes_between(&before, after), ElementsAre());
    EXPECT_EQ(changes_between(nullptr, after).size(), 4u);
    after.packages.erase(after.packages.begin());   // app
    after.packages[1].package.version = "1:1.0-2";  // lib
    after.packages[1].package.sha256 = sha256("new");
    after.packages.push_back(locked("zoo", "amd64", LockedPackage::Role::installed, 0));
    using Kind = PackageChange::Kind;
    EXPECT_THAT(changes_between(&before, after),
                ElementsAre(PackageChange{Kind::removed, "app", "1:1.0-1", "", {}, ""},
                            PackageChange{Kind::updated, "lib", "1:1.0-1", "1:1.0-2", {}, ""},
                            PackageChange{Kind::added, "zoo", "", "1:1.0-1", {}, ""}));
}

TEST(LockChanges, ASuiteThatWasOnlySignedAnewIsNone) {
    auto before = a_lock_file(), after = before;
    for (auto& lock : after.locks)
        for (auto& repository : lock.repositories) {
            repository.date = "2026-04-01T00:00:00Z";
            repository.release_digest = sha256("later");
        }
    EXPECT_TRUE(lock_the_same(before, after));
    after.compressor = "libdeflate 2";
    EXPECT_FALSE(lock_the_same(before, after));
}
