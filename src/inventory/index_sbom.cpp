#include "inventory/index_sbom.h"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "inventory/purl.h"
#include "inventory/sbom.h"

namespace pith::inventory {

using Json = nlohmann::ordered_json;

namespace {

Json spdx_package(const std::string& name, const std::string& id, const Digest& digest, const std::string& purl) {
    return {{"name", name},
            {"SPDXID", id},
            {"versionInfo", digest.text()},
            {"supplier", "NOASSERTION"},
            {"downloadLocation", "NOASSERTION"},
            {"filesAnalyzed", false},
            {"primaryPackagePurpose", "CONTAINER"},
            {"checksums", Json::array({{{"algorithm", "SHA256"}, {"checksumValue", digest.hex()}}})},
            {"externalRefs",
             Json::array(
                 {{{"referenceCategory", "PACKAGE-MANAGER"}, {"referenceType", "purl"}, {"referenceLocator", purl}}})}};
}

Json component(const std::string& name, const std::string& ref, const Digest& digest, const std::string& purl) {
    return {{"type", "container"},
            {"bom-ref", ref},
            {"name", name},
            {"version", digest.text()},
            {"hashes", Json::array({{{"alg", "SHA-256"}, {"content", digest.hex()}}})},
            {"purl", purl}};
}

// Both kinds of documents are named after what they are made of.
Digest document_digest(const IndexFacts& index, std::string_view kind) {
    return sha256(fmt::format("{} {} {}", kind, index.name, index.digest.text()));
}

}  // namespace

std::string to_spdx(const IndexFacts& index, std::string_view version) {
    constexpr const char* document_id = "SPDXRef-DOCUMENT";
    constexpr const char* index_id = "SPDXRef-Index";
    auto relation = [](const std::string& from, const char* kind, const std::string& to) -> Json {
        return {{"spdxElementId", from}, {"relationshipType", kind}, {"relatedSpdxElement", to}};
    };
    Json packages =
        Json::array({spdx_package(index.name, index_id, index.digest, index_purl(index.name, index.digest))});
    Json relations = Json::array({relation(document_id, "DESCRIBES", index_id)});
    for (const auto& image : index.images) {
        auto id = fmt::format("SPDXRef-Image-{}", image.digest.brief());
        packages.push_back(
            spdx_package(index.name, id, image.digest, image_purl(index.name, image.digest, image.platform)));
        relations.push_back(relation(id, "VARIANT_OF", index_id));
    }
    Json out = {{"spdxVersion", "SPDX-2.3"},
                {"dataLicense", "CC0-1.0"},
                {"SPDXID", document_id},
                {"name", index.name},
                {"documentNamespace", fmt::format("https://spdx.org/spdxdocs/pith-{}-{}", percent_encoded(index.name),
                                                  document_digest(index, "spdx").hex())},
                {"creationInfo",
                 {{"created", index.created}, {"creators", Json::array({fmt::format("Tool: pith-{}", version)})}}},
                {"packages", packages},
                {"relationships", relations}};
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_cyclonedx(const IndexFacts& index, std::string_view version) {
    constexpr const char* index_ref = "index";
    Json components = Json::array(), refs = Json::array();
    for (const auto& image : index.images) {
        auto ref = fmt::format("image-{}", image.digest.brief());
        components.push_back(
            component(index.name, ref, image.digest, image_purl(index.name, image.digest, image.platform)));
        refs.push_back(ref);
    }
    Json tool = {{"type", "application"}, {"name", "pith"}, {"version", version}};
    Json out = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
                {"bomFormat", "CycloneDX"},
                {"specVersion", "1.6"},
                {"serialNumber", "urn:uuid:" + uuid_of(document_digest(index, "cyclonedx"))},
                {"version", 1},
                {"metadata",
                 {{"timestamp", index.created},
                  {"tools", {{"components", Json::array({tool})}}},
                  {"component", component(index.name, index_ref, index.digest, index_purl(index.name, index.digest))}}},
                {"components", components},
                {"dependencies", Json::array({{{"ref", index_ref}, {"dependsOn", refs}}})}};
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pith::inventory
