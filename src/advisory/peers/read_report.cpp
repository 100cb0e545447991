#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "advisory/feeds/json.h"
#include "advisory/peers/report.h"
#include "base/text.h"
#include "inventory/purl.h"

namespace pith::advisory {

namespace {

namespace json = feeds::json;
using feeds::raw_key;
using feeds::text_of;

constexpr std::size_t most_bytes = 512 * MiB;
constexpr std::size_t most_entries = 1'000'000;

// The states of ours that a word of another scanner may stand for.
struct Word {
    std::string_view word;
    std::vector<State> states;
};
using Words = std::vector<Word>;

const Words& our_words() {
    static const Words words = [] {
        Words out;
        for (auto state : {State::affected, State::fix_available, State::wont_fix, State::deferred,
                           State::under_investigation, State::not_affected})
            out.push_back({to_text(state), {state}});
        return out;
    }();
    return words;
}
// grype/vulnerability/fix.go: it has no word for what was put off or is looked at.
const Words& grype_words() {
    static const Words words = {{"fixed", {State::fix_available}},
                                {"not-fixed", {State::affected, State::deferred, State::under_investigation}},
                                {"wont-fix", {State::wont_fix, State::deferred}},
                                {"unknown", {State::affected, State::deferred, State::under_investigation}}};
    return words;
}
// trivy-db/pkg/types/status.go.
const Words& trivy_words() {
    static const Words words = {{"unknown", {State::affected, State::under_investigation}},
                                {"not_affected", {State::not_affected}},
                                {"affected", {State::affected}},
                                {"fixed", {State::fix_available}},
                                {"under_investigation", {State::under_investigation}},
                                {"will_not_fix", {State::wont_fix}},
                                {"fix_deferred", {State::deferred}},
                                {"end_of_life", {State::wont_fix}}};
    return words;
}

// Trivy's Result.Type, where a package has no URL: the types of package URLs.
constexpr std::pair<std::string_view, std::string_view> trivy_types[] = {
    {"debian", "deb"},       {"ubuntu", "deb"},      {"alpine", "apk"},
    {"wolfi", "apk"},        {"chainguard", "apk"},  {"redhat", "rpm"},
    {"alma", "rpm"},         {"rocky", "rpm"},       {"amazon", "rpm"},
    {"oracle", "rpm"},       {"python-pkg", "pypi"}, {"node-pkg", "npm"},
    {"jar", "maven"},        {"gobinary", "golang"}, {"gomod", "golang"},
    {"rustbinary", "cargo"}, {"gemspec", "gem"},     {"composer-vendor", "composer"},
};

// A list, which Go writes as null where it is empty.
template <class Each>
void for_each(json::value value, Each each) {
    if (value.is_null()) return;
    for (auto entry : value.get_array()) each(entry.value());
}

template <class Each>
void for_members(json::value value, Each each) {
    if (value.is_null()) return;
    for (auto field : value.get_object()) {
        auto key = raw_key(field);
        json::value member = field.value();
        each(key, member);
    }
}

using Texts = std::initializer_list<std::pair<std::string_view, std::string*>>;

void take(Texts texts, std::string_view key, json::value value) {
    for (auto [name, place] : texts)
        if (name == key) *place = text_of(value);
}

void take_members(json::value value, Texts texts) {
    for_members(value, [&](std::string_view key, json::value member) { take(texts, key, member); });
}

// The package of a URL, with the name and version that the scanner writes.
ReportedPackage package_of(const std::string& url, std::string_view type, const std::string& name,
                           const std::string& version) {
    ReportedPackage out{std::string(type), name, version, {}, {}, {}};
    if (auto purl = inventory::parse_purl(url)) {
        auto package = inventory::package_of(*purl);
        out.type = package.type;
        out.name = package.name;
        if (purl->qualifiers.contains("upstream")) {
            out.source = package.source;
            out.source_version = package.source_version;
        }
    }
    return out;
}

// Gathers packages and findings, each once.
class Gatherer {
public:
    explicit Gatherer(Report& out) : m_out(out) {}

    std::size_t add(ReportedPackage package) {
        auto key = fmt::format("{}\n{}\n{}", package.type, package.name, package.version);
        auto [at, fresh] = m_packages.try_emplace(std::move(key), m_out.packages.size());
        if (fresh)
            m_out.packages.push_back(std::move(package));
        else if (auto& known = m_out.packages[at->second]; known.source.empty()) {
            known.source = std::move(package.source);
            known.source_version = std::move(package.source_version);
        }
        bound(m_out.packages.size(), "packages");
        return at->second;
    }

    void add(ReportedFinding finding, ReportedPackage package, const Words& words) {
        if (finding.id.empty() || package.name.empty()) {
            ++m_out.skipped["without a package or an id"];
            return;
        }
        finding.package = add(std::move(package));
        auto known = m_findings.try_emplace(fmt::format("{}\n{}", finding.package, finding.id), m_out.findings.size());
        if (!known.second) {
            ++m_out.skipped["said twice"];
            auto& first = m_out.findings[known.first->second];
            if (finding.hidden.empty()) first.hidden.clear();
            return;
        }
        for (const auto& word : words)
            if (word.word == finding.state) finding.states = word.states;
        std::erase(finding.aliases, finding.id);
        std::erase(finding.aliases, "");
        std::ranges::sort(finding.aliases);
        finding.aliases.erase(std::ranges::unique(finding.aliases).begin(), finding.aliases.end());
        m_out.findings.push_back(std::move(finding));
        bound(m_out.findings.size(), "findings");
    }

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    void bound(std::size_t count, std::string_view what) {
        if (count > most_entries && !m_error)
            m_error = Error{ErrorCode::limit, fmt::format("it has more than {} {}", most_entries, what), {}};
    }

    Report& m_out;
    std::map<std::string, std::size_t> m_packages, m_findings;
    std::optional<Error> m_error;
};

void read_our_finding(json::value value, Gatherer& out) {
    ReportedFinding finding;
    std::string name, version, purl, reason, suppressed;
    for_members(value, [&](std::string_view key, json::value member) {
        take({{"id", &finding.id},
              {"state", &finding.state},
              {"fixedVersion", &finding.fixed},
              {"reason", &reason},
              {"suppressed", &suppressed}},
             key, member);
        if (key == "aliases") for_each(member, [&](json::value each) { finding.aliases.emplace_back(text_of(each)); });
        if (key == "package") take_members(member, {{"name", &name}, {"version", &version}, {"purl", &purl}});
        if (key == "rating")
            for_members(member, [&](std::string_view part, json::value text) {
                if (part == "severity") finding.severity = severity_of(text_of(text));
            });
    });
    if (finding.state == to_text(State::not_affected)) finding.hidden = "not affected: " + reason;
    if (!suppressed.empty()) finding.hidden = "suppressed: " + suppressed;
    out.add(std::move(finding), package_of(purl, {}, name, version), our_words());
}

void read_our_package(json::value value, Gatherer& out) {
    std::string type, name, version, source, source_version, purl, verdict, reason;
    for_members(value, [&](std::string_view key, json::value member) {
        take({{"type", &type},
              {"name", &name},
              {"version", &version},
              {"source", &source},
              {"sourceVersion", &source_version},
              {"purl", &purl},
              {"verdict", &verdict},
              {"reason", &reason}},
             key, member);
    });
    auto package = package_of(purl, type, name, version);
    package.source = source;
    package.source_version = source_version;
    if (verdict == "unknown") package.unknown = reason.empty() ? "unknown" : reason;
    out.add(std::move(package));
}

// Packages come after the findings, and are added first, for what they know of themselves.
void read_ours(json::document& document, Report& report, Gatherer& out) {
    report.tool = "pith";
    report.whole = true;
    for (auto pass : {"packages", "findings"}) {
        document.rewind();
        for (auto field : document.get_object()) {
            auto key = raw_key(field);
            json::value value = field.value();
            take({{"distribution", &report.distribution}}, key, value);
            if (key == "image") take_members(value, {{"name", &report.image}});
            if (key == "database") take_members(value, {{"identity", &report.database}});
            if (key != pass) continue;
            for_each(value, [&](json::value each) {
                key == "packages" ? read_our_package(each, out) : read_our_finding(each, out);
            });
        }
    }
}

void read_grype_match(json::value value, Gatherer& out) {
    ReportedFinding finding;
    std::string type, name, version, purl;
    for_members(value, [&](std::string_view key, json::value member) {
        if (key == "vulnerability")
            for_members(member, [&](std::string_view part, json::value each) {
                take({{"id", &finding.id}}, part, each);
                if (part == "severity") finding.severity = severity_of(text_of(each));
                if (part != "fix") return;
                for_members(each, [&](std::string_view word, json::value text) {
                    take({{"state", &finding.state}}, word, text);
                    if (word == "versions")
                        for_each(text, [&](json::value version_text) {
                            if (finding.fixed.empty()) finding.fixed = text_of(version_text);
                        });
                });
            });
        if (key == "relatedVulnerabilities")
            for_each(member, [&](json::value related) {
                for_members(related, [&](std::string_view part, json::value text) {
                    if (part == "id") finding.aliases.emplace_back(text_of(text));
                });
            });
        if (key == "appliedIgnoreRules") finding.hidden = "ignored by a rule";
        if (key == "artifact")
            take_members(member, {{"type", &type}, {"name", &name}, {"version", &version}, {"purl", &purl}});
    });
    out.add(std::move(finding), package_of(purl, type, name, version), grype_words());
}

void read_grype(json::document& document, Report& report, Gatherer& out) {
    std::string name, version;
    for (auto field : document.get_object()) {
        auto key = raw_key(field);
        json::value value = field.value();
        if (key == "matches" || key == "ignoredMatches")
            for_each(value, [&](json::value each) { read_grype_match(each, out); });
        if (key == "descriptor") take_members(value, {{"version", &version}});
        if (key == "distro") take_members(value, {{"name", &name}});
    }
    report.distribution = name;
    report.tool = "grype" + (version.empty() ? "" : " " + version);
}

void read_trivy_finding(json::value value, std::string_view type, Gatherer& out) {
    ReportedFinding finding;
    std::string name, version, purl;
    for_members(value, [&](std::string_view key, json::value member) {
        take({{"VulnerabilityID", &finding.id},
              {"PkgName", &name},
              {"InstalledVersion", &version},
              {"FixedVersion", &finding.fixed},
              {"Status", &finding.state}},
             key, member);
        if (key == "Severity") finding.severity = severity_of(text_of(member));
        if (key == "VendorIDs")
            for_each(member, [&](json::value each) { finding.aliases.emplace_back(text_of(each)); });
        if (key == "PkgIdentifier") take_members(member, {{"PURL", &purl}});
    });
    // Before 0.43 there was no word: a version said it.
    if (finding.state.empty()) finding.state = finding.fixed.empty() ? "affected" : "fixed";
    out.add(std::move(finding), package_of(purl, type, name, version), trivy_words());
}

// "1:2.3-4" of its parts.
std::string trivy_version(const std::string& epoch, const std::string& version, const std::string& release) {
    return (epoch.empty() || epoch == "0" ? "" : epoch + ":") + version + (release.empty() ? "" : "-" + release);
}

void read_trivy_package(json::value value, std::string_view type, Gatherer& out) {
    std::string name, version, release, epoch, source, source_version, source_release, source_epoch, purl;
    for_members(value, [&](std::string_view key, json::value member) {
        take({{"Name", &name},
              {"Version", &version},
              {"Release", &release},
              {"SrcName", &source},
              {"SrcVersion", &source_version},
              {"SrcRelease", &source_release}},
             key, member);
        std::uint64_t number = 0;
        if (key == "Epoch" && member.get_uint64().get(number) == simdjson::SUCCESS) epoch = fmt::format("{}", number);
        if (key == "SrcEpoch" && member.get_uint64().get(number) == simdjson::SUCCESS)
            source_epoch = fmt::format("{}", number);
        if (key == "Identifier") take_members(member, {{"PURL", &purl}});
    });
    auto package = package_of(purl, type, name, trivy_version(epoch, version, release));
    package.source = source;
    package.source_version = trivy_version(source_epoch, source_version, source_release);
    out.add(std::move(package));
}

void read_trivy_result(json::value value, Report& report, Gatherer& out) {
    std::string type;
    // The type stands before the lists in all that Trivy writes; without it package URLs have to do.
    for_members(value, [&](std::string_view key, json::value member) {
        if (key == "Type") {
            type = text_of(member);
            for (auto [theirs, ours] : trivy_types)
                if (theirs == type) type = ours;
        }
        if (key == "Packages") {
            report.whole = true;
            for_each(member, [&](json::value each) { read_trivy_package(each, type, out); });
        }
        if (key == "Vulnerabilities") for_each(member, [&](json::value each) { read_trivy_finding(each, type, out); });
    });
}

void read_trivy(json::document& document, Report& report, Gatherer& out) {
    std::string version;
    report.has_negligible = false;
    for (auto field : document.get_object()) {
        auto key = raw_key(field);
        json::value value = field.value();
        take({{"ArtifactName", &report.image}}, key, value);
        if (key == "Trivy") take_members(value, {{"Version", &version}});
        if (key == "Results") for_each(value, [&](json::value each) { read_trivy_result(each, report, out); });
    }
    report.tool = "trivy" + (version.empty() ? "" : " " + version);
}

// By a member that only this kind has.
struct Kind {
    std::string_view key;
    void (*read)(json::document& document, Report& report, Gatherer& out);
};
constexpr Kind kinds[] = {{"schema", read_ours}, {"matches", read_grype}, {"SchemaVersion", read_trivy}};

const Kind* recognise(json::document& document) {
    const Kind* out = nullptr;
    for (auto field : document.get_object()) {
        auto key = raw_key(field);
        const auto* kind = std::ranges::find(kinds, key, &Kind::key);
        if (kind == std::end(kinds) || out) continue;
        if (key == "schema" && text_of(field.value()) != "pith-findings-1") continue;
        out = kind;
    }
    document.rewind();
    return out;
}

}  // namespace

Result<Report> read_report(std::string_view text) {
    if (text.size() > most_bytes)
        return fail(ErrorCode::limit, fmt::format("it is larger than {}", human_size(most_bytes)));
    Report out;
    Gatherer gatherer(out);
    TRY(feeds::read_json({"report", as_bytes(text)}, [&](json::document& document) -> Result<> {
        const auto* kind = recognise(document);
        if (!kind)
            return fail(ErrorCode::unsupported, "it is neither pith's findings, nor Grype's, nor Trivy's, in JSON");
        kind->read(document, out, gatherer);
        if (gatherer.error()) return std::unexpected(*gatherer.error());
        return {};
    }));
    return out;
}

}  // namespace pith::advisory
