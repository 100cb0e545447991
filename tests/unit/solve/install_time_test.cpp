#include "solve/install_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace pith::solve {
namespace {

TEST(InstallTime, TheDataFileHolds) {
    auto entries = read_install_time(install_time_text, "install_time.yaml");
    ASSERT_TRUE(entries.has_value()) << entries.error().text();
    std::set<std::string> names;
    for (const auto& entry : *entries) {
        EXPECT_TRUE(names.insert(entry.package).second) << entry.package << " stands twice";
        EXPECT_FALSE(entry.reason.empty());
    }
    EXPECT_EQ(install_time_packages().size(), entries->size());
    for (const char* expected : {"adduser", "debconf", "dpkg", "init-system-helpers", "ssl-cert", "ucf"})
        EXPECT_TRUE(names.contains(expected)) << expected;
}

TEST(InstallTime, RefusesBrokenEntries) {
    struct Case {
        const char *text, *error;
    };
    const Case cases[] = {
        {"- package: a", "t:1: an entry needs a package and a reason"},
        {"- reason: a", "t:1: an entry needs a package and a reason"},
        {"- package: a\n  reason: b\n  off: [c]", "t:3: unknown key 'off'"},
        {"- package: a\n  reason: b\n  of: []", "t:1: 'of' names no package"},
        {"a: b", "t:1: expected a list of entries"},
    };
    for (const auto& c : cases) {
        auto entries = read_install_time(c.text, "t");
        ASSERT_FALSE(entries.has_value()) << c.text;
        EXPECT_EQ(entries.error().text(), c.error);
    }
}

}  // namespace
}  // namespace pith::solve
