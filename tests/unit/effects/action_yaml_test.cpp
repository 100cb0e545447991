#include "compose/effects/action_yaml.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

Result<Action> parse(std::string_view text) { return parse_action(TRY(yaml::parse(text, "f"))); }

}  // namespace

TEST(ActionYaml, ReadsEveryKind) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"{user: redis, home: /var/lib/redis, shell: /usr/sbin/nologin, gecos: Redis server, group: redis, groups: "
         "[ssl-cert]}",
         "user name=\"redis\" home=\"/var/lib/redis\" shell=\"/usr/sbin/nologin\" gecos=\"Redis server\" "
         "group=\"redis\" "
         "member-of=\"ssl-cert\""},
        {"group: redis", "group name=\"redis\""},
        {"{folder: /a//b/, owner: 'root:adm', mode: '02775', replace: true}",
         "folder path=\"/a/b\" owner=\"root\" owner-group=\"adm\" mode=2775 replace"},
        {"{owner: /a, to: 'x:y'}", "owner path=\"/a\" owner=\"x\" owner-group=\"y\""},
        {"{mode: /a, to: 0640}", "mode path=\"/a\" mode=0640"},
        {"{link: /a, to: ../b, replace: true}", "link path=\"/a\" target=\"../b\" replace"},
        {"{copy: /a, to: /b, mode: '0644'}", "copy path=\"/b\" target=\"/a\" mode=0644"},
        {"{file: /a, content: \"x\\n\", when: /c}", "file path=\"/a\" content=\"x\\x0a\" when=\"/c\""},
        {"{file: /a, content: \"\"}", "file path=\"/a\""},
        {"remove: /a", "remove path=\"/a\""},
        {"{alternative: awk, link: /usr/bin/awk, to: /usr/bin/mawk, priority: 5, slaves: --slave /n n /m}",
         "alternative name=\"awk\" path=\"/usr/bin/awk\" target=\"/usr/bin/mawk\" priority=5 "
         "slave=\"/n\",\"n\",\"/m\""},
        {"trigger: ldconfig", "trigger name=\"ldconfig\""},
        {"tmpfiles: x.conf", "tmpfiles name=\"x.conf\""},
    };
    for (const auto& [text, expected] : cases) {
        auto action = parse(text);
        ASSERT_OK(action) << text;
        EXPECT_EQ(to_text(*action), expected) << text;
    }
}

TEST(ActionYaml, IsStrict) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"[]", "f:1: an action should be a mapping, as in \"folder: /var/log/x\""},
        {"foldr: /a", "f:1: an action begins with its kind, and 'foldr' is none; did you mean 'folder'?"},
        {"{path: /a, folder: /b}",
         "f:1: an action begins with its kind, and 'path' is none; kinds: user, group, folder, owner, mode, link, "
         "copy, file, "
         "remove, alternative, trigger, tmpfiles, divert, stop"},
        {"{folder: /a, to: /b}", "f:1: unknown key 'to' in folder; known keys: folder, mode, owner, replace, when"},
        {"folder: a", "f:1: 'folder' should be an absolute path in the image, but is 'a'"},
        {"folder: /a/../b", "f:1: 'folder' may not hold '..': '/a/../b'"},
        {"{folder: /a, mode: 755}", "f:1: 'mode' should be octal and begin with 0, as in 0755, but is '755'"},
        {"{folder: /a, mode: '08'}", "f:1: 'mode' should be an octal mode up to 07777, but is '08'"},
        {"{folder: /a, owner: root}", "f:1: 'owner' should be USER:GROUP, but is 'root'"},
        {"{folder: /a, owner: 'root:'}", "f:1: 'owner' should be USER:GROUP, but is 'root:'"},
        {"link: /a", "f:1: 'link' needs 'to'"},
        {"file: /a", "f:1: 'file' needs 'content'"},
        {"trigger: cake",
         "f:1: there is no generator 'cake'; known: ca-certificates, ca-certificates-java, ldconfig, pam-auth-update, "
         "phpenmod"},
        {"user: redis", "f:1: 'user' needs 'home'"},
        {"user: 'a:b'", "f:1: 'user' should be a name of letters, digits and _-.+, but is 'a:b'"},
        {"{alternative: a, link: /a, to: /b}", "f:1: 'alternative' needs 'priority'"},
        {"{alternative: a, link: /a, to: /b, priority: 1, slaves: --slave /a b}",
         "f:1: 'slaves' should be any number of \"--slave LINK NAME TARGET\" with absolute paths"},
    };
    for (const auto& [text, message] : cases) {
        auto action = parse(text);
        ASSERT_FALSE(action) << text;
        EXPECT_EQ(action.error().message, message);
    }
    auto none = parse_actions(*yaml::parse("[]", "f"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message,
              "f:1: 'actions' is empty; a script that changes nothing has 'none' with the reason");
}
