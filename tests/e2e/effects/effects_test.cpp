// The data on maintainer scripts beside the scripts of the real archive.
//
// The packages of the first two images are looked at in both suites and on both architectures; with PITH_DEEP set,
// all packages that ../shared/data/debian/scripts.tsv.gz knows. PITH_UPDATE_GOLDEN=1 adds what is missing to
// effects/line-digests.tsv.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/effects/model.h"
#include "compose/effects/unmodelled.h"
#include "pkg/deb/control.h"
#include "support/support.h"

namespace fs = std::filesystem;
using namespace pith;
using namespace pith::compose;

namespace {

const std::vector<std::string> first_images{
    "base-files",   "base-passwd",   "busybox-static", "ca-certificates", "gcc-12-base",
    "gcc-14-base",  "libc-bin",      "libc6",          "libcrypt1",       "libgcc-s1",
    "libpcre2-8-0", "libssl3",       "libssl3t64",     "libzstd1",        "media-types",
    "netbase",      "nginx",         "nginx-common",   "openssl",         "openssl-provider-legacy",
    "tzdata",       "tzdata-legacy", "zlib1g",
};

struct KnownScript {
    std::string script_sha256, remainder_sha256;  // "-": empty
};
using KnownScripts = std::map<std::string, KnownScript>;  // "suite package version script"

// The rows of scripts.tsv.gz; none where the data is not there.
KnownScripts known_scripts() {
    KnownScripts out;
    auto file = test::shared("debian/scripts.tsv.gz");
    if (!file) return out;
    const auto ran = test::sh("gzip -dc '" + file->string() + "'");
    for (auto row : split(ran.out, '\n')) {
        auto columns = split(row, '\t');
        if (columns.size() < 6) continue;
        out[fmt::format("{} {} {} {}", columns[0], columns[1], columns[2], columns[3])] = {std::string(columns[4]),
                                                                                           std::string(columns[5])};
    }
    return out;
}

class RealScripts : public testing::TestWithParam<std::tuple<std::string, std::string>> {
protected:
    void SetUp() override {
        PITH_NEED(test::have("apt-get") && test::have("dpkg-deb"), "apt-get and dpkg-deb");
        const auto& [suite, architecture] = GetParam();
        auto wanted = first_images;
        known = known_scripts();
        if (std::getenv("PITH_DEEP"))
            for (const auto& [key, row] : known)
                if (auto columns = split(key, ' '); columns[0] == suite) wanted.emplace_back(columns[1]);
        auto ran = test::sh(fmt::format("sh '{}/tests/e2e/effects/fetch_control.sh' {} {} '{}' {}",
                                        test::source_dir().string(), suite, architecture, scratch.path().string(),
                                        join(wanted, " ")));
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        for (const auto& folder : fs::directory_iterator(scratch / "control")) read(folder.path());
        ASSERT_GE(scripts.size(), 10u);
    }

    void read(const fs::path& folder) {
        auto control = pkg::deb::read_control(test::slurp(folder / "control"));
        ASSERT_OK(control) << folder;
        for (const char* name : {"preinst", "postinst"})
            if (fs::exists(folder / name))
                scripts.push_back({control->name, control->source, control->version, control->architecture, name,
                                   test::slurp(folder / name)});
    }

    void are_modelled();
    void have_the_known_digests();
    void have_line_digests();
    void show_a_changed_line();

    test::Scratch scratch;
    std::vector<MaintainerScript> scripts;
    KnownScripts known;
};

void RealScripts::are_modelled() {
    auto model = EffectsModel::built_in();
    ASSERT_OK(model);
    for (const auto& script : scripts) {
        auto modelled = model->effects_of(script);
        if (!model->not_modelled().contains(script.name()))
            EXPECT_OK(modelled);
        else
            EXPECT_FALSE(modelled) << script.name() << " is modelled now: take it from effects/not-modelled.yaml";
    }
}

// Every row with a version that can still be had gives the digest that a second implementation gave. The rows are of
// amd64; on arm64 a few scripts differ.
void RealScripts::have_the_known_digests() {
    const auto& suite = std::get<0>(GetParam());
    std::size_t compared = 0;
    for (const auto& script : scripts) {
        const auto row = known.find(fmt::format("{} {} {} {}", suite, script.package, script.version, script.script));
        if (row == known.end()) continue;
        EXPECT_EQ(sha256(script.text).hex(), row->second.script_sha256) << script.name();
        auto normal = normalise(script);
        ASSERT_OK(normal);
        EXPECT_EQ(normal->remainder.lines.empty() ? "-" : normal->remainder.digest.hex(), row->second.remainder_sha256)
            << script.name();
        ++compared;
    }
    EXPECT_GE(compared, 5u);
}

// A difference can be shown from every script that is modelled.
void RealScripts::have_line_digests() {
    const auto path = test::source_dir() / "effects/line-digests.tsv";
    std::set<std::string> rows;
    std::string head;
    const auto text = fs::exists(path) ? test::slurp(path) : "";
    for (auto line : split(text, '\n')) {
        if (line.starts_with('#'))
            head += std::string(line) + "\n";
        else if (!line.empty())
            rows.emplace(line);
    }
    std::vector<std::string> missing;
    for (const auto& script : scripts) {
        auto normal = normalise(script);
        ASSERT_OK(normal);
        if (normal->remainder.lines.empty()) continue;
        std::string row = normal->remainder.digest.hex() + "\t";
        for (auto digest : line_digests(normal->remainder)) row += fmt::format("{:08x}", digest);
        if (rows.insert(row).second) missing.push_back(script.name());
    }
    if (missing.empty()) return;
    if (std::getenv("PITH_UPDATE_GOLDEN")) {
        for (const auto& row : rows) head += row + "\n";
        test::spit(path, head);
    }
    ADD_FAILURE() << "no line digests of " << join(missing, ", ") << "; PITH_UPDATE_GOLDEN=1 adds them";
}

// One line put into a real script stops it from being taken for the known one, and is shown as the only news.
void RealScripts::show_a_changed_line() {
    auto model = EffectsModel::built_in();
    ASSERT_OK(model);
    for (auto script : scripts) {
        auto normal = normalise(script);
        if (normal->remainder.lines.empty()) continue;
        const auto number = static_cast<std::size_t>(normal->remainder.lines.back().number);
        auto lines = split(script.text, '\n');
        std::string changed;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (i + 1 == number) changed += "chmod 4755 /bin/sh\n";
            changed += std::string(lines[i]) + "\n";
        }
        script.text = changed;
        auto modelled = model->effects_of(script);
        ASSERT_FALSE(modelled) << script.name();
        EXPECT_EQ(modelled.error().code, ErrorCode::unmodelled);
        EXPECT_THAT(modelled.error().message,
                    testing::HasSubstr("1 line is new or changed:\n  + " + fmt::format("{:>4}", number) +
                                       " | chmod 4755 /bin/sh\n"));
    }
}

}  // namespace

TEST_P(RealScripts, AreKnown) {
    are_modelled();
    have_line_digests();
    show_a_changed_line();
    if (std::get<1>(GetParam()) != "amd64") return;
    PITH_NEED(!known.empty(), "../shared/data");
    have_the_known_digests();
}

INSTANTIATE_TEST_SUITE_P(Debian, RealScripts,
                         testing::Combine(testing::Values("bookworm", "trixie"), testing::Values("amd64", "arm64")),
                         [](const auto& of) { return std::get<0>(of.param) + "_" + std::get<1>(of.param); });
