#include "inventory/read_sbom.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "inventory/json_members.h"
#include "inventory/packages/json.h"
#include "inventory/purl.h"

namespace pith::inventory {

namespace {

constexpr std::uint64_t most_bytes = 512 * MiB;
constexpr std::size_t most_packages = 1'000'000;

// All that is asked for below, by whichever of the readers.
constexpr std::string_view asked[] = {"SPDXID",
                                      "artifacts",
                                      "bom-ref",
                                      "bomFormat",
                                      "component",
                                      "components",
                                      "created",
                                      "creationInfo",
                                      "distro",
                                      "documentDescribes",
                                      "expression",
                                      "externalRefs",
                                      "id",
                                      "license",
                                      "licenseDeclared",
                                      "licenses",
                                      "locations",
                                      "metadata",
                                      "name",
                                      "packages",
                                      "path",
                                      "prettyName",
                                      "purl",
                                      "primaryPackagePurpose",
                                      "referenceType",
                                      "referenceLocator",
                                      "relationships",
                                      "relationshipType",
                                      "source",
                                      "relatedSpdxElement",
                                      "spdxExpression",
                                      "spdxVersion",
                                      "timestamp",
                                      "type",
                                      "version",
                                      "versionCodename",
                                      "versionID",
                                      "versionInfo"};

const Json& member(const Json& object, const char* key) {
    static const Json none;
    if (!object.is_object()) return none;
    auto found = object.find(key);
    return found == object.end() ? none : *found;
}

// Collects packages; the same URL at the same place stands once, however many elements say so.
class Packages {
public:
    explicit Packages(Inventory& out) : m_out(out) {}

    Result<> add(const std::string& url, const std::string& name, std::string licence, std::string evidence) {
        auto purl = parse_purl(url);
        if (!purl) {
            m_out.unread.push_back({printable(evidence), fmt::format("'{}': {}", printable(name),
                                                                     url.empty() ? "it has no package URL"
                                                                                 : "its package URL cannot be read")});
            return {};
        }
        if (purl->type == "oci") return {};  // the image itself
        if (!m_seen.emplace(url, evidence).second) return {};
        if (m_out.packages.size() == most_packages)
            return fail(ErrorCode::limit, fmt::format("it has more than {} packages", most_packages));
        auto package = package_of(*purl);
        package.purl = url;
        package.licence = std::move(licence);
        package.evidence = std::move(evidence);
        if (auto distro = purl->qualifiers.find("distro"); distro != purl->qualifiers.end() && m_distro.empty())
            m_distro = distro->second;
        m_out.packages.push_back(std::move(package));
        return {};
    }

    void finish() {
        auto& distribution = m_out.distribution;
        if (distribution.id.empty()) {
            auto dash = m_distro.rfind('-');
            distribution.id = m_distro.substr(0, dash);
            if (dash != m_distro.npos) distribution.version_id = m_distro.substr(dash + 1);
        }
        std::ranges::stable_sort(m_out.packages, {}, [](const Package& each) {
            return std::tie(each.name, each.version, each.architecture, each.purl, each.evidence);
        });
        if (!m_out.unread.empty())
            m_out.notes.push_back(fmt::format("not read: {} packages without a package URL", m_out.unread.size()));
    }

private:
    Inventory& m_out;
    std::set<std::pair<std::string, std::string>> m_seen;
    std::string m_distro;
};

std::string purl_of_references(const Json& package) {
    for (const auto& reference : member(package, "externalRefs"))
        if (text_at(reference, "referenceType") == "purl") return text_at(reference, "referenceLocator");
    return {};
}

std::string declared(const std::string& licence) {
    return licence == "NOASSERTION" || licence == "NONE" ? "" : licence;
}

Result<> read_spdx(const Json& document, Inventory& out, Packages& packages) {
    out.name = text_at(document, "name");
    out.created = text_at(member(document, "creationInfo"), "created");
    std::set<std::string> described;
    for (const auto& each : member(document, "documentDescribes"))
        if (each.is_string()) described.insert(each.get<std::string>());
    for (const auto& each : member(document, "relationships"))
        if (text_at(each, "relationshipType") == "DESCRIBES") described.insert(text_at(each, "relatedSpdxElement"));
    for (const auto& package : member(document, "packages")) {
        auto id = text_at(package, "SPDXID"), purpose = text_at(package, "primaryPackagePurpose");
        auto url = purl_of_references(package);
        if (purpose == "OPERATING-SYSTEM" || purpose == "OPERATING_SYSTEM") {
            out.distribution.id = text_at(package, "name");
            out.distribution.version_id = text_at(package, "versionInfo");
            continue;
        }
        // What holds packages is none: the image, its layers.
        bool holder = described.contains(id) || purpose == "CONTAINER" || purpose == "ARCHIVE";
        if (holder && url.empty()) continue;
        TRY(packages.add(url, text_at(package, "name"), declared(text_at(package, "licenseDeclared")), id));
    }
    return {};
}

std::string cyclonedx_licence(const Json& component) {
    for (const auto& each : member(component, "licenses")) {
        if (auto expression = text_at(each, "expression"); !expression.empty()) return expression;
        const auto& licence = member(each, "license");
        auto id = text_at(licence, "id");
        return id.empty() ? text_at(licence, "name") : id;
    }
    return {};
}

Result<> add_components(const Json& components, Inventory& out, Packages& packages) {
    for (const auto& component : components) {
        auto type = text_at(component, "type");
        if (type == "operating-system") {
            out.distribution.id = text_at(component, "name");
            out.distribution.version_id = text_at(component, "version");
        } else if (type != "file" && type != "container") {
            TRY(packages.add(text_at(component, "purl"), text_at(component, "name"), cyclonedx_licence(component),
                             text_at(component, "bom-ref")));
        }
        TRY(add_components(member(component, "components"), out, packages));
    }
    return {};
}

Result<> read_cyclonedx(const Json& document, Inventory& out, Packages& packages) {
    const auto& metadata = member(document, "metadata");
    out.name = text_at(member(metadata, "component"), "name");
    out.created = text_at(metadata, "timestamp");
    return add_components(member(document, "components"), out, packages);
}

Result<> read_syft(const Json& document, Inventory& out, Packages& packages) {
    out.name = text_at(member(document, "source"), "name");
    const auto& distro = member(document, "distro");
    out.distribution.id = text_at(distro, "id");
    out.distribution.version_id = text_at(distro, "versionID");
    out.distribution.codename = text_at(distro, "versionCodename");
    out.distribution.pretty_name = text_at(distro, "prettyName");
    for (const auto& artifact : member(document, "artifacts")) {
        std::string evidence, licence;
        for (const auto& location : member(artifact, "locations"))
            if (evidence.empty()) evidence = text_at(location, "path");
        for (const auto& each : member(artifact, "licenses"))
            if (licence.empty()) licence = text_at(each, "spdxExpression");
        TRY(packages.add(text_at(artifact, "purl"), text_at(artifact, "name"), licence,
                         evidence.substr(evidence.starts_with('/') ? 1 : 0)));
    }
    return {};
}

// By the member that only this kind has.
struct Kind {
    const char *key, *list;
    Result<> (*read)(const Json& document, Inventory& out, Packages& packages);
};
constexpr Kind kinds[] = {{"spdxVersion", "packages", read_spdx},
                          {"bomFormat", "components", read_cyclonedx},
                          {"artifacts", "artifacts", read_syft}};

Result<Inventory> read_document(std::string_view text, Memory memory) {
    if (text.size() > most_bytes)
        return fail(ErrorCode::limit, fmt::format("it is larger than {}", human_size(most_bytes)));
    auto document = TRY(parse_json(TRY(keep_members(text, asked, memory))));
    for (const auto& kind : kinds) {
        if (!document.is_object() || !document.contains(kind.key)) continue;
        if (!member(document, kind.list).is_array())
            return fail(ErrorCode::format, fmt::format("it has no list of {}", kind.list));
        Inventory out;
        Packages packages(out);
        TRY(kind.read(document, out, packages));
        packages.finish();
        return out;
    }
    return fail(ErrorCode::unsupported, "it is neither SPDX 2, nor CycloneDX, nor Syft's, in JSON");
}

}  // namespace

Result<Inventory> read_sbom(std::string_view text) { return read_document(text, Memory::held); }

Result<Inventory> read_sbom_file(const std::filesystem::path& file) {
    auto mapped = TRY(MappedFile::open(file));
    return context(read_document(as_text(mapped.bytes()), Memory::mapped), fmt::format("'{}'", file.string()));
}

}  // namespace pith::inventory
