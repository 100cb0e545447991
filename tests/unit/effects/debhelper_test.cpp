#include "compose/effects/debhelper.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "compose/effects/action_yaml.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

ScriptPart section(std::string_view text) {
    ScriptPart out;
    int number = 0;
    for (auto line : split(text, '\n'))
        if (!line.empty()) out.lines.push_back({++number, std::string(line), std::string(line)});
    return out;
}

SectionTemplates built_in() {
    auto templates =
        SectionTemplates::parse(test::slurp(test::source_dir() / "effects/debhelper.yaml"), "debhelper.yaml");
    EXPECT_OK(templates);
    return *templates;
}

constexpr std::string_view when_configured =
    "if [ \"$1\" = \"configure\" ] || [ \"$1\" = \"abort-upgrade\" ] || [ \"$1\" = \"abort-deconfigure\" ] || "
    "[ \"$1\" = \"abort-remove\" ] ; then\n";

std::string configured(std::string_view body) { return std::string(when_configured) + std::string(body) + "fi\n"; }

}  // namespace

TEST(Debhelper, RecognisesHarmlessSections) {
    const auto templates = built_in();
    const std::string sections[] = {
        "dpkg-maintscript-helper rm_conffile /etc/old.conf 1.2-3\\~ -- \"$@\"\n"
        "dpkg-maintscript-helper mv_conffile /etc/a /etc/b 1:5.1\\+dfsg-1\\~ tool -- \"$@\"\n"
        "dpkg-maintscript-helper dir_to_symlink /usr/share/doc/a b -- \"$@\"\n"
        "dpkg-maintscript-helper symlink_to_dir /usr/share/doc/a b 1 tool -- \"$@\"\n",
        configured(
            "\tif [ -x \"/etc/init.d/tool\" ]; then\n\t\tupdate-rc.d tool defaults >/dev/null || exit 1\n\tfi\n"),
        configured("\tdeb-systemd-helper unmask 'a@b\\x2dc.service' >/dev/null || true\n"
                   "\tif deb-systemd-helper --quiet was-enabled 'a@b\\x2dc.service'; then\n"
                   "\t\tdeb-systemd-helper enable 'a@b\\x2dc.service' >/dev/null || true\n\telse\n"
                   "\t\tdeb-systemd-helper update-state 'a@b\\x2dc.service' >/dev/null || true\n\tfi\n"),
        configured("if [ -d /run/systemd/system ]; then\nsystemctl --system daemon-reload >/dev/null || true\n"
                   "if [ -n \"$2\" ]; then\n_dh_action=restart\nelse\n_dh_action=start\nfi\n"
                   "deb-systemd-invoke $_dh_action 'a.timer' 'b.service' >/dev/null || true\nfi\n"),
        "if command -v py3compile >/dev/null 2>&1; then\n\tpy3compile -p python3-yaml:amd64 \nfi\n"
        "if command -v pypy3compile >/dev/null 2>&1; then\n\tpypy3compile -p python3-yaml:amd64  || true\nfi\n",
    };
    for (const auto& text : sections) {
        auto effects = templates.match(section(text));
        ASSERT_TRUE(effects) << text;
        EXPECT_FALSE(effects->none.empty());
        EXPECT_TRUE(effects->actions.empty());
    }
}

TEST(Debhelper, ReadsActionsOutOfSections) {
    const auto templates = built_in();
    auto tmpfiles = templates.match(
        section(configured("\tif [ -x \"$(command -v systemd-tmpfiles)\" ]; then\n\t\tsystemd-tmpfiles "
                           "${DPKG_ROOT:+--root=\"$DPKG_ROOT\"} --create haproxy.conf >/dev/null || true\n\tfi\n")));
    ASSERT_TRUE(tmpfiles);
    ASSERT_EQ(tmpfiles->actions.size(), 1u);
    EXPECT_EQ(to_text(tmpfiles->actions[0]), "tmpfiles name=\"haproxy.conf\"");

    std::string condition(when_configured);
    condition.replace(condition.find("] ; then"), 8, "]; then");
    auto awk = templates.match(
        section(condition +
                "        update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5 \\\n"
                "            --slave /usr/bin/nawk nawk /usr/bin/mawk \\\n"
                "            --slave /usr/share/man/man1/awk.1.gz awk.1.gz /usr/share/man/man1/mawk.1.gz\nfi\n"));
    ASSERT_TRUE(awk);
    ASSERT_EQ(awk->actions.size(), 1u);
    EXPECT_EQ(to_text(awk->actions[0]),
              "alternative name=\"awk\" path=\"/usr/bin/awk\" target=\"/usr/bin/mawk\" priority=5 "
              "slave=\"/usr/bin/nawk\",\"nawk\",\"/usr/bin/mawk\" "
              "slave=\"/usr/share/man/man1/awk.1.gz\",\"awk.1.gz\",\"/usr/share/man/man1/mawk.1.gz\"");
    auto alone = templates.match(section(condition + "update-alternatives --install /usr/bin/a a /usr/bin/b 10\nfi\n"));
    ASSERT_TRUE(alone);
    EXPECT_TRUE(alone->actions.at(0).slaves.empty());
}

// What claims to be debhelper's and is not quite.
TEST(Debhelper, NearMissesDoNotMatch) {
    const auto templates = built_in();
    const std::string init =
        "\tif [ -x \"/etc/init.d/tool\" ]; then\n\t\tupdate-rc.d tool defaults >/dev/null || exit 1\n\tfi\n";
    ASSERT_TRUE(templates.match(section(configured(init))));
    auto changed = [&](std::string_view from, std::string_view to) {
        std::string text = init;
        text.replace(text.find(from), from.size(), to);
        return configured(text);
    };
    const std::string sections[] = {
        "",
        configured(init) + "chmod u+s /usr/bin/tool\n",        // a command more
        configured(init + "\tchmod u+s /usr/bin/tool\n"),      // inside
        "touch /x\n" + configured(init),                       // before
        configured(""),                                        // a command less
        changed("update-rc.d tool", "update-rc.d other"),      // two values for one name
        changed("/etc/init.d/tool", "/etc/init.d/$(reboot)"),  // a value that a shell would act on
        changed("/etc/init.d/tool", "/etc/init.d/a;b"),
        changed("/etc/init.d/tool", "/etc/init.d/a b"),
        changed("/etc/init.d/tool", "/etc/init.d/`id`"),
        changed(">/dev/null", ">/etc/passwd"),
        changed("|| exit 1", "|| exit 1; reboot"),
        changed("|| exit 1", "|| exit 1 &"),
        "dpkg-maintscript-helper rm_conffile /etc/old.conf 1.2 -- \"$@\"; reboot\n",
        "dpkg-maintscript-helper rm_conffile /etc/$(id) 1.2 -- \"$@\"\n",
        "dpkg-maintscript-helper rm_conffile /etc/a 1.2 -- \"$@\"\nreboot\n",  // one line of many
        "dpkg-maintscript-helper rm_conffile --help 1.2 -- \"$@\"\n",          // an option for a value
        "dpkg-maintscript-helper supports rm_conffile -- \"$@\"\n",
        configured("\tif [ -x \"$(command -v systemd-tmpfiles)\" ]; then\n\t\tsystemd-tmpfiles "
                   "${DPKG_ROOT:+--root=\"$DPKG_ROOT\"} --create --remove >/dev/null || true\n\tfi\n"),
        configured("\tif [ -x \"$(command -v systemd-tmpfiles)\" ]; then\n\t\tsystemd-tmpfiles "
                   "${DPKG_ROOT:+--root=\"$DPKG_ROOT\"} --create /tmp/own.conf >/dev/null || true\n\tfi\n"),
    };
    for (const auto& text : sections) EXPECT_FALSE(templates.match(section(text))) << text;

    // An alternative between relative paths is no action, so the section is unknown.
    std::string condition(when_configured);
    condition.replace(condition.find("] ; then"), 8, "]; then");
    EXPECT_FALSE(templates.match(section(condition + "update-alternatives --install bin/a a bin/b 10\nfi\n")));
    EXPECT_FALSE(templates.match(section(condition + "update-alternatives --install /a a /b 10 --slave /a a\nfi\n")));
    EXPECT_FALSE(
        templates.match(section(condition + "update-alternatives --install /a a /b 10 --slave /a a /b --quiet\nfi\n")));
}

TEST(Debhelper, TemplatesAreReadStrictly) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"templates:\n  - body: x\n", "f:2: a template has either 'none' or 'actions'"},
        {"templates:\n  - none: x\n", "f:2: a template has either 'body' or 'any-of'"},
        {"templates:\n  - body: x\n    any-of: y\n    none: z\n", "f:2: a template has either 'body' or 'any-of'"},
        {"templates:\n  - body: x <wort>\n    none: z\n", "f:2: '<wort>' is no kind of value"},
        {"templates:\n  - body: x\n    nonne: z\n", "f:3: unknown key 'nonne' in template; did you mean 'none'?"},
        {"templates:\n  - any-of: x\n    actions: [{trigger: x}]\n",
         "f:2: lines in any order ('any-of') cannot have 'actions'"},
        {"templates:\n  - body: x <a:path>\n    actions: [{folder: <b>}]\n",
         "f:3: 'folder' should be an absolute path in the image, but is '<b>'"},
    };
    for (const auto& [text, message] : cases) {
        auto templates = SectionTemplates::parse(text, "f");
        ASSERT_FALSE(templates) << text;
        EXPECT_EQ(templates.error().message, message);
    }
}
