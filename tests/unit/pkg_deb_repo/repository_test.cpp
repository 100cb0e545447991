#include "pkg/deb/repository.h"

#include <fmt/format.h>

#include <atomic>

#include "unit/pkg_deb_repo/opening.h"

using namespace pith;
using namespace pith::pkg;
using namespace pith::pkg::deb;
using test::expect_error;
using test::HttpAnswer;
using test::HttpRequest;
using test::Loopback;
using test::Opening;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

namespace {

// The paths that were asked for since the last call, below the suite.
std::vector<std::string> asked_since(const Loopback& server, std::size_t& seen) {
    std::vector<std::string> out;
    auto requests = server.requests();
    for (; seen < requests.size(); ++seen) {
        auto at = requests[seen].target.find("stable/");
        out.push_back(at == std::string::npos ? requests[seen].target : requests[seen].target.substr(at + 7));
    }
    return out;
}

}  // namespace

TEST(Repository, EveryFormOfPackagesIsRead) {
    PITH_NEED(test::have("xz") && test::have("zstd"), "xz-utils and zstd");
    for (const char* form : {"", "xz", "gz", "zst"}) {
        Opening opening;
        opening.archive.options.forms = {form};
        opening.archive.add("hello", "1.0-1", "amd64", "a deb");
        opening.archive.add("tools", "2", "all", "another");
        opening.archive.add_text("amd64", "");
        opening.archive.publish();
        auto opened = opening.open();
        ASSERT_OK(opened);
        auto ids = opened->universe.named("hello");
        ASSERT_EQ(ids.size(), 1U) << form;
        auto package = opened->universe.package(ids[0]);
        ASSERT_OK(package);
        EXPECT_EQ(package->version, "1.0-1");
        EXPECT_EQ(package->sha256, sha256("a deb"));
        const auto& repository = opened->universe.repositories().at(0);
        EXPECT_EQ(repository.name, "test");
        EXPECT_EQ(repository.suite, "stable");
        EXPECT_EQ(repository.component, "main");
        EXPECT_EQ(repository.architecture, "amd64");
        EXPECT_EQ(repository.date, "2023-11-14T12:00:00Z");
        EXPECT_EQ(repository.signed_by, opening.key.fingerprint());
        EXPECT_EQ(repository.release_digest, sha256(test::slurp(opening.archive.in_suite("InRelease"))));
    }
}

TEST(Repository, AnEmptyIndexIsAnIndex) {
    Opening opening;
    opening.archive.add_text("amd64", "");
    opening.archive.publish();
    auto opened = opening.open();
    ASSERT_OK(opened);
    EXPECT_THAT(opened->universe.names(), IsEmpty());
}

TEST(Repository, ASecondStartAsksOnlyWhetherTheReleaseChanged) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    Loopback server(test::serve_folder(opening.archive.root()));
    std::size_t seen = 0;
    ASSERT_OK(opening.open({opening.source(server.url(""))}));
    EXPECT_THAT(asked_since(server, seen), ElementsAre("InRelease", HasSubstr("main/binary-amd64/by-hash/SHA256/")));

    auto again = opening.open({opening.source(server.url(""))});
    ASSERT_OK(again);
    EXPECT_EQ(again->universe.named("hello").size(), 1U);
    EXPECT_THAT(asked_since(server, seen), ElementsAre("InRelease"));
    EXPECT_NE(server.requests().back().header("if-none-match"), "");

    opening.archive.add("world", "1", "amd64", "deb2");
    opening.archive.publish();
    auto changed = opening.open({opening.source(server.url(""))});
    ASSERT_OK(changed);
    EXPECT_EQ(changed->universe.named("world").size(), 1U);
    EXPECT_THAT(asked_since(server, seen), ElementsAre("InRelease", HasSubstr("by-hash")));
}

TEST(Repository, ByHashIsUsedWhereItIsOffered) {
    struct {
        bool offered, wanted, broken;
        std::vector<const char*> asked;
    } cases[] = {
        {true, true, false, {"InRelease", "by-hash"}},
        {true, true, true, {"InRelease", "by-hash", "binary-amd64/Packages.xz"}},
        {true, false, false, {"InRelease", "binary-amd64/Packages.xz"}},
        {false, true, false, {"InRelease", "binary-amd64/Packages.xz"}},
    };
    for (const auto& c : cases) {
        Opening opening;
        opening.archive.options.by_hash = c.offered;
        opening.archive.add("hello", "1", "amd64", "deb");
        opening.archive.publish();
        if (c.broken) std::filesystem::remove_all(opening.archive.in_suite("main/binary-amd64/by-hash"));
        Loopback server(test::serve_folder(opening.archive.root()));
        auto source = opening.source(server.url(""));
        source.by_hash = c.wanted;
        ASSERT_OK(opening.open({source}));
        std::size_t seen = 0;
        auto asked = asked_since(server, seen);
        ASSERT_EQ(asked.size(), c.asked.size());
        for (std::size_t i = 0; i < asked.size(); ++i) EXPECT_THAT(asked[i], HasSubstr(c.asked[i]));
    }
}

TEST(Repository, OfflineUsesWhatTheCacheHas) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    Loopback server(test::serve_folder(opening.archive.root()));
    std::vector<Source> sources{opening.source(server.url(""))};
    opening.options.offline = true;
    expect_error(opening.open(sources), ErrorCode::offline, HasSubstr("--offline"));
    EXPECT_EQ(server.connections(), 0U);

    opening.options.offline = false;
    auto online = opening.open(sources);
    ASSERT_OK(online);
    EXPECT_TRUE(online->sources.at(0).asked);
    auto before = server.connections();
    opening.options.offline = true;
    auto offline = opening.open(sources);
    ASSERT_OK(offline);
    EXPECT_FALSE(offline->sources.at(0).asked);
    EXPECT_EQ(offline->universe.names(), online->universe.names());
    EXPECT_EQ(server.connections(), before);

    // Time goes on offline too.
    opening.trust.now += std::chrono::years(1);
    ASSERT_OK(opening.open(sources));
    opening.trust.now -= std::chrono::years(2);
    expect_error(opening.open(sources), ErrorCode::integrity, HasSubstr("in the future"));
}

TEST(Repository, ADamagedCacheIsMadeAnew) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    ASSERT_OK(opening.open());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(opening.cache.folder() / "records"))
        if (entry.is_regular_file()) test::spit(entry.path(), "nonsense");
    auto again = opening.open();
    ASSERT_OK(again);
    EXPECT_EQ(again->universe.named("hello").size(), 1U);
}

TEST(Repository, ReleaseWithASignatureBesideItWillDo) {
    Opening opening;
    opening.archive.options.in_release = false;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    auto opened = opening.open();
    ASSERT_OK(opened);
    EXPECT_EQ(opened->universe.repositories().at(0).signed_by, opening.key.fingerprint());
    ASSERT_OK(opening.open());  // by the kept verdict
    auto release = opening.archive.in_suite("Release");
    test::spit(release, test::slurp(release) + "Label: changed\n");
    expect_error(opening.open(), ErrorCode::integrity, HasSubstr("does not match the text"));
}

TEST(Repository, WithoutASignatureNothingIsRead) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    std::filesystem::remove(opening.archive.in_suite("InRelease"));
    expect_error(opening.open(), ErrorCode::not_found, HasSubstr("Release.gpg"));
    // An unsigned text under InRelease's name neither.
    std::filesystem::copy_file(opening.archive.in_suite("Release"), opening.archive.in_suite("InRelease"));
    expect_error(opening.open(), ErrorCode::format, HasSubstr("does not begin with"));

    // Unless the source says so, which the summary tells.
    auto source = opening.source(opening.archive.url());
    source.trusted = true;
    for (bool in_release : {true, false}) {
        if (!in_release) std::filesystem::remove(opening.archive.in_suite("InRelease"));
        auto opened = opening.open({source});
        ASSERT_OK(opened);
        EXPECT_THAT(opened->sources.at(0).waived, ElementsAre(HasSubstr("trusted=yes")));
        EXPECT_EQ(opened->universe.repositories().at(0).signed_by, "");
    }
}

TEST(Repository, SignaturesOfOthersDoNotCount) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    test::SigningKey stranger;
    opening.archive.sign(stranger);
    expect_error(opening.open(), ErrorCode::integrity, AllOf(HasSubstr("not in the keyring"), HasSubstr("test.gpg")));
    // The key of the source itself holds for it, and only that one.
    auto source = opening.source(opening.archive.url());
    source.signed_by_key = stranger.public_key(true);
    EXPECT_OK(opening.open({source}));
    source.signed_by_key = opening.key.public_key(true);
    expect_error(opening.open({source}), ErrorCode::integrity, HasSubstr("the key in image.yaml:3"));
    source.signed_by_key.clear();
    source.signed_by = {opening.scratch / "nowhere.gpg"};
    expect_error(opening.open({source}), ErrorCode::not_found, HasSubstr("nowhere.gpg"));
}

TEST(Repository, TheDistributionsKeyringsAreTheDefault) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    opening.trust.keyrings.clear();
    opening.trust.keyring_folder = opening.scratch / "keyrings";
    expect_error(opening.open(), ErrorCode::not_found,
                 AllOf(HasSubstr("--keyring"), HasSubstr("debian-archive-keyring")));
    auto source = opening.source(opening.archive.url());
    source.name = "debian";
    test::spit(opening.scratch / "keyrings/ubuntu-archive-keyring.gpg", opening.key.public_key());
    EXPECT_OK(opening.open());
    expect_error(opening.open({source}), ErrorCode::not_found, HasSubstr("--keyring"));
    test::spit(opening.scratch / "keyrings/debian-archive-keyring.gpg", opening.key.public_key());
    EXPECT_OK(opening.open({source}));
}

TEST(Repository, AReleaseMustBeOfTodayUnlessItsSourceWaivesThat) {
    struct {
        const char *date, *valid_until, *why;
    } cases[] = {
        {"Tue, 14 Nov 2023 12:00:00 UTC", "Tue, 14 Nov 2023 13:00:00 UTC", "it expired"},
        {"Wed, 15 Nov 2023 12:00:00 UTC", "", "in the future"},
    };
    for (const auto& c : cases) {
        Opening opening;
        opening.archive.options.date = c.date;
        opening.archive.options.valid_until = c.valid_until;
        opening.archive.add("hello", "1", "amd64", "deb");
        opening.archive.publish();
        expect_error(opening.open(), ErrorCode::integrity, HasSubstr(c.why));
        auto source = opening.source(opening.archive.url());
        source.check_valid_until = source.check_date = false;
        auto opened = opening.open({source});
        ASSERT_OK(opened);
        EXPECT_THAT(opened->sources.at(0).waived,
                    UnorderedElementsAre(HasSubstr(c.why), testing::EndsWith("is not checked")));
    }
}

TEST(Repository, AnotherSuiteIsRefused) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    std::filesystem::rename(opening.archive.root() / "dists/stable", opening.archive.root() / "dists/testing");
    auto source = opening.source(opening.archive.url());
    source.suite = "testing";
    expect_error(opening.open({source}), ErrorCode::integrity,
                 AllOf(HasSubstr("'stable'"), HasSubstr("'testing' was asked for")));
}

TEST(Repository, WhatIsNotThereIsNamedWithWhatIs) {
    Opening opening;
    opening.archive.options.fields += "Architectures: amd64\n";
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    expect_error(opening.open({opening.source(opening.archive.url())}, {"riscv64"}), ErrorCode::not_found,
                 AllOf(HasSubstr("image.yaml:3"), HasSubstr("riscv64"), HasSubstr("architectures amd64")));
    auto source = opening.source(opening.archive.url());
    source.components = {"contrib"};
    expect_error(opening.open({source}), ErrorCode::not_found,
                 AllOf(HasSubstr("'contrib'"), HasSubstr("components main")));
    source = opening.source(opening.archive.url());
    source.architectures = {"arm64"};
    auto none = opening.open({source});
    ASSERT_OK(none);
    EXPECT_THAT(none->universe.repositories(), IsEmpty());
    source.suite = "nowhere";
    expect_error(opening.open({source}), ErrorCode::not_found, HasSubstr("nowhere"));
}

TEST(Repository, PackagesForAllMayStandApart) {
    Opening opening;
    opening.archive.options.fields += "Architectures: all amd64\n";
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.add("tools", "1", "all", "deb2");
    opening.archive.publish();
    auto opened = opening.open();
    ASSERT_OK(opened);
    EXPECT_THAT(opened->universe.names(), ElementsAre("hello", "tools"));
    EXPECT_EQ(opened->universe.repositories().at(1).architecture, "all");
}

TEST(Repository, BrokenIndexesAreErrorsThatNameTheirPlace) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.add_text("amd64", "Package: broken\nno colon\n\n");
    opening.archive.publish();
    expect_error(opening.open(), ErrorCode::format, HasSubstr("Packages.xz:"));
}

TEST(Repository, BytesThatTheReleaseDoesNotVouchForAreRefused) {
    struct {
        const char* why;
        ErrorCode code;
        void (*spoil)(test::DebianArchive& archive);
    } cases[] = {
        {"wrong SHA-256", ErrorCode::integrity,
         [](test::DebianArchive& archive) {
             auto path = archive.in_suite("main/binary-amd64/Packages.xz");
             auto bytes = test::slurp(path);
             bytes[20] = static_cast<char>(bytes[20] ^ 1);
             test::spit(path, bytes);
         }},
        {"expected", ErrorCode::integrity,
         [](test::DebianArchive& archive) {
             auto path = archive.in_suite("main/binary-amd64/Packages.xz");
             test::spit(path, test::slurp(path).substr(0, 30));
         }},
        {"looks like an HTML page", ErrorCode::integrity,
         [](test::DebianArchive& archive) {
             test::spit(archive.in_suite("main/binary-amd64/Packages.xz"), "<html><body>Please log in</body></html>");
         }},
        {"not what the Release file says", ErrorCode::integrity,
         [](test::DebianArchive& archive) {
             // Signed, but the compressed form holds other bytes than the plain one.
             auto release = test::slurp(archive.in_suite("Release"));
             auto plain = sha256(test::slurp(archive.in_suite("main/binary-amd64/Packages"))).hex();
             release.replace(release.find(plain), 64, std::string(64, '0'));
             test::spit(archive.in_suite("Release"), release);
         }},
        {"Packages.xz", ErrorCode::format,
         [](test::DebianArchive& archive) {
             // Signed as it is, but no xz file at all.
             auto path = archive.in_suite("main/binary-amd64/Packages.xz");
             auto old = test::slurp(path);
             std::string junk(old.size(), 'x');
             auto release = test::slurp(archive.in_suite("Release"));
             release.replace(release.find(sha256(old).hex()), 64, sha256(junk).hex());
             test::spit(path, junk);
             test::spit(archive.in_suite("Release"), release);
         }},
    };
    for (const auto& c : cases) {
        Opening opening;
        opening.archive.options.by_hash = false;
        opening.archive.add("hello", "1", "amd64", "deb");
        opening.archive.publish();
        c.spoil(opening.archive);
        opening.archive.sign(opening.key);
        expect_error(opening.open(), c.code, AllOf(HasSubstr(c.why), HasSubstr("Packages.xz")));
        // Nothing of it is kept: the mended archive opens.
        opening.archive.publish();
        EXPECT_OK(opening.open());
    }
}

TEST(Repository, MirrorsThatMisbehaveAreNamed) {
    Opening opening;
    struct {
        const char* why;
        ErrorCode code;
        HttpAnswer answer;
    } cases[] = {
        {"looks like an HTML page", ErrorCode::format, {.body = "<!DOCTYPE html><title>Welcome</title>"}},
        {"no byte came for 1 s", ErrorCode::network, {.body = "x", .cut_after = 0, .hang = true}},
        {"answered 503", ErrorCode::network, {.status = 503}},
        {"answered 404", ErrorCode::not_found, {.status = 404}},
    };
    opening.options.retries = 0;
    for (const auto& c : cases) {
        Loopback server([&](const HttpRequest&) { return c.answer; });
        expect_error(opening.open({opening.source(server.url("/debian"))}), c.code,
                     AllOf(HasSubstr(c.why), HasSubstr(server.url("/debian"))));
    }
}

TEST(Repository, AReleaseThatDoesNotHoldIsNotKept) {
    Opening opening;
    opening.archive.add("hello", "1", "amd64", "deb");
    opening.archive.publish();
    Loopback server(test::serve_folder(opening.archive.root()));
    test::SigningKey stranger;
    opening.archive.sign(stranger);
    EXPECT_FALSE(opening.open({opening.source(server.url(""))}));
    EXPECT_FALSE(opening.open({opening.source(server.url(""))}));
    EXPECT_EQ(server.requests().back().header("if-none-match"), "");
    opening.options.offline = true;
    expect_error(opening.open({opening.source(server.url(""))}), ErrorCode::offline, HasSubstr("InRelease"));
}

TEST(Repository, NamesTellNothingOfTheMirror) {
    struct {
        const char *fields, *given, *name;
    } cases[] = {{"Origin: Debian\n", "debian-security", "debian-security"},
                 {"Origin: My Vendor/1\n", "", "my-vendor-1"},
                 {"", "", "repository-"}};
    for (const auto& c : cases) {
        Opening opening;
        opening.archive.options.fields = c.fields;
        opening.archive.add("hello", "1", "amd64", "deb");
        opening.archive.publish();
        auto source = opening.source(opening.archive.url());
        source.name = c.given;
        auto opened = opening.open({source});
        ASSERT_OK(opened);
        EXPECT_THAT(opened->sources.at(0).name, testing::StartsWith(c.name));
        EXPECT_EQ(opened->universe.repositories().at(0).name, opened->sources.at(0).name);
    }
}
