// What a lock promises, on an archive that the test changes underneath it.
#include <gmock/gmock.h>

#include "e2e/lock/small_archive.h"
#include "support/loopback.h"

using namespace pith;
using namespace pith::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

namespace {

class Lock : public SmallArchive {
protected:
    // A failure with a message, and nothing written under the output's name.
    void expect_failure(const Ran& ran, const testing::Matcher<const std::string&>& message) {
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_THAT(ran.err, AllOf(StartsWith("pith: "), message));
        EXPECT_EQ(ran.out, "");
        EXPECT_FALSE(fs::exists(m_scratch / "out"));
    }
    std::string output() const { return "-q -o oci:" + folder_text() + "/out:x"; }
};

}  // namespace

TEST_F(Lock, ABuildFromItAsksForPackagesAlone) {
    Loopback server(serve_folder(m_scratch / "archive"));
    define(server.url(""));
    auto made = done(pith("lock"));
    EXPECT_THAT(made.out,
                AllOf(HasSubstr("linux/amd64: 1 package, "), HasSubstr("linux/arm64"), HasSubstr("hello    1.0-1")));
    EXPECT_THAT(slurp(lock_file()), Not(HasSubstr("127.0.0.1")));
    auto before = done(pith("build", "-q"));

    publish("1.0-2");
    auto asked = server.requests().size();
    auto after = done(pith("build", "-q", "cold"));
    EXPECT_EQ(after.out, before.out);
    auto requests = server.requests();
    ASSERT_EQ(requests.size(), asked + 2);
    for (auto i = asked; i < requests.size(); ++i)
        EXPECT_THAT(requests[i].target, StartsWith("/pool/main/hello_1.0-1_"));

    // The summary names the state that was locked; why answers from the lock without a cache or a mirror.
    auto told = done(pith("build", "--locked --offline"));
    EXPECT_THAT(told.err, HasSubstr("from test stable of 2023-11-14T12:00:00Z, as image.lock.json has it\n"));
    EXPECT_EQ(done(pith("why", "hello --offline", "empty")).out, "hello\n");

    fs::remove(lock_file());
    EXPECT_NE(done(pith("build", "-q")).out, before.out);
}

TEST_F(Lock, OneThatFitsIsLeftAlone) {
    define(archive_url());
    done(pith("lock"));
    auto first = slurp(lock_file());
    publish("1.0-2");
    auto again = done(pith("lock"));
    EXPECT_EQ(slurp(lock_file()), first);
    EXPECT_THAT(again.err, HasSubstr("fits the definition; --update looks for newer packages"));
    // What does not choose packages may change.
    define(archive_url(), "cmd: [/usr/bin/hello]\n# a comment\n");
    auto before = done(pith("build", "--locked -q"));
    // Another compressor gives other bytes of the same layers: told, and no reason to refuse the lock.
    edit_lock("\"compressor\": \"libdeflate", "\"compressor\": \"older libdeflate");
    auto built = done(pith("build", "--locked"));
    EXPECT_EQ(built.out, before.out);
    EXPECT_THAT(built.err, HasSubstr("was made with older libdeflate"));
}

TEST_F(Lock, UpdateShowsWhatChangesAndWhatItFixes) {
    define(archive_url());
    done(pith("lock"));
    publish("1.0-2");
    auto update = done(pith("lock", "--update"));
    EXPECT_EQ(update.out,
              "linux/amd64, linux/arm64: 1 package changes\n"
              "  package  from   to     fixes, as its changelog says\n"
              "  hello    1.0-1  1.0-2  1 CVE\n"
              "  hello: CVE-2026-12345\n");
    auto locked = slurp(lock_file());
    EXPECT_THAT(locked, HasSubstr("hello_1.0-2_amd64.deb"));
    auto none = done(pith("lock", "--update"));
    EXPECT_EQ(none.out, "linux/amd64, linux/arm64: no package changes\n");
    EXPECT_THAT(none.err, HasSubstr("stays as it is"));
    EXPECT_EQ(slurp(lock_file()), locked);

    publish("1.0-3");
    auto json = done(pith("lock", "--update --format json -q"));
    EXPECT_THAT(json.out, AllOf(HasSubstr("\"written\": true"), HasSubstr("\"change\": \"updated\""),
                                HasSubstr("\"from\": \"1.0-2\""), HasSubstr("\"to\": \"1.0-3\""),
                                HasSubstr("\"CVE-2026-12345\"")));
    EXPECT_EQ(json.err, "");
}

TEST_F(Lock, OneThatIsStaleIsRefusedAndSaysWhatToRun) {
    define(archive_url());
    auto remake = fmt::format("make it anew with 'pith lock {}/image.yaml'", folder_text());
    expect_failure(pith("build", "--locked " + output()),
                   AllOf(HasSubstr("there is no lock file"), HasSubstr("make it with 'pith lock ")));
    done(pith("lock", "--platform linux/amd64"));
    expect_failure(pith("build", output()), AllOf(HasSubstr("it does not have arm64"), HasSubstr(remake)));
    done(pith("build", "-q --platform linux/amd64"));

    define(archive_url() + "/");  // another text of a source may be another source
    for (const char* option : {"", "--locked "})
        expect_failure(pith("build", option + output()),
                       AllOf(HasSubstr("the definition has changed since"), HasSubstr(remake)));
    expect_failure(pith("why", "hello"), HasSubstr("the definition has changed since"));
    auto again = done(pith("lock"));
    EXPECT_THAT(again.out, AllOf(HasSubstr("linux/amd64: no package changes"),
                                 HasSubstr("linux/arm64: 1 package changes"), HasSubstr("added")));
    done(pith("build", "--locked -q"));

    edit_lock("\"composition\": 1", "\"composition\": 7");
    expect_failure(pith("build", output()),
                   AllOf(HasSubstr("version 7 of the rules of composition"), HasSubstr(remake)));
}

TEST_F(Lock, EachVariantAndSuiteHasItsOwn) {
    define(archive_url(), "variants: {debug: {cmd: [x]}}\n");
    done(pith("lock", "--variant debug"));
    EXPECT_TRUE(fs::exists(m_scratch / "image.debug.lock.json"));
    EXPECT_FALSE(fs::exists(lock_file()));
    auto other = fmt::format("--lock {}/image.debug.lock.json ", folder_text());
    expect_failure(pith("build", other + output()),
                   HasSubstr("it is the lock of 'image --variant debug', not of 'image'"));
    expect_failure(pith("lock", other), HasSubstr("name another file with --lock"));
    expect_failure(pith("build", "--lock /nowhere/x " + output()), HasSubstr("there is no lock file '/nowhere/x'"));
}

TEST_F(Lock, APackageThatIsGoneIsNamedWithWhatToDo) {
    Loopback server(serve_folder(m_scratch / "archive"));
    define(server.url(""));
    done(pith("lock"));
    publish("1.0-2");
    for (const char* architecture : {"amd64", "arm64"})
        fs::remove(m_scratch / fmt::format("archive/pool/main/hello_1.0-1_{}.deb", architecture));
    expect_failure(pith("build", output(), "cold"),
                   AllOf(HasSubstr("hello 1.0-1 (amd64)"), HasSubstr("/pool/main/hello_1.0-1_amd64.deb"),
                         HasSubstr("404"), HasSubstr("image.lock.json names this version, and archives drop old ones"),
                         HasSubstr("image.yaml --update'"), HasSubstr("--mirror"), HasSubstr("a cache that has it")));
    expect_failure(pith("build", "--offline " + output(), "cold"),
                   AllOf(HasSubstr("hello 1.0-1 (amd64)"), HasSubstr("--offline")));
}

TEST_F(Lock, WhatWasEditedByHandIsFound) {
    define(archive_url());
    done(pith("lock"));
    const auto sound = slurp(lock_file());
    const auto digest = sha256(hello("1.0-1", "amd64")).text();
    struct {
        std::string from, to, error;
    } cases[] = {
        {digest, sha256("forged").text(), "hello 1.0-1 (amd64)"},
        {digest, sha256("forged").text(), "image.lock.json names this digest"},
        {digest, sha256(hello("1.0-1", "arm64")).text(), "hello 1.0-1"},
        {"\"version\": \"1.0-1\"", "\"version\": \"1.0-9\"", "that the index or the lock calls hello 1.0-9 (amd64)"},
        {"pool/main/hello_1.0-1_amd64.deb", "../../etc/passwd",
         "/architectures/amd64/packages/0/path: '../../etc/passwd'"},
        {"\"role\"", "\"rôle\"", "unknown field"},
        {"\"schema\": 1", "\"schema\": 9", "this program reads version 1"},
        {"\"suite\": \"stable\"", "\"suite\": \"other\"", "no repository of the definition is test other"},
        {"{", "<<<<<<< HEAD\n{", "not JSON: parse error at line 1"},
    };
    for (const auto& c : cases) {
        spit(lock_file(), sound);
        edit_lock(c.from, c.to);
        fs::remove_all(m_scratch / "cold");
        expect_failure(pith("build", output(), "cold"), AllOf(HasSubstr("lock"), HasSubstr(c.error)));
    }
    // Such a file is what `pith lock` mends.
    auto mended = done(pith("lock"));
    EXPECT_THAT(mended.err, HasSubstr("the lock is made anew"));
    EXPECT_EQ(slurp(lock_file()), sound);
}
