#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "inventory/purl.h"
#include "inventory/sbom.h"

namespace pith::inventory {

using Json = nlohmann::ordered_json;
using archive::EntryType;

namespace {

constexpr const char* image_ref = "image";

Json sha256_hash(const Digest& digest) { return {{"alg", "SHA-256"}, {"content", digest.hex()}}; }

Json property(std::string_view name, std::string_view value) {
    return {{"name", fmt::format("pith:{}", name)}, {"value", value}};
}

std::string layer_ref(std::size_t layer, const Layer& facts) {
    return fmt::format("layer-{}-{}", layer + 1, facts.diff_id.brief());
}

// The purl, which two entries of a damaged database may share.
std::string package_ref(const Package& package) { return package.purl + "#" + percent_encoded(package.evidence); }

Json file_component(const File& file) {
    return {{"type", "file"},
            {"name", "/" + file.path},
            {"hashes", Json::array({{{"alg", "SHA-1"}, {"content", to_hex(file.sha1)}}, sha256_hash(file.sha256)})}};
}

Json image_component(const Inventory& inventory) {
    Json out = {{"type", "container"}, {"bom-ref", image_ref}, {"name", inventory.name}};
    if (inventory.digest) {
        out["version"] = inventory.digest->text();
        out["hashes"] = Json::array({sha256_hash(*inventory.digest)});
        out["purl"] = image_purl(inventory.name, *inventory.digest, inventory.platform);
    }
    for (const auto& note : inventory.notes) out["properties"].push_back(property("note", note));
    return out;
}

Json distribution_component(const Distribution& distribution) {
    Json out = {{"type", "operating-system"}, {"bom-ref", "distribution"}, {"name", distribution.id}};
    const auto& version = distribution.full_version.empty() ? distribution.version_id : distribution.full_version;
    if (!version.empty()) out["version"] = version;
    if (!distribution.pretty_name.empty()) out["description"] = distribution.pretty_name;
    return out;
}

Json layer_component(const Inventory& inventory, std::size_t index) {
    const auto& layer = inventory.layers[index];
    Json out = {{"type", "file"},
                {"bom-ref", layer_ref(index, layer)},
                {"mime-type", layer.descriptor.media_type},
                {"name", layer.descriptor.digest.text()}};
    if (!layer.created_by.empty()) out["description"] = layer.created_by;
    out["hashes"] = Json::array({sha256_hash(layer.descriptor.digest)});
    for (const auto& file : inventory.files)
        if (file.layer == index && file.package == unowned && file.type == EntryType::file)
            out["components"].push_back(file_component(file));
    out["properties"] = Json::array({property("diffID", layer.diff_id.text())});
    return out;
}

Json package_component(const Inventory& inventory, const Package& package) {
    Json out = {{"type", "library"}, {"bom-ref", package_ref(package)}};
    if (!package.maintainer.empty()) out["supplier"] = {{"name", package.maintainer}};
    out["name"] = package.name;
    out["version"] = package.version;
    if (package.built) out["hashes"] = Json::array({sha256_hash(package.built->sha256)});
    if (!package.licence.empty())
        out["licenses"] = Json::array({{{"expression", package.licence}, {"acknowledgement", "declared"}}});
    out["purl"] = package.purl;
    if (!package.homepage.empty())
        out["externalReferences"] = Json::array({{{"type", "website"}, {"url", package.homepage}}});
    for (auto at : package.files)
        if (inventory.files[at].type == EntryType::file)
            out["components"].push_back(file_component(inventory.files[at]));
    out["evidence"] = {{"occurrences", Json::array({{{"location", "/" + package.evidence}}})}};
    out["properties"] = Json::array({property("source", package.source + " " + package.source_version)});
    for (const auto& joined : package.joined)
        out["properties"].push_back(property("joined", fmt::format("{} at /{}", joined.purl, joined.evidence)));
    if (package.built) {
        out["properties"].push_back(property("origin", package.built->origin));
        if (!package.built->why.empty()) out["properties"].push_back(property("why", package.built->why));
    }
    return out;
}

// The image depends on its layers, a layer on the packages that have files in it.
Json dependencies(const Inventory& inventory) {
    std::vector<Json> layers(std::max<std::size_t>(inventory.layers.size(), 1), Json::array());
    for (const auto& package : inventory.packages)
        for (auto layer : package.layers) layers[layer].push_back(package_ref(package));
    Json of_image = inventory.layers.empty() ? layers[0] : Json::array();
    Json out = Json::array();
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) {
        auto ref = layer_ref(i, inventory.layers[i]);
        of_image.push_back(ref);
        out.push_back({{"ref", ref}, {"dependsOn", std::move(layers[i])}});
    }
    out.insert(out.begin(), Json{{"ref", image_ref}, {"dependsOn", std::move(of_image)}});
    return out;
}

}  // namespace

std::string to_cyclonedx(const Inventory& inventory, std::string_view version) {
    Json components = Json::array();
    if (!inventory.distribution.id.empty()) components.push_back(distribution_component(inventory.distribution));
    for (std::size_t i = 0; i < inventory.layers.size(); ++i) components.push_back(layer_component(inventory, i));
    for (const auto& package : inventory.packages) components.push_back(package_component(inventory, package));
    // A folder has no layers; its other files stand beside the packages.
    for (const auto& file : inventory.files)
        if (inventory.layers.empty() && file.package == unowned && file.type == EntryType::file)
            components.push_back(file_component(file));

    Json out = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
                {"bomFormat", "CycloneDX"},
                {"specVersion", "1.6"},
                {"serialNumber", "urn:uuid:" + uuid_of(document_digest(inventory, "cyclonedx"))},
                {"version", 1}};
    out["metadata"] = {
        {"timestamp", inventory.created},
        {"tools", {{"components", Json::array({{{"type", "application"}, {"name", "pith"}, {"version", version}}})}}},
        {"component", image_component(inventory)}};
    out["components"] = std::move(components);
    out["dependencies"] = dependencies(inventory);
    for (const auto& licence : inventory.licence_texts)
        out["properties"].push_back(property("licence-text:" + licence.id, licence.text));
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pith::inventory
