#include "oci/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "oci/json.h"

namespace pith::oci {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view manifest_types[] = {media_type::manifest, media_type::index, docker_manifest, docker_list};
constexpr std::string_view config_types[] = {media_type::config, "application/vnd.docker.container.image.v1+json"};

constexpr const char* name_annotation = "org.opencontainers.image.ref.name";

// A document being read, for messages.
struct Reading {
    std::string_view what;
    [[nodiscard]] std::unexpected<Error> wrong(std::string_view why) const {
        return fail(ErrorCode::format, fmt::format("{} {}", what, why));
    }
};

const Json* find(const Json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    auto it = object.find(key);
    return it == object.end() || it->is_null() ? nullptr : &*it;
}

std::string text_or_empty(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

// The list under a key; an empty one where there is none.
Result<const Json*> list_at(const Json& object, const char* key, const Reading& reading) {
    static const Json none = Json::array();
    const auto* value = find(object, key);
    if (!value) return &none;
    if (!value->is_array()) return reading.wrong(fmt::format("has '{}' that is no list", key));
    if (value->size() > most_document_entries)
        return fail(ErrorCode::limit,
                    fmt::format("{} has more than {} entries in '{}'", reading.what, most_document_entries, key));
    return value;
}

Result<std::vector<std::string>> texts_at(const Json& object, const char* key, const Reading& reading) {
    std::vector<std::string> out;
    for (const auto& value : *TRY(list_at(object, key, reading))) {
        if (!value.is_string()) return reading.wrong(fmt::format("has an entry of '{}' that is no text", key));
        out.push_back(value.get<std::string>());
    }
    return out;
}

Result<Digest> digest_of(std::string_view text, const Reading& reading) {
    if (text.starts_with("sha512:"))
        return fail(ErrorCode::unsupported,
                    fmt::format("{} names '{}': only SHA-256 is read", reading.what, printable(text, 20)));
    return context(read_digest(text), reading.what);
}

Result<Descriptor> read_descriptor(const Json& json, const Reading& reading) {
    const auto* size = find(json, "size");
    if (!size || !size->is_number_unsigned()) return reading.wrong("has a descriptor without a size");
    auto digest = TRY(digest_of(text_or_empty(json, "digest"), reading));
    return Descriptor{text_or_empty(json, "mediaType"), digest, size->get<std::uint64_t>()};
}

Platform read_platform(const Json& json) {
    Platform out{text_or_empty(json, "os"), text_or_empty(json, "architecture"), text_or_empty(json, "variant")};
    if (out.architecture == "arm64" && out.variant == "v8") out.variant.clear();  // the only one there is
    return out;
}

Annotations annotations_of(const Json& json) {
    Annotations out;
    if (const auto* annotations = find(json, "annotations"); annotations && annotations->is_object())
        for (const auto& [key, value] : annotations->items())
            if (value.is_string()) out[key] = value.get<std::string>();
    return out;
}

Result<Json> parse_object(std::string_view text, const Reading& reading) {
    auto json = TRY(parse_json(text, reading.what, most_document_bytes));
    if (!json.is_object()) return reading.wrong("is not an object");
    return json;
}

}  // namespace

Result<std::vector<IndexEntry>> read_index(std::string_view text, std::string_view what) {
    const Reading reading{what};
    auto json = TRY(parse_object(text, reading));
    std::vector<IndexEntry> out;
    for (const auto& each : *TRY(list_at(json, "manifests", reading))) {
        IndexEntry entry{TRY(read_descriptor(each, reading)),
                         std::nullopt,
                         {},
                         text_or_empty(each, "artifactType"),
                         annotations_of(each)};
        if (const auto* platform = find(each, "platform")) entry.platform = read_platform(*platform);
        if (auto name = entry.annotations.find(name_annotation); name != entry.annotations.end())
            entry.name = name->second;
        if (entry.platform && entry.platform->architecture == "unknown") continue;
        out.push_back(std::move(entry));
    }
    return out;
}

Result<Manifest> read_manifest(std::string_view text, std::string_view what) {
    const Reading reading{what};
    auto json = TRY(parse_object(text, reading));
    const auto* config = find(json, "config");
    if (!config) return reading.wrong("has no configuration: it is no manifest of an image");
    Manifest out;
    out.config = TRY(read_descriptor(*config, reading));
    for (const auto& layer : *TRY(list_at(json, "layers", reading)))
        out.layers.push_back(TRY(read_descriptor(layer, reading)));
    out.annotations = annotations_of(json);
    return out;
}

Result<ConfigFacts> read_config(std::string_view text, std::string_view what) {
    const Reading reading{what};
    auto json = TRY(parse_object(text, reading));
    ConfigFacts out{read_platform(json), text_or_empty(json, "created"), {}, {}};
    if (const auto* rootfs = find(json, "rootfs"))
        for (const auto& diff_id : TRY(texts_at(*rootfs, "diff_ids", reading)))
            out.diff_ids.push_back(TRY(digest_of(diff_id, reading)));
    for (const auto& entry : *TRY(list_at(json, "history", reading))) {
        const auto* empty = find(entry, "empty_layer");
        if (!empty || *empty != true) out.created_by.push_back(text_or_empty(entry, "created_by"));
    }
    if (out.created_by.size() != out.diff_ids.size()) out.created_by.assign(out.diff_ids.size(), "");
    return out;
}

Result<std::vector<ArchivedImage>> read_docker_manifest(std::string_view text) {
    const Reading reading{"manifest.json"};
    auto json = TRY(parse_json(text, reading.what, most_document_bytes));
    if (!json.is_array()) return reading.wrong("is not a list of images");
    if (json.size() > most_document_entries)
        return fail(ErrorCode::limit, fmt::format("manifest.json has more than {} images", most_document_entries));
    std::vector<ArchivedImage> out;
    for (const auto& image : json) {
        if (!image.is_object()) return reading.wrong("has an image that is no object");
        auto tags = TRY(texts_at(image, "RepoTags", reading));
        auto layers = TRY(texts_at(image, "Layers", reading));
        out.push_back({text_or_empty(image, "Config"), std::move(tags), std::move(layers)});
    }
    return out;
}

Result<ManifestFacts> read_facts(std::string_view text, std::string_view said, std::string_view what) {
    const Reading reading{what};
    auto json = TRY(parse_object(text, reading));
    bool lists = find(json, "manifests"), holds = find(json, "config") || find(json, "layers");
    if (lists && holds) return reading.wrong("has both manifests and layers: it is neither an index nor a manifest");
    ManifestFacts out{
        text_or_empty(json, "mediaType"), text_or_empty(json, "artifactType"), {}, annotations_of(json), {}, {}};
    if (!said.empty() && !out.media_type.empty() && said != out.media_type)
        return reading.wrong(
            fmt::format("calls itself '{}' and is called '{}'", printable(out.media_type), printable(said)));
    if (out.media_type.empty()) out.media_type = said;
    if (out.media_type.empty()) out.media_type = lists ? media_type::index : media_type::manifest;
    if (!is_manifest_type(out.media_type))
        return fail(ErrorCode::unsupported,
                    fmt::format("{} is of type '{}', which is not read", what, printable(out.media_type)));
    if (out.is_index() ? !lists : !find(json, "config"))
        return reading.wrong(fmt::format("is called '{}' and has no {}", out.media_type,
                                         out.is_index() ? "list of manifests" : "configuration"));
    if (const auto* subject = find(json, "subject")) out.subject = TRY(read_descriptor(*subject, reading));
    for (const auto& each : *TRY(list_at(json, "manifests", reading)))
        out.manifests.push_back(TRY(read_descriptor(each, reading)));
    if (out.is_index()) return out;
    out.blobs.push_back(TRY(read_descriptor(json["config"], reading)));
    for (const auto& each : *TRY(list_at(json, "layers", reading)))
        out.blobs.push_back(TRY(read_descriptor(each, reading)));
    const auto& config = out.blobs[0].media_type;
    if (out.artifact_type.empty() && std::ranges::count(config_types, config) == 0) out.artifact_type = config;
    return out;
}

Result<Digest> read_digest(std::string_view text) {
    constexpr std::string_view prefix = "sha256:";
    bool spelt = text.starts_with(prefix) && text.find_first_of("ABCDEF") == text.npos;
    if (!spelt)
        return fail(ErrorCode::format, fmt::format("'{}' is not a digest: sha256: and 64 hexadecimal digits in lower "
                                                   "case",
                                                   printable(text, 80)));
    return Digest::parse(text);
}

bool is_manifest_type(std::string_view media_type) { return std::ranges::count(manifest_types, media_type) > 0; }

bool is_index(std::string_view media_type) { return media_type == media_type::index || media_type == docker_list; }

bool ManifestFacts::is_index() const { return oci::is_index(media_type); }

}  // namespace pith::oci
