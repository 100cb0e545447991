// Findings on the packages of published reports against those reports' own, on the facts of ../shared/data/debian.
//
// Named facts that explain a difference (that folder's SOURCE.md): ids that begin with TEMP- are left out of the data;
// a finding of ours may rest on evidence (a changelog, a later report) that is newer than the report.
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

constexpr Report reports[] = {
    {"2026-08-20-trivy-debian12.15-python-test-baseline.json.zst", "2026-08-20", "12", read_trivy},
    {"2025-09-15-grype-debian12-my-app.json.zst", "2025-09-15", "12", read_grype},
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
    auto evidence = evidence_of(*folder / "provenance.tsv.gz", "bookworm");
    for (const auto& report : reports) {
        SCOPED_TRACE(report.file);
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
        std::size_t unexplained = 0;
        for (const auto& each : findings->findings) {
            const auto& package = findings->packages[each.package];
            ours.emplace(package.name, each.id);
            if (theirs.contains({package.name, each.id})) continue;
            if (evidence[package.source + " " + each.id] > report.date) continue;  // known since
            ++unexplained;
            std::printf("ours alone: %s %s (%s)\n", package.name.c_str(), each.id.c_str(),
                        evidence[package.source + " " + each.id].c_str());
        }
        for (const auto& [package, id] : theirs) {
            if (ours.contains({package, id}) || id.starts_with("TEMP-")) continue;
            ++unexplained;
            std::printf("theirs alone: %s %s\n", package.c_str(), id.c_str());
        }
        EXPECT_GT(theirs.size(), 100u);
        EXPECT_LE(unexplained * 100, theirs.size() * 5);
    }
}

}  // namespace
}  // namespace pith::advisory
