// An ordinary installation of Debian and ours of the same packages, scanned on the same facts.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "e2e/build/pith.h"

namespace pith::test {

using Json = nlohmann::json;

// As in ../shared/data/debian/SOURCE.md.
inline constexpr auto facts_date = "2026-11-21";

inline void database_of_bookworm(const std::filesystem::path& facts, const std::filesystem::path& database) {
    auto ran = run_pith(fmt::format("advisories update --database '{}' --date {} --from '{}'", database.string(),
                                    facts_date, (facts / "bookworm.json.zst").string()));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

// What `mmdebstrap --include=PACKAGES bookworm` installs, as far as a scan of packages needs it.
inline void install(const std::string& packages, const std::filesystem::path& root) {
    std::filesystem::create_directories(root);
    auto ran =
        sh(fmt::format("cd '{0}' && mmdebstrap --quiet --include={1} bookworm ../ordinary.tar && "
                       "tar xf ../ordinary.tar --wildcards './etc/os-release' './usr/lib/os-release' "
                       "'./var/lib/dpkg/*' && rm ../ordinary.tar",
                       root.string(), packages));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

inline Json scan_json(const std::string& image, const std::filesystem::path& database, int exit_code = 11) {
    auto ran =
        run_pith(fmt::format("scan {} --database '{}' --as-of {} --format json", image, database.string(), facts_date));
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    return Json::parse(ran.out, nullptr, false);
}

// "PACKAGE CVE".
inline std::set<std::string> pairs_of(const Json& scan) {
    std::set<std::string> out;
    for (const auto& each : scan["findings"])
        out.insert(each["package"]["name"].get<std::string>() + " " + each["id"].get<std::string>());
    return out;
}

inline std::set<std::string> packages_of(const Json& scan) {
    std::set<std::string> out;
    for (const auto& each : scan["findings"]) out.insert(each["package"]["name"]);
    return out;
}

inline std::set<std::string> ids_of(const Json& scan) {
    std::set<std::string> out;
    for (const auto& each : scan["findings"]) out.insert(each["id"]);
    return out;
}

// How many of a hundred went.
inline double drop(std::size_t before, std::size_t after) {
    return 100.0 * (1.0 - static_cast<double>(after) / static_cast<double>(before));
}

// What an ordinary installation has against what ours has: nothing came but what is named, each package has the verdict
// that the facts allow, and what is open still is in packages that the image is made of, none of which has a fix.
inline void expect_less(const Json& before, const Json& after, const std::set<std::string>& staying,
                        const std::set<std::string>& coming = {}) {
    auto old = pairs_of(before), now = pairs_of(after);
    EXPECT_GT(old.size(), 100U);
    std::set<std::string> came;
    std::ranges::set_difference(now, old, std::inserter(came, came.end()));
    EXPECT_EQ(came, coming);
    EXPECT_EQ(packages_of(after), staying);
    for (const auto& each : after["findings"]) EXPECT_NE(each["state"], "fix available") << each.dump();
    for (const auto& scan : {before, after}) {
        auto found = packages_of(scan);
        std::map<std::string, std::size_t> verdicts;
        for (const auto& each : scan["packages"]) {
            ++verdicts[each["verdict"]];
            EXPECT_EQ(each["verdict"] == "affected", found.contains(each["name"]) && each["verdict"] != "unknown");
            if (each["verdict"] != "unknown") continue;
            EXPECT_EQ(each["reason"], "not named by the feeds of debian:12, which are partial");
        }
        EXPECT_GT(verdicts["affected"], 0U);
        EXPECT_GT(verdicts["unknown"], 0U);
        EXPECT_EQ(scan["verdict"], "unknown");
    }
}

// The figures; then why each package with a finding is there, and each finding that stays.
inline void show(const std::string& image, const Json& before, const Json& after) {
    std::printf("%s: %zu findings to %zu (%.0f %%), %zu CVEs to %zu (%.0f %%)\n", image.c_str(),
                before["findings"].size(), after["findings"].size(),
                drop(before["findings"].size(), after["findings"].size()), ids_of(before).size(), ids_of(after).size(),
                drop(ids_of(before).size(), ids_of(after).size()));
    for (const auto& package : packages_of(after)) {
        auto why =
            run_pith(fmt::format("why catalog/{}.yaml {} --suite bookworm --platform linux/amd64", image, package));
        EXPECT_EQ(why.exit_code, 0) << package << why.err;
        EXPECT_THAT(why.out, testing::HasSubstr(package));
        std::printf("  %s", why.out.substr(0, why.out.find('\n') + 1).c_str());
        for (const auto& each : after["findings"])
            if (each["package"]["name"] == package)
                std::printf("    %s %s: %s, no fix\n", each["id"].get<std::string>().c_str(),
                            each["rating"]["severity"].get<std::string>().c_str(),
                            each["state"].get<std::string>().c_str());
    }
}

}  // namespace pith::test
