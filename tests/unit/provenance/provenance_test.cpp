// Provenance says what is needed to build again, and nothing of where it was built.
#include "provenance/provenance.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/support.h"
#include "unit/lock/a_lock.h"

using namespace pith;
using namespace pith::provenance;
using namespace pith::test;
using compose::SourceFile;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

namespace {

Provenance a_provenance() {
    Provenance out;
    out.definition = {"web",
                      "{\n  \"contents\": {\n    \"packages\": [\n      \"nginx\"\n    ]\n  }\n}\n",
                      {{SourceFile::Type::folder, "files/0", ""},
                       {SourceFile::Type::file, "files/0/a", std::string("\0\xff", 2)},
                       {SourceFile::Type::file, "files/0/b", "#!", true},
                       {SourceFile::Type::link, "files/0/c", "a"}}};
    out.lock = a_lock_file();
    out.source_date_epoch = 1'700'000'000;
    out.fetched = {{"https://example.org/x", sha256("x")}};
    out.builder = "https://example.org/builder";
    out.version = "1.2.3";
    return out;
}

std::string refusal(const Json& predicate) {
    auto read = from_slsa(predicate.dump());
    return read ? "no error" : read.error().text();
}

}  // namespace

TEST(Provenance, IsReadAsItWasWritten) {
    auto written = a_provenance();
    auto text = to_slsa(written);
    EXPECT_EQ(text, to_slsa(a_provenance()));
    auto read = from_slsa(text);
    ASSERT_OK(read);
    EXPECT_EQ(read->definition, written.definition);
    EXPECT_EQ(compose::to_json(read->lock), compose::to_json(written.lock));
    EXPECT_EQ(read->source_date_epoch, written.source_date_epoch);
    EXPECT_EQ(read->builder, written.builder);
    EXPECT_EQ(read->version, written.version);
    written.source_date_epoch.reset();
    EXPECT_FALSE(from_slsa(to_slsa(written))->source_date_epoch);
}

TEST(Provenance, NamesEachDependencyByItsDigestOnce) {
    auto provenance = a_provenance();
    auto json = Json::parse(to_slsa(provenance));
    const auto& dependencies = json["buildDefinition"]["resolvedDependencies"];
    std::set<std::string> packages, seen;
    for (const auto& lock : provenance.lock.locks)
        for (const auto& locked : lock.packages) packages.insert(locked.package.sha256.hex());
    std::size_t urls = 0;
    for (const auto& each : dependencies) {
        EXPECT_TRUE(seen.insert(each.dump()).second) << each;
        packages.erase(each["digest"]["sha256"].get<std::string>());
        urls += each.value("uri", "") == "https://example.org/x";
    }
    EXPECT_TRUE(packages.empty()) << *packages.begin();
    EXPECT_EQ(urls, 1u);
    EXPECT_EQ(json["runDetails"]["builder"]["id"], "https://example.org/builder");
}

TEST(Provenance, WhatIsNotOursOrDamagedIsRefusedWithItsPlace) {
    auto good = Json::parse(to_slsa(a_provenance()));
    ASSERT_EQ(refusal(good), "no error");
    EXPECT_THAT(refusal(Json::object()), HasSubstr("not that of a build by pith"));
    struct Case {
        const char *pointer, *value, *error;
    };
    for (const auto& each : std::vector<Case>{
             {"/buildDefinition/buildType", R"("https://example.org/other")", "not that of a build by pith"},
             {"/buildDefinition/externalParameters/definition/files/files~10~1a/content", R"("AA=")", "not base64"},
             {"/buildDefinition/externalParameters/definition/files/files~10~1a", "1", "is no type of a file"},
             {"/buildDefinition/externalParameters/definition/files", "[]", "an object is expected"},
             {"/buildDefinition/externalParameters/sourceDateEpoch", "-1", "/sourceDateEpoch"},
             {"/buildDefinition/externalParameters/more", "1", "unknown field 'more'"},
             {"/buildDefinition/internalParameters/lock/schema", "99", "/buildDefinition/internalParameters/lock"},
             {"/runDetails/builder/id", "1", "/runDetails/builder/id"}}) {
        auto bad = good;
        bad[Json::json_pointer(each.pointer)] = Json::parse(each.value);
        EXPECT_THAT(refusal(bad), HasSubstr(each.error)) << each.pointer;
    }
    auto text = to_slsa(a_provenance());
    EXPECT_FALSE(from_slsa(text.substr(0, text.size() / 2)));
    EXPECT_FALSE(from_slsa("{\"buildDefinition\":" + std::string(1000, '[')));
}
