#include "provenance/provenance.h"

#include <nlohmann/json.hpp>
#include <set>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"
#include "compose/architecture.h"
#include "compose/lock/json_fields.h"
#include "inventory/purl.h"

namespace pith::provenance {

using Json = nlohmann::ordered_json;
using compose::JsonValue;
using compose::SourceFile;

namespace {

constexpr std::string_view whole = "the provenance";
constexpr int most_depth = 80;
constexpr std::size_t most_files = 10'000;
constexpr std::uint64_t latest_second = 253402300799;  // the end of the year 9999

Json digest_json(const Digest& digest) { return {{"sha256", digest.hex()}}; }

Json file_json(const SourceFile& file) {
    if (file.type == SourceFile::Type::folder) return {{"type", "folder"}};
    if (file.type == SourceFile::Type::link) return {{"type", "link"}, {"to", file.content}};
    return {{"type", file.executable ? "program" : "file"}, {"content", to_base64(as_bytes(file.content))}};
}

Json definition_json(const Provenance& provenance) {
    const auto& definition = provenance.definition;
    const auto& choice = provenance.lock.choice;
    Json files = Json::object();
    for (const auto& file : definition.files) files[file.path] = file_json(file);
    return {{"name", definition.name},
            {"variant", choice.variant},
            {"suite", choice.suite},
            {"document", Json::parse(definition.document)},
            {"files", files}};
}

Json parameters_json(const Provenance& provenance) {
    Json platforms = Json::array();
    for (const auto& lock : provenance.lock.locks) platforms.push_back(compose::platform_of(lock.architecture).text());
    Json out = {{"definition", definition_json(provenance)}, {"platforms", platforms}};
    if (provenance.source_date_epoch) out["sourceDateEpoch"] = *provenance.source_date_epoch;
    return out;
}

std::string purl_of(const pkg::Package& package, const pkg::Repository& repository) {
    inventory::Package out;
    out.name = out.source = package.name;
    out.version = out.source_version = package.version;
    out.architecture = package.architecture;
    inventory::Distribution distribution;
    if (repository.name.starts_with("ubuntu")) distribution.id = "ubuntu";
    return inventory::deb_purl(out, distribution);
}

// Each once, however many platforms need it.
Json dependencies_json(const Provenance& provenance) {
    Json out = Json::array();
    std::set<std::string> seen;
    auto add = [&](Json dependency, const Digest& digest) {
        dependency["digest"] = digest_json(digest);
        if (seen.insert(dependency.dump(-1, ' ', false, Json::error_handler_t::replace)).second)
            out.push_back(std::move(dependency));
    };
    for (const auto& lock : provenance.lock.locks)
        for (const auto& repository : lock.repositories)
            add({{"name", fmt::format("{} {} of {}", repository.name, repository.suite, repository.date)},
                 {"annotations", {{"signedBy", repository.signed_by}}}},
                repository.release_digest);
    for (const auto& lock : provenance.lock.locks)
        for (const auto& locked : lock.packages) {
            const auto& repository = lock.repositories[locked.repository];
            add({{"name", locked.package.name},
                 {"uri", purl_of(locked.package, repository)},
                 {"annotations",
                  {{"repository", fmt::format("{} {} {}", repository.name, repository.suite, repository.component)},
                   {"path", locked.package.path}}}},
                locked.package.sha256);
        }
    for (const auto& file : provenance.fetched) add({{"uri", file.url}}, file.sha256);
    return out;
}

compose::JsonField object_field(std::string_view key, std::vector<compose::JsonField> fields) {
    return {key, [fields = std::move(fields)](const JsonValue& value) { return compose::read_object(value, fields); }};
}

compose::JsonField ignored_field(std::string_view key) {
    return {key, [](const JsonValue&) -> Result<> { return {}; }};
}

Result<> read_file(const std::string& path, const JsonValue& value, std::vector<SourceFile>& into) {
    if (into.size() == most_files) return fail(ErrorCode::limit, fmt::format("{}: too many files", value.pointer));
    auto member = [&](const char* key) {
        auto found = value.json->is_object() ? value.json->find(key) : value.json->end();
        bool there = value.json->is_object() && found != value.json->end() && found->is_string();
        return there ? found->get<std::string>() : std::string();
    };
    auto type = member("type");
    SourceFile file{SourceFile::Type::file, path, {}, type == "program"};
    if (type == "folder") {
        file.type = SourceFile::Type::folder;
    } else if (type == "link") {
        file.type = SourceFile::Type::link;
        file.content = member("to");
    } else if (type == "file" || type == "program") {
        auto content = from_base64(member("content"));
        if (!content) return compose::fail_at(value, "the content of the file is not base64");
        file.content = std::string(as_text(*content));
    } else {
        return compose::fail_at(value, fmt::format("'{}' is no type of a file", printable(type)));
    }
    into.push_back(std::move(file));
    return {};
}

}  // namespace

std::string to_slsa(const Provenance& provenance) {
    Json out = {
        {"buildDefinition",
         {{"buildType", build_type},
          {"externalParameters", parameters_json(provenance)},
          {"internalParameters", {{"lock", Json::parse(compose::to_json(provenance.lock))}}},
          {"resolvedDependencies", dependencies_json(provenance)}}},
        {"runDetails", {{"builder", {{"id", provenance.builder}, {"version", {{"pith", provenance.version}}}}}}}};
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Provenance> from_slsa(std::string_view predicate) {
    auto json = TRY(compose::parse_json(predicate, whole, most_depth));
    auto type = Json::json_pointer("/buildDefinition/buildType");
    if (!json.contains(type) || json[type] != build_type)
        return fail(ErrorCode::unsupported, fmt::format("{} is not that of a build by pith ({})", whole, build_type));
    Provenance out;
    auto& definition = out.definition;
    auto document = [&](const JsonValue& value) -> Result<> {
        definition.document = value.json->dump(2) + "\n";
        return {};
    };
    auto files = [&](const JsonValue& value) {
        return compose::read_members(value, [&](const std::string& path, const JsonValue& file) {
            return read_file(path, file, definition.files);
        });
    };
    auto lock = [&](const JsonValue& value) -> Result<> {
        out.lock = TRY(compose::parse_lock_file(value.json->dump(), fmt::format("{}{}", whole, value.pointer)));
        return {};
    };
    auto epoch = [&](const JsonValue& value) -> Result<> {
        out.source_date_epoch = static_cast<std::int64_t>(TRY(compose::read_number(value, latest_second)));
        return {};
    };
    std::vector<compose::JsonField> external = {
        object_field("definition", {compose::string_field("name", definition.name),
                                    ignored_field("variant"),
                                    ignored_field("suite"),
                                    {"document", document},
                                    {"files", files}}),
        ignored_field("platforms")};
    if (json.contains(Json::json_pointer("/buildDefinition/externalParameters/sourceDateEpoch")))
        external.push_back({"sourceDateEpoch", epoch});
    std::vector<compose::JsonField> builder = {compose::string_field("id", out.builder),
                                               object_field("version", {compose::string_field("pith", out.version)})};
    TRY(compose::read_object(
        {&json, "", whole},
        {object_field("buildDefinition",
                      {ignored_field("buildType"), object_field("externalParameters", external),
                       object_field("internalParameters", {{"lock", lock}}), ignored_field("resolvedDependencies")}),
         object_field("runDetails", {object_field("builder", builder)})}));
    return out;
}

}  // namespace pith::provenance
