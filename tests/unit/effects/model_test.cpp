#include "compose/effects/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compose/effects/action_yaml.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::string_view templates = R"(templates:
  - body: systemctl start <units>
    none: there is no init system
  - body: systemd-tmpfiles --create <file:word>
    actions: [{tmpfiles: <file>}]
)";

MaintainerScript postinst(std::string text, std::string version = "1.0") {
    return {"tool", "tool", std::move(version), "amd64", "postinst", std::move(text)};
}

std::string remainder_of(const MaintainerScript& script) { return normalise(script)->remainder.digest.hex(); }

const std::string known_script = "#!/bin/sh\nmkdir /var/lib/tool\n";

// A model of one script.
class Model : public testing::Test {
protected:
    void SetUp() override {
        test::spit(scratch / "debhelper.yaml", templates);
        test::spit(scratch / "tool.yaml",
                   "source: tool\nscripts:\n  - script: tool.postinst\n    remainder: [" +
                       remainder_of(postinst(known_script)) +
                       "]\n    debconf: {tool/ready: yes}\n    sources: [{path: /usr/lib/tool.sh, sha256: " +
                       std::string(64, 'a') + "}]\n    actions: [{folder: /var/lib/tool}]\n");
    }
    EffectsModel load() {
        auto model = EffectsModel::load(scratch.path());
        EXPECT_OK(model);
        return *model;
    }
    std::string load_error(std::string_view yaml) {
        test::spit(scratch / "tool.yaml", yaml);
        auto model = EffectsModel::load(scratch.path());
        return model ? "" : model.error().text();
    }
    test::Scratch scratch;
};

std::vector<std::string> texts(const std::vector<Action>& actions) {
    std::vector<std::string> out;
    for (const auto& action : actions) out.push_back(to_text(action));
    return out;
}

}  // namespace

TEST_F(Model, FindsWhatIsModelled) {
    auto modelled = load().effects_of(postinst(known_script));
    ASSERT_OK(modelled);
    EXPECT_THAT(texts(modelled->actions), ElementsAre("folder path=\"/var/lib/tool\""));
    EXPECT_EQ(modelled->debconf, (std::vector<DebconfAnswer>{{"tool/ready", "yes"}}));
    ASSERT_EQ(modelled->sources.size(), 1u);
    EXPECT_EQ(modelled->sources[0].path, "/usr/lib/tool.sh");
    // Comments and another version make no difference.
    EXPECT_OK(load().effects_of(postinst("#!/bin/sh\n# new\nset -e\nmkdir /var/lib/tool\n", "2.0")));
}

TEST_F(Model, ActionsSpeakOfThePackageItself) {
    auto yaml = test::slurp(scratch / "tool.yaml");
    test::spit(scratch / "tool.yaml",
               yaml.replace(yaml.find("/var/lib/tool"), 13, "/usr/lib/@TRIPLET@/@PKG@-@VER@.@ARCH@") +
                   "    left-out: a key\n");
    auto modelled = load().effects_of(postinst(known_script));
    ASSERT_OK(modelled);
    EXPECT_THAT(texts(modelled->actions), ElementsAre("folder path=\"/usr/lib/x86_64-linux-gnu/tool-1.0.amd64\""));
    EXPECT_THAT(modelled->reasons, ElementsAre("a key"));
}

TEST_F(Model, KeepsTheOrderOfTheScript) {
    const std::string before =
        "# Automatically added by dh_x\nsystemd-tmpfiles --create a.conf\n# End automatically added section\n";
    const std::string after =
        "# Automatically added by dh_y\nsystemd-tmpfiles --create b.conf\n# End automatically added section\n"
        "# Automatically added by dh_z\nsystemctl start 'a.service'\n# End automatically added section\n";
    auto modelled = load().effects_of(postinst("#!/bin/sh\n" + before + "mkdir /var/lib/tool\n" + after));
    ASSERT_OK(modelled);
    EXPECT_THAT(texts(modelled->actions),
                ElementsAre("tmpfiles name=\"a.conf\"", "folder path=\"/var/lib/tool\"", "tmpfiles name=\"b.conf\""));
    EXPECT_THAT(modelled->reasons, ElementsAre("there is no init system"));
}

TEST_F(Model, AnEmptyScriptDoesNothing) {
    auto modelled = load().effects_of(
        postinst("#!/bin/sh\nset -e\n# nothing\n# Automatically added by dh_x\n# End automatically added section\n"));
    ASSERT_OK(modelled);
    EXPECT_TRUE(modelled->actions.empty());
}

TEST_F(Model, StopsAtWhatNobodyModelled) {
    const auto model = load();
    const MaintainerScript scripts[] = {
        postinst(known_script + "chown tool /var/lib/tool\n"),
        postinst("#!/bin/sh\n"
                 "reboot\n"),
        postinst(known_script + "# Automatically added by dh_x\nreboot\n# End automatically added section\n"),
        {"other", "tool", "1.0", "amd64", "postinst", known_script},
        {"tool", "tool", "1.0", "amd64", "preinst", known_script},
    };
    for (const auto& script : scripts) {
        auto modelled = model.effects_of(script);
        ASSERT_FALSE(modelled) << script.text;
        EXPECT_EQ(modelled.error().code, ErrorCode::unmodelled);
    }
}

TEST_F(Model, TakesADefinitionsAnswers) {
    auto changed =
        postinst("#!/bin/sh\nreboot\n# Automatically added by dh_x\nhalt\n# End automatically added section\n");
    auto normal = normalise(changed);
    auto model = load();
    auto first = model.effects_of(changed);
    ASSERT_FALSE(first);
    // The message holds all that an answer needs.
    EXPECT_THAT(first.error().message, HasSubstr("sha256: " + normal->remainder.digest.hex()));
    EXPECT_THAT(first.error().message, HasSubstr("sha256: " + normal->sections[0].digest.hex()));

    auto list = yaml::parse("- {script: tool.postinst, sha256: " + normal->remainder.digest.hex() +
                                ", none: no kernel of its own}\n"
                                "- {script: tool.postinst, sha256: " +
                                normal->sections[0].digest.hex() + ", actions: [{folder: /x}]}\n",
                            "image.yaml");
    ASSERT_OK(list);
    auto answers = parse_answers(*list);
    ASSERT_OK(answers);
    EXPECT_EQ(answers->at(1).place, "image.yaml:2");
    model.add_answers(*answers);
    auto modelled = model.effects_of(changed);
    ASSERT_OK(modelled);
    EXPECT_THAT(modelled->reasons, ElementsAre("no kernel of its own"));
    EXPECT_THAT(texts(modelled->actions), ElementsAre("folder path=\"/x\""));
}

TEST_F(Model, AnAnswerWinsOverTheData) {
    auto model = load();
    auto before = model.effects_of(postinst(known_script));
    model.add_answers({{"tool.postinst",
                        {*Digest::parse(remainder_of(postinst(known_script)))},
                        {},
                        "we make it ourselves",
                        "",
                        {},
                        {},
                        "image.yaml:1"}});
    auto after = model.effects_of(postinst(known_script));
    ASSERT_OK(after);
    EXPECT_TRUE(after->actions.empty());
    EXPECT_NE(before->digest, after->digest);
}

TEST_F(Model, TheDigestNamesScriptAndEffects) {
    auto first = load().effects_of(postinst(known_script));
    EXPECT_EQ(first->digest, load().effects_of(postinst(known_script, "1.1"))->digest);
    auto yaml = test::slurp(scratch / "tool.yaml");
    test::spit(scratch / "tool.yaml", yaml.replace(yaml.find("folder: /var/lib/tool"), 21, "folder: /var/lib/pool"));
    EXPECT_NE(first->digest, load().effects_of(postinst(known_script))->digest);
}

TEST_F(Model, TheDataIsReadStrictly) {
    const std::string digest(64, 'b');
    const std::pair<std::string, std::string> cases[] = {
        {"source: other\n", "effects/tool.yaml:1: 'source' should be the file's own name, but is 'other'"},
        {"source: tool\nscript: []\n", "effects/tool.yaml:2: unknown key 'script' in effects; did you mean 'scripts'?"},
        {"source: tool\nscripts:\n  - script: tool.postrm\n",
         "effects/tool.yaml:3: 'script' should be PACKAGE.preinst or PACKAGE.postinst, but is 'tool.postrm'; a first "
         "installation does not run it"},
        {"source: tool\nscripts:\n  - remainder: [" + digest + "]\n    none: x\n",
         "effects/tool.yaml:3: an entry needs 'script'"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    none: x\n",
         "effects/tool.yaml:3: an entry needs 'remainder'"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: []\n    none: x\n",
         "effects/tool.yaml:4: 'remainder' names no digest"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: [abc]\n    none: x\n",
         "effects/tool.yaml:4: 'remainder' should be a SHA-256 of 64 hexadecimal digits, but is 'abc'"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: " + digest + "\n",
         "effects/tool.yaml:3: an entry has either 'none' with the reason or 'actions'"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: " + digest +
             "\n    none: x\n    actions: [{remove: /x}]\n",
         "effects/tool.yaml:3: an entry has either 'none' with the reason or 'actions'"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: " + digest +
             "\n    none: x\n    left-out: y\n",
         "effects/tool.yaml:3: 'left-out' stands beside 'actions'"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: " + digest + "\n    none: ''\n",
         "effects/tool.yaml:5: 'none' is empty"},
        {"source: tool\nscripts:\n  - &a\n    script: tool.postinst\n    remainder: " + digest +
             "\n    none: x\n  - *a\n",
         "effects/tool.yaml:3: tool.postinst bbbbbbbbbbbb stands at effects/tool.yaml:3 already"},
        {"source: tool\nscripts:\n  - script: tool.postinst\n    remainder: " + digest +
             "\n    none: x\n    sources: [{path: /x}]\n",
         "effects/tool.yaml:6: a source has 'path' and 'sha256'"},
    };
    for (const auto& [yaml, message] : cases) EXPECT_EQ(load_error(yaml), message);

    // A definition names what it answers `sha256`, and nothing else.
    auto list = yaml::parse("- {script: tool.postinst, remainder: " + digest + ", none: x}", "image.yaml");
    auto answers = parse_answers(*list);
    ASSERT_FALSE(answers);
    EXPECT_THAT(answers.error().message, HasSubstr("image.yaml:1: unknown key 'remainder' in script"));

    test::spit(scratch / "tool.yaml", "source: tool\n");
    test::spit(scratch / "line-digests.tsv", "# digest\tlines\n" + digest + "\t0123456\n");
    auto rows = EffectsModel::load(scratch.path());
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().message, "effects/line-digests.tsv:2: not a row of line digests");
    auto missing = EffectsModel::load(scratch / "nowhere");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::io);
}

TEST_F(Model, Coverage) {
    auto rows = coverage(load(), {{"plain", "1", {}},
                                  {"tool", "1.0", {postinst(known_script)}},
                                  {"tool", "2.0", {postinst(known_script), postinst("#!/bin/sh\nreboot\n", "2.0")}}});
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].scripts, 0u);
    EXPECT_TRUE(rows[0].complete());
    EXPECT_TRUE(rows[1].complete());
    EXPECT_EQ(rows[2].scripts, 2u);
    ASSERT_EQ(rows[2].unmodelled.size(), 1u);
    EXPECT_EQ(rows[2].unmodelled[0].script, "tool.postinst");
    EXPECT_THAT(rows[2].unmodelled[0].message, HasSubstr("reboot"));
}

TEST(BuiltInModel, IsTheDataOfTheSources) {
    auto built_in = EffectsModel::built_in();
    ASSERT_OK(built_in);
    auto loaded = EffectsModel::load(test::source_dir() / "effects");
    ASSERT_OK(loaded);
    const MaintainerScript openssl{
        "openssl",
        "openssl",
        "3.5.9-1~deb13u1",
        "amd64",
        "postinst",
        "#!/bin/sh -e\n\nif [ ! -e /usr/lib/ssl ]\nthen\n  echo Linking /usr/lib/ssl to /etc/ssl\n"
        "  ln -sf /etc/ssl /usr/lib/ssl\nfi\n"};
    auto modelled = built_in->effects_of(openssl);
    ASSERT_OK(modelled);
    EXPECT_EQ(modelled->digest, loaded->effects_of(openssl)->digest);
}
