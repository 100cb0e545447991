#include "pkg/deb/sources.h"

#include <gmock/gmock.h>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Sources, OneLineIsReadWithItsOptions) {
    auto plain = parse_source_line("deb http://mirror.example/debian/ trixie main contrib", "a.yaml:3");
    ASSERT_OK(plain);
    EXPECT_EQ(plain->url, "http://mirror.example/debian");
    EXPECT_EQ(plain->suite, "trixie");
    EXPECT_THAT(plain->components, ElementsAre("main", "contrib"));
    EXPECT_TRUE(plain->check_valid_until && plain->check_date && plain->by_hash && !plain->trusted);
    EXPECT_EQ(plain->origin, MirrorOrigin::definition);
    EXPECT_EQ(plain->place, "a.yaml:3");

    auto full = parse_source_line(
        "deb [ arch=amd64,arm64 signed-by=/k/a.gpg,/k/b.asc trusted=yes check-valid-until=no check-date=no by-hash=no "
        "lang=none ] https://mirror.example/debian-security stable/updates main",
        "a.yaml:3");
    ASSERT_OK(full);
    EXPECT_THAT(full->architectures, ElementsAre("amd64", "arm64"));
    EXPECT_THAT(full->signed_by, ElementsAre("/k/a.gpg", "/k/b.asc"));
    EXPECT_TRUE(full->trusted);
    EXPECT_FALSE(full->check_valid_until || full->check_date || full->by_hash);
    EXPECT_EQ(full->suite, "stable/updates");
}

TEST(Sources, WhatADefinitionCannotMeanIsRefused) {
    struct {
        const char *line, *why;
        ErrorCode code = ErrorCode::usage;
    } cases[] = {
        {"deb-src http://m.example/debian trixie main", "begins with 'deb'"},
        {"deb http://m.example/debian", "a source reads"},
        {"deb http://m.example/debian trixie", "no component"},
        {"deb http://m.example/debian ./", "flat repository", ErrorCode::unsupported},
        {"deb [arch=amd64 http://m.example/debian trixie main", "no ']'"},
        {"deb [allow-insecure=yes] http://m.example/debian trixie main", "unknown option 'allow-insecure=yes'"},
        {"deb [arch+=amd64] http://m.example/debian trixie main", "unknown option"},
        {"deb [trusted] http://m.example/debian trixie main", "unknown option"},
        {"deb [trusted=perhaps] http://m.example/debian trixie main", "neither yes nor no"},
        {"deb [arch=AMD] http://m.example/debian trixie main", "not an architecture"},
        {"deb [signed-by=ABCDEF] http://m.example/debian trixie main", "absolute path", ErrorCode::unsupported},
        {"deb ftp://m.example/debian trixie main", "only http, https and file"},
        {"deb http://m.example/debian ../trixie main", "not the name of a suite"},
        {"deb http://m.example/debian trixie ../main", "not the name of a suite"},
        {"deb http://m.example/debian /trixie main", "not the name of a suite"},
    };
    for (const auto& c : cases) {
        auto source = parse_source_line(c.line, "a.yaml:3");
        ASSERT_FALSE(source) << c.line;
        EXPECT_EQ(source.error().code, c.code) << c.line;
        EXPECT_THAT(source.error().text(), HasSubstr(c.why)) << c.line;
        EXPECT_THAT(source.error().text(), HasSubstr("a.yaml:3")) << c.line;
    }
}

TEST(Sources, HostListsAreReadLeniently) {
    auto sources = read_sources_list(
        "# deb http://no.example/debian trixie main\n"
        "\n"
        "deb http://m.example/debian trixie main # the archive\n"
        "deb-src http://m.example/debian trixie main\n"
        "deb [ allow-insecure=yes arch=AMD ]\thttp://m.example/other trixie main\n"
        "deb cdrom:[Debian GNU/Linux 12 #1]/ trixie main\n"
        "deb http://m.example/flat ./\n",
        "sources.list");
    ASSERT_OK(sources);
    ASSERT_EQ(sources->size(), 4U);
    EXPECT_EQ(sources->at(0).place, "sources.list:3");
    EXPECT_THAT(sources->at(0).components, ElementsAre("main"));
    EXPECT_EQ(sources->at(1).url, "http://m.example/other");
    EXPECT_EQ(sources->at(3).suite, "./");
    EXPECT_FALSE(read_sources_list("deb http://m.example\n", "sources.list"));
}

TEST(Sources, StanzasStandForEachSuiteOfEachArchive) {
    auto sources = read_sources_stanzas(
        "# the archive\n"
        "Types: deb deb-src\n"
        "URIs: http://a.example/debian http://b.example/debian/\n"
        "Suites: trixie trixie-updates\n"
        "Components: main contrib\n"
        "Architectures: amd64\n"
        "Check-Valid-Until: no\n"
        "Signed-By:\n"
        " -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
        " .\n"
        " abc\n"
        " -----END PGP PUBLIC KEY BLOCK-----\n"
        "\n"
        "Types: deb-src\nURIs: http://c.example/debian\nSuites: trixie\nComponents: main\n"
        "\n"
        "Enabled: no\nTypes: deb\nURIs: http://d.example/debian\nSuites: trixie\nComponents: main\n",
        "debian.sources");
    ASSERT_OK(sources);
    ASSERT_EQ(sources->size(), 4U);
    EXPECT_EQ(sources->at(0).url, "http://a.example/debian");
    EXPECT_EQ(sources->at(1).suite, "trixie-updates");
    EXPECT_EQ(sources->at(3).url, "http://b.example/debian");
    for (const auto& source : *sources) {
        EXPECT_THAT(source.components, ElementsAre("main", "contrib"));
        EXPECT_FALSE(source.check_valid_until);
        EXPECT_THAT(source.signed_by, IsEmpty());
        EXPECT_EQ(source.signed_by_key,
                  "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n");
    }
}

TEST(Sources, ShortNames) {
    auto trixie = parse_short_name("debian:trixie", "a.yaml:3");
    ASSERT_OK(trixie);
    EXPECT_EQ(*trixie, (ShortName{"debian", "trixie"}));
    for (const char* other :
         {"deb http://m.example/debian trixie main", "https://m.example/alpine/v3.20/main", "debian"}) {
        auto none = parse_short_name(other, "a.yaml:3");
        ASSERT_OK(none);
        EXPECT_EQ(*none, std::nullopt) << other;
    }
    for (const char* bad : {"debian:", "debian:../x", "debian:a/b", "ubuntu:Noble", "debian:a b"})
        EXPECT_EQ(parse_short_name(bad, "a.yaml:3").error().code, ErrorCode::usage) << bad;
}
