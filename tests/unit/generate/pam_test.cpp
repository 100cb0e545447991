#include "compose/generate/pam.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include "base/text.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

const std::string stack_template =
    "# head\n\n# here are the per-package modules (the \"Primary\" block)\n$auth_primary\n"
    "# here's the fallback if no module succeeds\nauth\trequisite\tpam_deny.so\n"
    "# and here are more per-package modules (the \"Additional\" block)\n$auth_additional\n"
    "# end of pam-auth-update config\n# tail\n";

std::string profile(std::string_view rest, int priority, std::string_view type = "Primary") {
    return fmt::format("Name: X\nDefault: yes\nPriority: {}\nAuth-Type: {}\n{}", priority, type, rest);
}

// The lines of a stack that are not the template's.
std::string lines_of(const std::map<std::string, std::string>& profiles, const std::string& type = "auth") {
    auto made = make_pam_stacks({{{type, stack_template}}, profiles});
    if (!made) return made.error().text();
    std::string out;
    for (auto line : split(made->at(type), '\n'))
        if (!line.empty() && !line.starts_with('#') && line.find("pam_deny") == std::string_view::npos)
            out += std::string(line) + "|";
    return out;
}

}  // namespace

TEST(Pam, PutsStacksTogether) {
    struct Case {
        std::map<std::string, std::string> profiles;
        std::string expected;
    };
    const std::string unix =
        "Auth:\n\t[success=end default=ignore]\tpam_unix.so nullok  try_first_pass\n"
        "Auth-Initial:\n\t[success=end default=ignore]\tpam_unix.so nullok\n";
    const std::vector<Case> cases = {
        {{{"unix", profile(unix, 256)}}, "auth\t[success=1 default=ignore]\tpam_unix.so nullok|"},
        // By falling priority; only the first is the initial one, and jumps count the lines that are left.
        {{{"unix", profile(unix, 256)},
          {"krb5", profile("Auth:\n\t[success=end] pam_krb5.so\n\trequired pam_x.so\n", 704)}},
         "auth\t[success=3] pam_krb5.so |auth\trequired pam_x.so |auth\t[success=1 default=ignore]\tpam_unix.so nullok "
         "try_first_pass|"},
        {{}, "auth\t[default=1]\t\t\tpam_permit.so|"},
        {{{"cap", profile("Auth:\n\toptional\tpam_cap.so\n", 0, "Additional")}},
         "auth\t[default=1]\t\t\tpam_permit.so|auth\toptional\tpam_cap.so |"},
        {{{"off", "Name: X\nDefault: no\nPriority: 1\nAuth-Type: Primary\nAuth:\n\trequired pam_x.so\n"}},
         "auth\t[default=1]\t\t\tpam_permit.so|"},
        {{{"old~", profile(unix, 1)}, {"tally", profile("Auth:\n\trequired pam_tally.so\n", 1)}},
         "auth\t[default=1]\t\t\tpam_permit.so|"},
        {{{"a", profile("Conflicts: b, c\nAuth:\n\trequired pam_a.so\n", 9)},
          {"b", profile("Auth:\n\trequired pam_b.so\n", 1)}},
         "auth\trequired pam_a.so |"},
        {{{"bad", profile("Auth:\n\trequired\n", 1)}},
         "/usr/share/pam-configs/bad: 'required' names no control and module"},
    };
    for (const auto& [profiles, expected] : cases) EXPECT_EQ(lines_of(profiles), expected);
}

TEST(Pam, SessionsWithoutATerminalAreSessionsUnlessAProfileSaysOtherwise) {
    const std::string session =
        "Name: X\nDefault: yes\nPriority: 1\nSession-Type: Additional\nSession:\n\trequired pam_unix.so\n";
    EXPECT_THAT(lines_of({{"unix", session}}, "session-noninteractive"),
                testing::HasSubstr("session\trequired pam_unix.so |"));
    EXPECT_THAT(lines_of({{"unix", session + "Session-Interactive-Only: yes\n"}}, "session-noninteractive"),
                testing::Not(testing::HasSubstr("pam_unix")));
}

TEST(Pam, NeedsTheMarksOfATemplate) {
    auto made = make_pam_stacks({{{"auth", "nothing\n"}}, {}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text(), "/usr/share/pam/common-auth lacks the marks of its blocks");
}
