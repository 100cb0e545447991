#include "report/image_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/table.h"

namespace pith::report {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* created_annotation = "org.opencontainers.image.created";

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json descriptor_json(const oci::Descriptor& descriptor) {
    return {{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
}

std::string platform_text(const std::optional<oci::Platform>& platform) {
    return platform ? printable(platform->text()) : "-";
}

std::string layers_text(const oci::OpenedImage& opened) {
    std::vector<std::vector<std::string>> rows;
    std::uint64_t bytes = 0;
    for (const auto& layer : opened.image.layers) {
        rows.push_back({fmt::format("{}", rows.size() + 1), layer.descriptor.digest.brief(),
                        human_size(layer.descriptor.size), printable(layer.created_by, 80)});
        bytes += layer.descriptor.size;
    }
    auto out = fmt::format("  {} {}, created {}\n", printable(opened.image.config.platform.text()), opened.name.text(),
                           printable(opened.image.config.created.empty() ? "-" : opened.image.config.created));
    for (const auto& [key, value] : opened.image.annotations)
        out += fmt::format("  {}: {}\n", printable(key), printable(value));
    // The configuration is another's document: of what may stand there, what says how the image runs.
    auto config = Json::parse(opened.config, nullptr, false);
    if (config.is_object() && config.contains("config") && config["config"].is_object())
        for (const char* key :
             {"User", "WorkingDir", "Entrypoint", "Cmd", "Env", "ExposedPorts", "StopSignal", "Labels"})
            if (config["config"].contains(key) && !config["config"][key].empty())
                out += fmt::format(
                    "  {}: {}\n", key,
                    printable(config["config"][key].dump(-1, ' ', true, Json::error_handler_t::replace), 500));
    out += table({{"layer", true}, {"digest"}, {"size", true}, {"created by"}}, rows);
    return out + fmt::format("  {} layers, {}\n", rows.size(), human_size(bytes));
}

}  // namespace

std::string to_text(const oci::Inspected& image, std::string_view name) {
    auto out = fmt::format("{}\n  {}, {}\n", printable(name), image.top.descriptor.digest.text(),
                           printable(image.top.descriptor.media_type));
    if (!image.platforms.empty()) {
        std::vector<std::vector<std::string>> rows;
        for (const auto& each : image.platforms)
            rows.push_back(
                {platform_text(each.platform), each.descriptor.digest.text(), human_size(each.descriptor.size)});
        out += table({{"platform"}, {"manifest"}, {"size", true}}, rows);
    }
    return image.image ? out + layers_text(*image.image) : out;
}

std::string to_json(const oci::Inspected& image, std::string_view name) {
    Json out = {{"name", name}};
    out.update(descriptor_json(image.top.descriptor));
    if (!image.platforms.empty()) {
        out["platforms"] = Json::array();
        for (const auto& each : image.platforms) {
            auto entry = descriptor_json(each.descriptor);
            if (each.platform) entry["platform"] = each.platform->text();
            out["platforms"].push_back(std::move(entry));
        }
    }
    if (!image.image) return dump(out);
    const auto& opened = *image.image;
    Json layers = Json::array();
    for (const auto& layer : opened.image.layers) {
        auto entry = descriptor_json(layer.descriptor);
        entry["diffID"] = layer.diff_id.text();
        if (!layer.created_by.empty()) entry["createdBy"] = layer.created_by;
        layers.push_back(std::move(entry));
    }
    out["image"] = {{"digest", opened.name.text()},
                    {"platform", opened.image.config.platform.text()},
                    {"annotations", opened.image.annotations},
                    {"config", Json::parse(opened.config, nullptr, false)},
                    {"layers", std::move(layers)}};
    return dump(out);
}

std::string tags_text(const std::vector<std::string>& tags) {
    std::string out;
    for (const auto& tag : tags) out += printable(tag) + "\n";
    return out;
}

std::string tags_json(std::string_view repository, const std::vector<std::string>& tags) {
    return dump({{"repository", repository}, {"tags", tags}});
}

std::string referrers_text(const oci::Descriptor& subject, const std::vector<oci::Referrer>& referrers) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : referrers) {
        auto created = each.annotations.find(created_annotation);
        rows.push_back({each.descriptor.digest.text(), printable(each.artifact_type.empty() ? "-" : each.artifact_type),
                        human_size(each.descriptor.size),
                        created == each.annotations.end() ? "-" : printable(created->second)});
    }
    if (rows.empty()) return fmt::format("nothing refers to {}\n", subject.digest.text());
    return table({{"manifest"}, {"type"}, {"size", true}, {"created"}}, rows) +
           fmt::format("  {} of {}\n", rows.size(), subject.digest.text());
}

std::string referrers_json(const oci::Descriptor& subject, const std::vector<oci::Referrer>& referrers) {
    Json list = Json::array();
    for (const auto& each : referrers) {
        auto entry = descriptor_json(each.descriptor);
        entry["artifactType"] = each.artifact_type;
        entry["annotations"] = each.annotations;
        list.push_back(std::move(entry));
    }
    return dump({{"subject", subject.digest.text()}, {"referrers", std::move(list)}});
}

}  // namespace pith::report
