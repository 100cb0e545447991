// Syft's JSON. Source: Syft's json schema 16 (schema/json of its repository): artifacts, artifactRelationships, source,
// distro, descriptor, schema.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "inventory/packages/json.h"
#include "inventory/sbom.h"

namespace pith::inventory {

namespace {

struct Kind {
    std::string_view type, syft, language;
};
constexpr Kind kinds[] = {{"deb", "deb", ""},
                          {"apk", "apk", ""},
                          {"rpm", "rpm", ""},
                          {"pypi", "python", "python"},
                          {"npm", "npm", "javascript"},
                          {"maven", "java-archive", "java"},
                          {"golang", "go-module", "go"},
                          {"cargo", "rust-crate", "rust"},
                          {"generic", "binary", ""}};

const Kind& kind_of(const Package& package) {
    const auto* found = std::ranges::find(kinds, package.type, &Kind::type);
    return found == std::end(kinds) ? kinds[std::size(kinds) - 1] : *found;
}

// What a reader needs beside the URL: of which source a distribution's package was built.
void add_metadata(Json& out, const Package& package) {
    if (package.type == "deb") {
        out["metadataType"] = "dpkg-db-entry";
        out["metadata"] = {{"package", package.name},
                           {"source", package.source == package.name ? "" : package.source},
                           {"version", package.version},
                           {"sourceVersion", package.source_version == package.version ? "" : package.source_version},
                           {"architecture", package.architecture},
                           {"maintainer", package.maintainer},
                           {"installedSize", 0},
                           {"files", Json::array()}};
    } else if (package.type == "apk") {
        out["metadataType"] = "apk-db-entry";
        out["metadata"] = {{"package", package.name},
                           {"originPackage", package.source},
                           {"maintainer", package.maintainer},
                           {"version", package.version},
                           {"architecture", package.architecture},
                           {"url", package.homepage},
                           {"description", ""},
                           {"size", 0},
                           {"installedSize", 0},
                           {"pullDependencies", Json::array()},
                           {"provides", Json::array()},
                           {"pullChecksum", ""},
                           {"gitCommitOfApkPort", ""},
                           {"files", Json::array()}};
    } else if (package.type == "rpm") {
        auto colon = package.version.find(':');
        auto rest = colon == package.version.npos ? package.version : package.version.substr(colon + 1);
        auto dash = std::min(rest.rfind('-'), rest.size());
        Json epoch = nullptr;
        if (colon != package.version.npos) epoch = std::atoll(package.version.c_str());
        out["metadataType"] = "rpm-db-entry";
        out["metadata"] = {{"name", package.name},
                           {"version", rest.substr(0, dash)},
                           {"epoch", std::move(epoch)},
                           {"architecture", package.architecture},
                           {"release", rest.substr(std::min(dash + 1, rest.size()))},
                           {"sourceRpm", package.source_file},
                           {"size", 0},
                           {"vendor", package.maintainer},
                           {"files", Json::array()}};
    }
}

Json artifact(const Package& package, const Inventory& inventory) {
    const auto& kind = kind_of(package);
    auto id = sha256(package.purl + " " + package.evidence).hex().substr(0, 16);
    Json location = {{"path", "/" + package.evidence}};
    if (!package.layers.empty() && !inventory.layers.empty())
        location["layerID"] = inventory.layers[package.layers[0]].diff_id.text();
    location["accessPath"] = "/" + package.evidence;
    location["annotations"] = {{"evidence", "primary"}};
    Json licences = Json::array();
    if (!package.licence.empty())
        licences.push_back({{"value", package.licence},
                            {"spdxExpression", package.licence},
                            {"type", "declared"},
                            {"urls", Json::array()},
                            {"locations", Json::array()}});
    Json out = {{"id", id},
                {"name", package.name},
                {"version", package.version},
                {"type", kind.syft},
                {"foundBy", "pith"},
                {"locations", Json::array({location})},
                {"licenses", licences},
                {"language", kind.language},
                {"cpes", Json::array()},
                {"purl", package.purl}};
    add_metadata(out, package);
    return out;
}

Json source_of(const Inventory& inventory) {
    auto id = document_digest(inventory, "syft").hex();
    if (!inventory.digest)
        return {{"id", id},
                {"name", inventory.name},
                {"version", ""},
                {"type", "directory"},
                {"metadata", {{"path", inventory.name}}}};
    Json layers = Json::array();
    for (const auto& layer : inventory.layers)
        layers.push_back({{"mediaType", layer.descriptor.media_type},
                          {"digest", layer.diff_id.text()},
                          {"size", layer.descriptor.size}});
    return {{"id", id},
            {"name", inventory.name},
            {"version", inventory.digest->text()},
            {"type", "image"},
            {"metadata",
             {{"userInput", inventory.name},
              {"manifestDigest", inventory.digest->text()},
              {"layers", std::move(layers)},
              {"architecture", inventory.platform.architecture},
              {"os", inventory.platform.os}}}};
}

}  // namespace

std::string to_syft_json(const Inventory& inventory, std::string_view version) {
    Json artifacts = Json::array();
    for (const auto& package : inventory.packages) artifacts.push_back(artifact(package, inventory));
    Json out = {{"artifacts", std::move(artifacts)}, {"artifactRelationships", Json::array()}};
    out["source"] = source_of(inventory);
    const auto& distribution = inventory.distribution;
    const auto& release = distribution.full_version.empty() ? distribution.version_id : distribution.full_version;
    out["distro"] = {{"prettyName", distribution.pretty_name},
                     {"id", distribution.id},
                     {"version", release},
                     {"versionID", release},
                     {"versionCodename", distribution.codename}};
    out["descriptor"] = {{"name", "pith"}, {"version", version}};
    out["schema"] = {{"version", "16.1.0"},
                     {"url", "https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.1.0.json"}};
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pith::inventory
