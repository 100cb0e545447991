// The command line in the hands of a user: completion in the real shells, the manual page, wrong words, the
// configuration file.
#include <gmock/gmock.h>

#include "e2e/build/pith.h"

using namespace pith;
using namespace pith::test;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

namespace {

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line.substr(0, line.find('\t')));
    return out;
}

// What a shell offers at the end of a line, in a folder with image.yaml and the folder images.
class Completion : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        PITH_NEED(have(GetParam()), GetParam());
        spit(m_scratch / "work/image.yaml", "");
        std::filesystem::create_directories(m_scratch / "work/images");
        auto script = sh(fmt::format("'{}' completion {}", pith_binary().string(), GetParam()));
        ASSERT_EQ(script.exit_code, 0) << script.err;
        spit(m_scratch / "script", script.out);
    }

    std::vector<std::string> offered(const std::string& line) {
        std::string shell = GetParam();
        auto script = (m_scratch / "script").string();
        std::string command;
        if (shell == "fish") {
            command = fmt::format("HOME=. fish --no-config -c 'source {}; complete -C \"{}\"'", script, line);
        } else if (shell == "zsh") {
            command = fmt::format("'{}/tests/e2e/shell/complete_zsh' '{}' '{}'", source_dir().string(), script, line);
        } else {
            // The words as bash cuts them: ':' and '=' stand alone.
            std::string words;
            for (char c : line) words += c == ':' || c == '=' ? fmt::format(" {} ", c) : std::string(1, c);
            if (line.ends_with(' ')) words += "''";
            command = fmt::format(
                "bash --norc -c 'source {}; compopt() {{ :; }}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _pith; "
                "printf \"%s\\n\" \"${{COMPREPLY[@]}}\"' x {}",
                script, words);
        }
        auto ran = sh(fmt::format("cd '{}/work' && {}", m_scratch.path().string(), command));
        EXPECT_EQ(ran.err, "") << line;
        return lines(ran.out);
    }

    Scratch m_scratch;
};

}  // namespace

TEST_P(Completion, OffersCommandsOptionsAndValues) {
    EXPECT_THAT(offered("pith "), AllOf(IsSupersetOf({"build", "why", "cache", "completion"}), Not(Contains("man"))));
    EXPECT_THAT(offered("pith bui"), Contains("build"));
    EXPECT_THAT(offered("pith cache "), testing::UnorderedElementsAre("info", "prune", "verify", "clear"));
    EXPECT_THAT(offered("pith cache prune --"),
                AllOf(IsSupersetOf({"--all", "--older-than", "--cache-dir"}), Not(Contains("--platform"))));
    EXPECT_THAT(offered("pith --format "), testing::UnorderedElementsAre("table", "json"));
    EXPECT_THAT(offered("pith completion z"), testing::ElementsAre("zsh"));
    EXPECT_THAT(offered("pith --cache-dir build cache "), Contains("prune")) << "an option's value is no command";
}

TEST_P(Completion, OffersFilesAndImages) {
    EXPECT_THAT(offered("pith build "), Contains("image.yaml"));
    EXPECT_THAT(offered("pith --cache-dir "), AllOf(Contains(StartsWith("images")), Not(Contains("image.yaml"))));
    EXPECT_THAT(offered("pith build -o "),
                testing::UnorderedElementsAre("docker://", "oci:", "oci-archive:", "docker-archive:", "dir:"));
    EXPECT_THAT(offered("pith build -o oci:ima"), Contains(HasSubstr("images")));
}

INSTANTIATE_TEST_SUITE_P(Shells, Completion, testing::Values("bash", "zsh", "fish"),
                         [](const auto& each) { return std::string(each.param); });

TEST(ManualPage, IsSoundAndSaysWhatHelpSays) {
    PITH_NEED(have("mandoc") && have("man"), "mandoc, man");
    Scratch scratch;
    spit(scratch / "pith.1", sh(fmt::format("'{}' man", pith_binary().string())).out);
    auto page = (scratch / "pith.1").string();
    auto lint = sh("mandoc -Tlint -W warning " + page);
    EXPECT_EQ(lint.exit_code, 0) << lint.out;
    EXPECT_EQ(sh("man -l --warnings " + page + " 2>&1 >/dev/null").out, "");
    auto text = sh("mandoc -Tutf8 -O width=1000 " + page + " | col -bx").out;
    auto names = lines(
        sh(fmt::format("'{}' --help | sed -n '/^Subcommands/,/^$/s/^  \\([a-z]*\\) .*/\\1/p'", pith_binary().string()))
            .out);
    EXPECT_THAT(names, Contains("build"));
    for (const auto& name : names) {
        EXPECT_THAT(text, HasSubstr("\n   pith " + name)) << name;
        auto options = lines(sh(fmt::format("'{}' {} --help | grep -o '^  --[a-z-]*\\|,--[a-z-]*' | tr -d ' ,'",
                                            pith_binary().string(), name))
                                 .out);
        for (const auto& option : options) EXPECT_THAT(text + "--help", HasSubstr(option)) << name;
    }
}

TEST(WrongUsage, SaysWhatWasMeant) {
    const std::pair<const char*, const char*> rows[] = {
        {"buidl x", "pith: unknown command 'buidl'; did you mean 'build'?\n"},
        {"cache inof", "pith: unknown command 'inof' of pith cache; did you mean 'info'?\n"},
        {"cache", "pith: pith cache needs a command: info, prune, verify, clear\n"},
        {"--format json cache", "pith: pith cache needs a command: info, prune, verify, clear\n"},
        {"build x --platfrom=y", "pith: unknown option '--platfrom' of pith build; did you mean '--platform'?\n"},
        {"--ofline build x", "pith: unknown option '--ofline' of pith; did you mean '--offline'?\n"},
        {"build", "pith: DEFINITION is required; see `pith build --help`\n"},
        {"help biuld", "pith: there is no command 'biuld'; did you mean 'build'?\n"},
        {"cache prune --older-than soon",
         "pith: --older-than should be an age such as 30d, 12h or 90m, but is 'soon'\n"},
        {"cache prune --size much", "pith: --size should be a size such as 500M or 10G, but is 'much'\n"},
        {"cache info --cache-limit much",
         "pith: --cache-limit should be a size such as 500M or 10G, or 0 for none, but is 'much'\n"},
    };
    for (const auto& [arguments, message] : rows) {
        auto ran = sh(fmt::format("'{}' {}", pith_binary().string(), arguments));
        EXPECT_EQ(ran.exit_code, 2) << arguments;
        EXPECT_EQ(ran.err, message) << arguments;
        EXPECT_EQ(ran.out, "") << arguments;
    }
}

TEST(Help, IsTheSameByCommandAndByOption) {
    auto pith = pith_binary().string();
    EXPECT_EQ(sh(pith + " help cache prune").out, sh(pith + " cache prune --help").out);
    EXPECT_EQ(sh(pith + " help").out, sh(pith + " --help").out);
}

TEST(Configuration, FileThenEnvironmentThenOption) {
    Scratch scratch;
    auto info = [&](const std::string& environment, const std::string& options) {
        return sh(fmt::format(
            "cd '{0}' && XDG_CONFIG_HOME='{0}' XDG_CACHE_HOME='{0}/xdg' {1} '{2}' cache info {3} --format json",
            scratch.path().string(), environment, pith_binary().string(), options));
    };
    auto folder = [&](std::string_view name) {
        return HasSubstr(fmt::format("\"folder\": \"{}\"", (scratch / name).string()));
    };
    EXPECT_THAT(info("", "").out, AllOf(folder("xdg/pith"), HasSubstr("\"limit\": 10737418240")));
    spit(scratch / "pith/config.yaml",
         "cache-dir: ours\ncache-limit: 2G\njobs: 1\noffline: true\nmirrors: {debian: http://mirror.example/debian}\n");
    EXPECT_THAT(info("", "").out, AllOf(folder("pith/ours"), HasSubstr("\"limit\": 2147483648"))) << "beside the file";
    auto env = fmt::format("PITH_CACHE_DIR='{}' PITH_CACHE_LIMIT=1k", (scratch / "env").string());
    EXPECT_THAT(info(env, "").out, AllOf(folder("env"), HasSubstr("\"limit\": 1024")));
    auto option = fmt::format("--cache-dir '{}' --cache-limit 0", (scratch / "option").string());
    EXPECT_THAT(info(env, option).out, AllOf(folder("option"), HasSubstr("\"limit\": 0")));

    auto bad = [&](std::string_view text) {
        spit(scratch / "pith/config.yaml", text);
        auto ran = info("", "");
        EXPECT_EQ(ran.exit_code, 2);
        return ran.err;
    };
    EXPECT_THAT(bad("ofline: true\n"),
                HasSubstr("config.yaml:1: unknown key 'ofline' in the configuration; did you mean 'offline'?"));
    EXPECT_THAT(bad("jobs: many\n"), HasSubstr("config.yaml:1: 'jobs' should be a whole number"));
    EXPECT_THAT(bad("\ncache-limit: much\n"), HasSubstr("config.yaml:2: 'cache-limit' should be a size"));
    EXPECT_THAT(info("PITH_JOBS=x", "").err, Not(HasSubstr("config.yaml"))) << "the environment is read first";
}
