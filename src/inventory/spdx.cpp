#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "inventory/purl.h"
#include "inventory/sbom.h"

namespace pith::inventory {

using Json = nlohmann::ordered_json;
using archive::EntryType;

namespace {

// SPDX identifiers hold letters, digits, "." and "-" alone, so names are told apart by a piece of a digest.
std::string spdx_id(std::string_view kind, std::string_view unique) {
    return fmt::format("SPDXRef-{}-{}", kind, sha256(unique).hex().substr(0, 20));
}

std::string file_id(const File& file) { return spdx_id("File", file.path); }
std::string package_id(const Package& package) { return spdx_id("Package", package.purl + " " + package.evidence); }
std::string layer_id(std::size_t layer, const Layer& facts) {
    return fmt::format("SPDXRef-Layer-{}-{}", layer + 1, facts.diff_id.brief());
}
constexpr const char* document_id = "SPDXRef-DOCUMENT";
constexpr const char* image_id = "SPDXRef-Image";
constexpr const char* distribution_id = "SPDXRef-Distribution";

Json checksum(std::string_view algorithm, std::string hex) {
    return {{"algorithm", algorithm}, {"checksumValue", std::move(hex)}};
}

Json reference(std::string_view purl) {
    return {{"referenceCategory", "PACKAGE-MANAGER"}, {"referenceType", "purl"}, {"referenceLocator", purl}};
}

// Clause 7.9: the SHA-1 of the files' SHA-1s in hexadecimal, sorted and joined.
Json verification_code(std::vector<std::string> sums) {
    std::ranges::sort(sums);
    Hasher hasher(HashKind::sha1);
    for (const auto& sum : sums) hasher.update(sum);
    return {{"packageVerificationCodeValue", to_hex(hasher.finish())}};
}

// "Name <address>" as clause 7.5 writes it. That it is a group's address is seen by what groups are called.
std::string supplier_of(const std::string& maintainer) {
    if (maintainer.empty()) return "NOASSERTION";
    auto open = maintainer.rfind('<');
    auto name = std::string(trim(maintainer.substr(0, open)));
    auto address = open == maintainer.npos ? "" : maintainer.substr(open + 1, maintainer.find('>', open) - open - 1);
    static constexpr std::string_view groups[] = {"Maintainers", "Team", "Group", "Packagers", "Developers", "Project",
                                                  "maintainers", "team", "group", "packagers", "developers", "QA"};
    bool group = std::ranges::any_of(groups, [&](std::string_view word) { return name.contains(word); });
    if (name.empty()) name = address;
    return fmt::format("{}: {}{}", group ? "Organization" : "Person", name,
                       address.empty() ? "" : fmt::format(" ({})", address));
}

// Why it is there, and what is part of it.
std::string comment_of(const Package& package) {
    std::string out = package.built ? package.built->why : "";
    for (const auto& joined : package.joined)
        out += fmt::format("{}it includes {} at /{}", out.empty() ? "" : "; ", joined.purl, joined.evidence);
    return out;
}

// A document as it grows.
class Document {
public:
    Document(const Inventory& inventory, std::string_view version)
        : m_inventory(inventory), m_creator(fmt::format("Tool: pith-{}", version)) {}

    std::string write() {
        add_image();
        add_layers();
        for (const auto& package : m_inventory.packages) add_package(package);
        add_files();
        return assemble();
    }

private:
    void add_image();
    void add_layers();
    void add_package(const Package& package);
    void add_files();
    std::string assemble();
    void relate(std::string from, std::string_view kind, std::string to) {
        m_relationships.push_back(
            {{"spdxElementId", std::move(from)}, {"relationshipType", kind}, {"relatedSpdxElement", std::move(to)}});
    }
    // Where a layer of the image is meant, or the whole of a folder that has none.
    std::string holder(std::size_t layer) const {
        return m_inventory.layers.empty() ? image_id : layer_id(layer, m_inventory.layers[layer]);
    }
    // The code over the files that no package owns, of one layer.
    void add_code(Json& package, std::size_t layer) const;

    const Inventory& m_inventory;
    std::string m_creator;
    Json m_packages = Json::array(), m_files = Json::array(), m_relationships = Json::array();
};

void Document::add_code(Json& package, std::size_t layer) const {
    std::vector<std::string> sums;
    for (const auto& file : m_inventory.files)
        if (file.layer == layer && file.package == unowned && file.type == EntryType::file)
            sums.push_back(to_hex(file.sha1));
    package["filesAnalyzed"] = !sums.empty();
    if (!sums.empty()) package["packageVerificationCode"] = verification_code(std::move(sums));
}

void Document::add_image() {
    const auto& inventory = m_inventory;
    Json image = {{"name", inventory.name}, {"SPDXID", image_id}};
    if (inventory.digest) image["versionInfo"] = inventory.digest->text();
    image["supplier"] = "NOASSERTION";
    image["downloadLocation"] = "NOASSERTION";
    if (inventory.layers.empty())
        add_code(image, 0);
    else
        image["filesAnalyzed"] = false;
    image["primaryPackagePurpose"] = "CONTAINER";
    if (inventory.digest) {
        image["checksums"] = Json::array({checksum("SHA256", inventory.digest->hex())});
        image["externalRefs"] =
            Json::array({reference(image_purl(inventory.name, *inventory.digest, inventory.platform))});
    }
    for (const auto& note : inventory.notes)
        image["annotations"].push_back({{"annotationDate", inventory.created},
                                        {"annotationType", "OTHER"},
                                        {"annotator", m_creator},
                                        {"comment", note}});
    m_packages.push_back(std::move(image));
    relate(document_id, "DESCRIBES", image_id);
    const auto& distribution = inventory.distribution;
    if (distribution.id.empty()) return;
    m_packages.push_back(
        {{"name", distribution.id},
         {"SPDXID", distribution_id},
         {"versionInfo", distribution.full_version.empty() ? distribution.version_id : distribution.full_version},
         {"supplier", "NOASSERTION"},
         {"downloadLocation", "NOASSERTION"},
         {"filesAnalyzed", false},
         {"primaryPackagePurpose", "OPERATING-SYSTEM"},
         {"description", distribution.pretty_name}});
    relate(image_id, "CONTAINS", distribution_id);
}

void Document::add_layers() {
    for (std::size_t i = 0; i < m_inventory.layers.size(); ++i) {
        const auto& layer = m_inventory.layers[i];
        Json out = {{"name", layer.diff_id.text()}, {"SPDXID", layer_id(i, layer)}};
        out["supplier"] = "NOASSERTION";
        out["downloadLocation"] = "NOASSERTION";
        add_code(out, i);
        out["primaryPackagePurpose"] = "ARCHIVE";
        out["checksums"] = Json::array({checksum("SHA256", layer.descriptor.digest.hex())});
        if (!layer.created_by.empty()) out["comment"] = layer.created_by;
        m_packages.push_back(std::move(out));
        relate(image_id, "CONTAINS", layer_id(i, layer));
    }
}

void Document::add_package(const Package& package) {
    auto id = package_id(package);
    std::vector<std::string> sums;
    for (auto at : package.files)
        if (m_inventory.files[at].type == EntryType::file) sums.push_back(to_hex(m_inventory.files[at].sha1));
    Json out = {{"name", package.name}, {"SPDXID", id}, {"versionInfo", package.version}};
    out["supplier"] = supplier_of(package.maintainer);
    out["downloadLocation"] = "NOASSERTION";
    out["filesAnalyzed"] = !sums.empty();
    if (!sums.empty()) out["packageVerificationCode"] = verification_code(std::move(sums));
    if (package.built) out["checksums"] = Json::array({checksum("SHA256", package.built->sha256.hex())});
    if (!package.homepage.empty()) out["homepage"] = package.homepage;
    out["sourceInfo"] = fmt::format("/{}: built from {} {}{}", package.evidence, package.source, package.source_version,
                                    package.built ? "; " + package.built->origin : "");
    if (auto comment = comment_of(package); !comment.empty()) out["comment"] = comment;
    out["licenseConcluded"] = "NOASSERTION";
    out["licenseDeclared"] = package.licence.empty() ? "NOASSERTION" : package.licence;
    out["copyrightText"] = "NOASSERTION";
    out["externalRefs"] = Json::array({reference(package.purl)});
    m_packages.push_back(std::move(out));
    for (auto layer : package.layers) relate(holder(layer), "CONTAINS", id);
}

void Document::add_files() {
    for (const auto& file : m_inventory.files) {
        if (file.type != EntryType::file) continue;
        auto id = file_id(file);
        m_files.push_back(
            {{"fileName", "./" + file.path},
             {"SPDXID", id},
             {"checksums", Json::array({checksum("SHA1", to_hex(file.sha1)), checksum("SHA256", file.sha256.hex())})},
             {"licenseConcluded", "NOASSERTION"},
             {"copyrightText", "NOASSERTION"}});
        relate(file.package == unowned ? holder(file.layer) : package_id(m_inventory.packages[file.package]),
               "CONTAINS", std::move(id));
    }
}

std::string Document::assemble() {
    auto digest = document_digest(m_inventory, "spdx");
    Json out = {
        {"spdxVersion", "SPDX-2.3"},
        {"dataLicense", "CC0-1.0"},
        {"SPDXID", document_id},
        {"name", m_inventory.name},
        {"documentNamespace",
         fmt::format("https://spdx.org/spdxdocs/pith-{}-{}", percent_encoded(m_inventory.name), digest.hex())},
        {"creationInfo",
         {{"created", m_inventory.created}, {"creators", Json::array({m_creator})}, {"licenseListVersion", "3.28"}}}};
    out["packages"] = std::move(m_packages);
    if (!m_files.empty()) out["files"] = std::move(m_files);
    for (const auto& licence : m_inventory.licence_texts)
        out["hasExtractedLicensingInfos"].push_back(
            {{"licenseId", licence.id}, {"name", licence.name}, {"extractedText", licence.text}});
    out["relationships"] = std::move(m_relationships);
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_spdx(const Inventory& inventory, std::string_view version) {
    return Document(inventory, version).write();
}

}  // namespace pith::inventory
