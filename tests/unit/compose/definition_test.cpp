#include "compose/definition/definition.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Result<Definition> parse(std::string_view text, DefinitionOptions options = {}) {
    return parse_definition(text, "image.yaml", "/nowhere", options);
}

std::string error_of(std::string_view text, DefinitionOptions options = {}) {
    auto definition = parse(text, options);
    return definition ? "no error" : definition.error().text();
}

}  // namespace

TEST(Definition, ReadsEveryKey) {
    auto definition = parse(R"(
contents:
  repositories: [debian:trixie]
  keyring: [/keys/a.gpg]
  packages: [nginx (>= 1.22), '!apache2']
  without: [{package: libgcc-s1, reason: not needed}]
  parts: [{package: libc-bin, paths: [/usr/lib/locale/C.utf8/**], reason: UTF-8}]
  files: [{source: app, path: /app//x/, uid: 5, gid: 6, mode: 0o640}]
  keep: [/usr/share/locale/de/**]
  install-time: keep
accounts:
  run-as: web
  users: [{username: web, uid: 1000, homedir: /srv, shell: /bin/false}]
  groups: [{groupname: web, gid: 1000, members: [web]}]
certificates: {providers: [ca-certificates], additional: [{name: own, content: PEM}]}
layering: {budget: 20, compression: zstd}
entrypoint: /usr/bin/x --flag 'two words' "a\"b"
cmd: [a, b c]
work-dir: /srv
stop-signal: SIGQUIT
environment: {A: "1", B: }
annotations: {org.opencontainers.image.title: x}
vcs-url: https://example.org/x@abc
ports: [8080, 53/udp]
volumes: [/data]
setuid: [/usr/bin/su]
paths: [{path: /data, type: directory, uid: 1, gid: 2, permissions: 0o750, recursive: true}]
archs: [aarch64, amd64]
os-release: {NAME: Own}
tests:
  - {name: t, command: -v, exit-code: 3, output: x}
  - {name: s, service: {port: 80, body: hi, stop-signal: SIGTERM}}
)");
    ASSERT_OK(definition);
    EXPECT_EQ(definition->name, "image");
    EXPECT_EQ(definition->contents.packages[0].text, "nginx (>= 1.22)");
    EXPECT_EQ(definition->contents.packages[0].place, "image.yaml:5");
    EXPECT_EQ(definition->contents.files[0].path, "/app/x");
    EXPECT_EQ(definition->contents.files[0].source, "/nowhere/app");
    EXPECT_EQ(definition->contents.files[0].mode, 0640u);
    EXPECT_TRUE(definition->contents.keep_install_time);
    EXPECT_EQ(definition->accounts.users[0].gid, 1000u);
    EXPECT_TRUE(definition->layering.zstd);
    EXPECT_THAT(definition->entrypoint, ElementsAre("/usr/bin/x", "--flag", "two words", "a\"b"));
    EXPECT_THAT(definition->cmd, ElementsAre("a", "b c"));
    EXPECT_EQ(definition->annotations.at("org.opencontainers.image.revision"), "abc");
    EXPECT_THAT(definition->ports, ElementsAre("53/udp", "8080/tcp"));
    EXPECT_THAT(definition->architectures, ElementsAre("amd64", "arm64"));
    EXPECT_EQ(definition->tests[0].exit_code, 3);
    EXPECT_EQ(definition->tests[1].service->port, 80);
}

TEST(Definition, HasDefaults) {
    auto definition = parse("contents: {packages: [base-files]}");
    ASSERT_OK(definition);
    EXPECT_EQ(definition->accounts.run_as, "65532");
    EXPECT_THAT(definition->architectures, ElementsAre("amd64", "arm64"));
    EXPECT_EQ(definition->layering.budget, 60u);
}

TEST(Definition, ErrorsNameFileLineAndWhatWasMeant) {
    struct Row {
        const char* text;
        const char* message;
    };
    for (auto [text, message] : {
             Row{"contents:\n  pakages: [x]\n",
                 "image.yaml:2: unknown key 'pakages' in contents; did you mean 'packages'?"},
             Row{"entripoint: x\n",
                 "image.yaml:1: unknown key 'entripoint' in the definition; did you mean 'entrypoint'?"},
             Row{"contents:\n  packages: nginx\n", "image.yaml:2: 'packages' should be a list, but is a single value"},
             Row{"paths:\n  - {path: /x, type: directory, permissions: 755}\n",
                 "image.yaml:2: 'permissions' should be octal and begin with 0, as in 0755, but is '755'"},
             Row{"paths:\n  - {path: ../x, type: directory}\n",
                 "image.yaml:2: 'path' should be an absolute path in the image, but is '../x'"},
             Row{"paths:\n  - {path: /a/../x, type: directory}\n", "image.yaml:2: 'path' may not hold '..': '/a/../x'"},
             Row{"contents:\n  without:\n    - {package: x}\n",
                 "image.yaml:3: an item of 'contents.without' names a 'package' and the 'reason' for leaving it out"},
             Row{"contents:\n  files: [{url: 'https://x.example/y', path: /y, exclude: [z]}]\n",
                 "image.yaml:2: 'exclude' is for a folder of 'source'"},
             Row{"contents:\n  files: [{url: 'https://x.example/y', path: /y}]\n",
                 "image.yaml:2: a file from a 'url' needs its 'sha256', or the image would depend on what the server "
                 "says that day"},
             Row{"accounts: {users: [{username: toor, uid: 0}]}\n",
                 "image.yaml:1: user 'toor' needs a 'uid' other than 0"},
             Row{"archs: [vax]\n",
                 "image.yaml:1: unknown architecture 'vax'; known: amd64, arm64, 386, arm/v7, ppc64le, riscv64, s390x"},
             Row{"entrypoint: {type: service-bundle, services: {a: b}}\n",
                 "image.yaml:1: 'type' is not supported: an image runs one process; give its 'command'"},
             Row{"cmd: a 'b\n", "image.yaml:1: 'cmd' has a quote (') that is not closed"},
             Row{"ports: [99999]\n",
                 "image.yaml:1: a port is a number from 1 to 65535, with /tcp, /udp or /sctp, not '99999'"},
             Row{"tests: [{name: x}]\n",
                 "image.yaml:1: test 'x' expects nothing: give it a 'command', a 'service', 'absent', 'no-setuid' or "
                 "'writable'"},
             Row{"volumes: [data]\n", "image.yaml:1: 'volumes' should be an absolute path in the image, but is 'data'"},
             Row{"volumes: [/]\n", "image.yaml:1: a volume is a path below '/', not '/' itself"},
             Row{"setuid: [su]\n", "image.yaml:1: 'setuid' should be an absolute path in the image, but is 'su'"},
             Row{"stop-signal: SIGTREM\n",
                 "image.yaml:1: 'stop-signal' should be a signal such as SIGTERM, QUIT or 15, but is 'SIGTREM'"},
             Row{"layering: {budget: '20'}\n",
                 "image.yaml:1: 'budget' should be a whole number from 0 to 127, but is the text '20'"},
             Row{"entrypoint: {}\n", "image.yaml:1: 'entrypoint' needs its 'command'"},
             Row{"variants:\n  a: {}\n  b:\n    comand: x\n",
                 "variant 'b': image.yaml:4: unknown key 'comand' in the definition; known keys: "
                 "accounts, annotations, archs, certificates, cmd, contents, effects, entrypoint, environment, format, "
                 "layering, os-release, paths, ports, setuid, stop-signal, tests, vcs-url, volumes, work-dir"},
             Row{"variants: {a: {include: gone.yaml}}\n",
                 "variant 'a': image.yaml:1: cannot open 'gone.yaml': No such file or directory"},
             Row{"- a\n", "image.yaml: a definition is a mapping of keys such as 'contents'"},
             Row{"contents: [\n", "image.yaml:2: not valid YAML: end of sequence flow not found"},
         })
        EXPECT_EQ(error_of(text), message);
}

TEST(Definition, SignalsHaveNamesOrNumbers) {
    for (const char* good : {"SIGTERM", "TERM", "15", "SIGRTMIN+3", "RTMAX-1", "SIGWINCH"})
        EXPECT_EQ(error_of(std::string("stop-signal: ") + good), "no error") << good;
    for (const char* bad : {"SIGSIGTERM", "sigterm", "0", "65", "-1", "SIGRTMIN+31", "SIGRTMIN+", "TERM "})
        EXPECT_NE(error_of(fmt::format("stop-signal: '{}'", bad)), "no error") << bad;
}

TEST(Definition, VariantsMergeOnTop) {
    constexpr auto text =
        "entrypoint: [a]\nenvironment: {X: '1', Y: '1'}\nports: [1]\n"
        "variants:\n  debug: {entrypoint: [b], environment: {X: '2'}, ports: [2]}\n";
    auto debug = parse(text, {.variant = "debug"});
    ASSERT_OK(debug);
    EXPECT_THAT(debug->entrypoint, ElementsAre("b"));
    EXPECT_EQ(debug->environment.at("X"), "2");
    EXPECT_EQ(debug->environment.at("Y"), "1");
    EXPECT_THAT(debug->ports, ElementsAre("1/tcp", "2/tcp"));
    EXPECT_EQ(error_of(text, {.variant = "dbg"}), "image.yaml has no variant 'dbg'; there are: debug");
}

TEST(Definition, SuiteReplacesThatOfShortNamesAlone) {
    auto definition = parse("contents: {repositories: ['debian:trixie', 'deb http://mirror.example/debian sid main']}",
                            {.suite = "bookworm"});
    ASSERT_OK(definition);
    EXPECT_THAT(definition->contents.repositories,
                ElementsAre("debian:bookworm", "deb http://mirror.example/debian sid main"));
}

TEST(Definition, IncludesAreRelativeAndBounded) {
    test::Scratch scratch;
    test::spit(scratch / "sub/base.yaml",
               "contents: {packages: [a]}\nentrypoint: [x]\nvariants: {debug: {include: more.yaml}}\n");
    test::spit(scratch / "sub/more.yaml", "contents: {packages: [c]}\n");
    test::spit(scratch / "top.yaml", "include: sub/base.yaml\ncontents: {packages: [b]}\n");
    auto top = load_definition(scratch / "top.yaml", {.variant = "debug"});
    ASSERT_OK(top);
    std::vector<std::string> names;
    for (const auto& line : top->contents.packages) names.push_back(line.text);
    EXPECT_THAT(names, ElementsAre("a", "b", "c"));

    test::spit(scratch / "loop.yaml", "include: loop.yaml\n");
    auto loop = load_definition(scratch / "loop.yaml", {});
    ASSERT_FALSE(loop);
    EXPECT_THAT(loop.error().text(), HasSubstr("includes are nested deeper than 8; does a file include itself?"));
    test::spit(scratch / "gone.yaml", "include: nothing.yaml\n");
    EXPECT_THAT(load_definition(scratch / "gone.yaml", {}).error().text(), HasSubstr("gone.yaml:1: cannot open"));
}
