#include "pkg/universe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/support.h"

namespace pith::pkg {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A package with every field set, each to a value of its own.
Package full() {
    Package p;
    p.name = "nginx";
    p.version = "1.22.1-9+deb12u1";
    p.architecture = "amd64";
    p.source = "nginx-source";
    p.source_version = "1.22.1-9";
    p.maintainer = "Debian Nginx <x@example.org>";
    p.homepage = "https://nginx.example";
    p.license = "BSD-2-Clause";
    p.priority = Priority::extra;
    p.multi_arch = MultiArch::allowed;
    p.essential = true;
    p.pre_depends = {{{"dpkg", Comparison::greater, "1.17"}}};
    p.depends = {{{"libc6", Comparison::greater_equal, "2.34"}}, {{"perl", Comparison::any, "", "any"}, {"mawk"}}};
    p.recommends = {{{"ca-certificates"}}};
    p.conflicts = {{"old-nginx"}};
    p.breaks = {{"nginx-common", Comparison::less, "1"}};
    p.replaces = {{"nginx-light", Comparison::less_equal, "1"}};
    p.provides = {{"httpd", ""}, {"nginx-abi", "1.22"}, {"nginx", "1"}, {"httpd", "2"}};
    p.install_if = {{"x", Comparison::fuzzy, "3", "", "edge"}};
    p.provider_priority = -7;
    p.replaces_priority = 100;
    p.path = "pool/main/n/nginx/nginx_1.22.1-9_amd64.deb";
    p.size = 5'000'000'000;
    p.installed_size = 300;
    p.sha256 = sha256("nginx");
    p.apk_checksum = "Q1abc=";
    return p;
}

Package named(std::string name, std::vector<Provide> provides = {}) {
    Package p;
    p.name = std::move(name);
    p.version = "1";
    p.provides = std::move(provides);
    return p;
}

Bytes built(const std::vector<Package>& packages) {
    IndexBuilder builder;
    for (const auto& package : packages) builder.add(package);
    return std::move(builder).finish();
}

Result<Index> opened(Bytes bytes) {
    auto owner = std::make_shared<Bytes>(std::move(bytes));
    return Index::open(*owner, owner);
}

TEST(Index, GivesBackEveryField) {
    auto apk = full();
    apk.format = Format::apk;
    auto index = opened(built({full(), Package{}, apk}));
    ASSERT_OK(index);
    ASSERT_EQ(index->size(), 3u);
    EXPECT_EQ(index->package(0).value(), full());
    EXPECT_EQ(index->package(1).value(), Package{});
    EXPECT_EQ(index->package(2).value(), apk);
    EXPECT_FALSE(index->package(3).has_value());
}

TEST(Index, LooksUpNamesAndProvides) {
    auto index = opened(built({named("b", {{"v", "1"}, {"v", "2"}, {"b", "3"}}), named("a"), named("b", {{"a", ""}}),
                               named("c", {{"v", ""}})}));
    ASSERT_OK(index);
    EXPECT_THAT(index->named("b"), ElementsAre(0, 2));
    EXPECT_THAT(index->named("a"), ElementsAre(1));
    EXPECT_THAT(index->named("v"), IsEmpty());
    EXPECT_THAT(index->named(""), IsEmpty());
    EXPECT_THAT(index->named("zz"), IsEmpty());
    EXPECT_THAT(index->providing("v"), ElementsAre(0, 3));
    EXPECT_THAT(index->providing("a"), ElementsAre(2));
    EXPECT_THAT(index->providing("b"), IsEmpty()) << "a package's own name is no virtual one";
    EXPECT_THAT(index->names(), ElementsAre("a", "b", "c"));
}

TEST(Index, SamePackagesGiveSameBytes) { EXPECT_EQ(built({full(), named("a")}), built({full(), named("a")})); }

TEST(Index, EmptyIsFine) {
    auto index = opened(built({}));
    ASSERT_OK(index);
    EXPECT_EQ(index->size(), 0u);
    EXPECT_THAT(index->named("a"), IsEmpty());
    EXPECT_THAT(index->names(), IsEmpty());
}

TEST(Index, RefusesWhatIsNoIndex) {
    auto good = built({full(), named("a", {{"v", ""}})});
    auto with = [&](std::size_t at, int value) {
        auto bytes = good;
        bytes.at(at) = static_cast<std::byte>(value);
        return bytes;
    };
    auto shorter = good, longer = good;
    shorter.pop_back();
    longer.push_back({});
    struct Case {
        const char* what;
        Bytes bytes;
        const char* message;
    };
    const Case cases[] = {
        {"nothing", {}, "not a package index"},
        {"other magic", with(0, 'x'), "not a package index"},
        {"other version", with(8, 77), "package index of version 77, but this pith reads version 1"},
        {"first record begins late", with(35, 1), "package index whose tables point outside it"},
        {"name outside the texts", with(32 + 12 + 2, 1), "package index whose tables point outside it"},
        {"position of no package", with(32 + 12 + 8, 2), "package index whose tables point outside it"},
    };
    for (const auto& c : cases) {
        auto index = opened(c.bytes);
        ASSERT_FALSE(index.has_value()) << c.what;
        EXPECT_EQ(index.error().code, ErrorCode::format) << c.what;
        EXPECT_EQ(index.error().message, c.message) << c.what;
    }
    for (const auto* bytes : {&shorter, &longer}) {
        auto index = opened(*bytes);
        ASSERT_FALSE(index.has_value());
        EXPECT_NE(index.error().message.find("but its header says"), std::string::npos) << index.error().message;
    }
}

// Whatever byte is damaged, an index answers or refuses; it never reads outside its bytes (the
// sanitizers and the checked standard library watch).
TEST(Index, SurvivesAnyDamagedByte) {
    auto good = built({full(), named("a", {{"v", ""}})});
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (int flip : {0x01, 0x80, 0xff}) {
            auto bytes = good;
            bytes[at] ^= static_cast<std::byte>(flip);
            auto index = opened(std::move(bytes));
            if (!index) continue;
            for (std::uint32_t i = 0; i < index->size(); ++i) (void)index->package(i);
            (void)index->named("a");
            (void)index->providing("v");
            (void)index->names();
        }
    }
}

TEST(Universe, LooksThroughAllRepositoriesInOrder) {
    Universe universe;
    auto first = opened(built({named("a"), named("b", {{"v", ""}})}));
    auto second = opened(built({named("c", {{"v", ""}}), named("a")}));
    ASSERT_OK(first);
    ASSERT_OK(second);
    Repository debian, security;
    debian.name = "debian";
    security.name = "security";
    universe.add(debian, *first);
    universe.add(security, *second);
    EXPECT_THAT(universe.named("a"), ElementsAre(PackageId{0, 0}, PackageId{1, 1}));
    EXPECT_THAT(universe.providing("v"), ElementsAre(PackageId{0, 1}, PackageId{1, 0}));
    EXPECT_THAT(universe.names(), ElementsAre("a", "b", "c"));
    EXPECT_EQ(universe.package({1, 0}).value().name, "c");
    EXPECT_FALSE(universe.package({2, 0}).has_value());
    ASSERT_EQ(universe.repositories().size(), 2u);
    EXPECT_EQ(universe.repositories()[1].name, "security");
}

}  // namespace
}  // namespace pith::pkg
