// Findings on the packages of published reports against those reports' own, on the facts of ../shared/data/debian.
//
// Named facts that explain a difference, each from that folder's SOURCE.md: ids that begin with TEMP- are left out of
// the data; a finding of ours may rest on evidence (a changelog, a later report) that is newer than the report; and the
// few that stand below by report. Two reports name binary packages alone: their sources are in
// tests/data/advisories/report_sources.tsv.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "advisory/match.h"
#include "advisory/update.h"
#include "archive/inflate.h"
#include "base/text.h"
#include "inventory/purl.h"
#include "unit/advisory/feeds.h"

namespace pith::advisory {
namespace {

using namespace pith::test;
using Json = nlohmann::json;
using Pairs = std::set<std::pair<std::string, std::string>>;  // package, CVE

struct Report {
    const char *file, *date, *release;
    void (*read)(const Json& report, inventory::Inventory& image, Pairs& findings);
    std::set<std::string> (*differences)();
};

std::string text(const Json& object, const char* key) { return object.value(key, std::string()); }

std::string trivy_version(const Json& package, const std::string& prefix) {
    auto epoch = package.value(prefix + "Epoch", 0);
    auto release = package.value(prefix + "Release", std::string());
    return (epoch ? std::to_string(epoch) + ":" : "") + package.value(prefix + "Version", std::string()) +
           (release.empty() ? "" : "-" + release);
}

void read_trivy(const Json& report, inventory::Inventory& image, Pairs& findings) {
    for (const auto& each : report["Results"][0]["Packages"]) {
        inventory::Package package;
        package.name = text(each, "Name");
        package.version = trivy_version(each, "");
        package.source = text(each, "SrcName");
        package.source_version = trivy_version(each, "Src");
        image.packages.push_back(std::move(package));
    }
    for (const auto& each : report["Results"][0]["Vulnerabilities"])
        findings.emplace(text(each, "PkgName"), text(each, "VulnerabilityID"));
}

void read_grype(const Json& report, inventory::Inventory& image, Pairs& findings) {
    std::set<std::string> seen;
    for (const auto& match : report["matches"]) {
        const auto& artifact = match["artifact"];
        if (text(artifact, "type") != "deb") continue;
        findings.emplace(text(artifact, "name"), text(match["vulnerability"], "id"));
        if (seen.insert(text(artifact, "purl")).second)
            image.packages.push_back(inventory::package_of(*inventory::parse_purl(text(artifact, "purl"))));
    }
}

// A package by its binary name, where its source is known; languages' packages have none.
void add_by_name(std::string_view release, const std::string& name, const std::string& version,
                 inventory::Inventory& image) {
    static const auto sources = [] {
        std::map<std::string, std::vector<std::string>> out;
        const auto table = slurp(data("advisories/report_sources.tsv"));
        for (auto line : split(table, '\n')) {
            auto cells = split(line, '\t');
            if (cells.size() == 5)
                out[fmt::format("{} {} {}", cells[0], cells[1], cells[2])] = {std::string(cells[3]),
                                                                              std::string(cells[4])};
        }
        return out;
    }();
    auto source = sources.find(fmt::format("{} {} {}", release, name, version));
    if (source == sources.end()) return;
    inventory::Package package;
    package.name = name;
    package.version = version;
    package.source = source->second[0];
    package.source_version = source->second[1];
    image.packages.push_back(std::move(package));
}

void read_trivy_findings(const Json& report, inventory::Inventory& image, Pairs& findings) {
    std::set<std::string> seen;
    for (const auto& each : report["Results"][0]["Vulnerabilities"]) {
        auto name = text(each, "PkgName");
        findings.emplace(name, text(each, "VulnerabilityID"));
        if (seen.insert(name).second) add_by_name("11", name, text(each, "InstalledVersion"), image);
    }
}

void read_dock_docs(const Json& report, inventory::Inventory& image, Pairs& findings) {
    const auto& analysis = report["analysis"];
    for (const auto& each : analysis["packages"]) add_by_name("12", text(each, "name"), text(each, "version"), image);
    std::set<std::string> debian;
    for (const auto& each : image.packages) debian.insert(each.name + " " + each.version);
    for (const auto& each : analysis["security"]["vulnerabilities"])
        if (debian.contains(text(each, "package") + " " + text(each, "version")))
            findings.emplace(text(each, "package"), text(each, "id"));
}

std::set<std::string> none() { return {}; }

// "only one non-kernel pair (bullseye tiff CVE-2022-3636) whose fix was in the archive before the report date".
std::set<std::string> of_goatandwolf() { return {"ours: libtiff5 CVE-2022-3636"}; }

// "node:24 rows carry no fix state, so a debNuM changelog entry wins over them (git CVE-2025-48384 and three more)".
std::set<std::string> of_node() {
    std::set<std::string> out;
    for (const char* package : {"git", "git-man"})
        for (const char* id : {"CVE-2025-27613", "CVE-2025-46835", "CVE-2025-48384", "CVE-2025-48385"})
            out.insert(fmt::format("theirs: {} {}", package, id));
    return out;
}

// "Left out: … TEMP-, DLA- and DSA- rows (249)".
bool is_left_out(std::string_view id) {
    return id.starts_with("TEMP-") || id.starts_with("DLA-") || id.starts_with("DSA-");
}

constexpr Report reports[] = {
    {"2026-08-20-trivy-debian12.15-python-test-baseline.json.zst", "2026-08-20", "12", read_trivy, none},
    {"2025-09-15-grype-debian12-my-app.json.zst", "2025-09-15", "12", read_grype, none},
    {"2025-09-27-trivy-debian11.0-goatandwolf.json.zst", "2025-09-27", "11", read_trivy_findings, of_goatandwolf},
    {"2026-02-18-dockdocs-debian12-node-24.json.zst", "2026-02-18", "12", read_dock_docs, of_node},
};

// "SOURCE CVE" → the day of the newest evidence.
std::map<std::string, std::string> evidence_of(const std::filesystem::path& file, std::string_view release) {
    std::map<std::string, std::string> out;
    auto packed = MappedFile::open(file).value();
    auto inflated = archive::inflate(packed.bytes(), archive::Compression::gzip).value();
    for (auto line : split(as_text(inflated.bytes()), '\n')) {
        auto cells = split(line, '\t');
        if (cells.size() > 4 && cells[0] == release)
            out[std::string(cells[1]) + " " + std::string(cells[2])] = cells[4];
    }
    return out;
}

TEST(Reports, AgreeOnTheSamePackagesAndFacts) {
    auto folder = shared("debian");
    PITH_NEED(folder, "../shared/data");
    Scratch scratch;
    ThreadPool pool(1);
    Progress progress;
    std::vector<std::string> others;
    ASSERT_OK(update(scratch / "pith.db", sources_in(*folder, others).value(), {}, pool, progress));
    auto database = Database::open(scratch / "pith.db");
    ASSERT_OK(database);
    std::map<std::string, std::map<std::string, std::string>> evidences;
    evidences["12"] = evidence_of(*folder / "provenance.tsv.gz", "bookworm");
    evidences["11"] = evidence_of(*folder / "provenance.tsv.gz", "bullseye");
    for (const auto& report : reports) {
        SCOPED_TRACE(report.file);
        auto& evidence = evidences[report.release];
        auto packed = MappedFile::open(*folder / "reports" / report.file);
        ASSERT_OK(packed);
        auto inflated = archive::inflate(packed->bytes(), archive::Compression::zstd);
        ASSERT_OK(inflated);
        inventory::Inventory image;
        image.distribution.id = "debian";
        image.distribution.version_id = report.release;
        Pairs theirs, ours;
        report.read(Json::parse(as_text(inflated->bytes())), image, theirs);
        auto findings = match(image, *database, {.as_of = report.date});
        ASSERT_OK(findings);
        std::set<std::string> differences;
        std::size_t known_since = 0;
        for (const auto& each : findings->findings) {
            const auto& package = findings->packages[each.package];
            ours.emplace(package.name, each.id);
            if (theirs.contains({package.name, each.id})) continue;
            if (evidence[package.source + " " + each.id] > report.date)
                ++known_since;
            else
                differences.insert(fmt::format("ours: {} {}", package.name, each.id));
        }
        for (const auto& [package, id] : theirs)
            if (!ours.contains({package, id}) && !is_left_out(id))
                differences.insert(fmt::format("theirs: {} {}", package, id));
        std::printf("%s: %zu of theirs, %zu of ours, %zu differ; %zu of ours rest on later evidence\n", report.file,
                    theirs.size(), ours.size(), differences.size(), known_since);
        EXPECT_EQ(differences, report.differences());
        EXPECT_GT(theirs.size(), 100U);
        EXPECT_LE(differences.size() * 100, theirs.size() * 5);
    }
}

}  // namespace
}  // namespace pith::advisory
