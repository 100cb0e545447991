// Node's packages: a package.json with a name and a version. Source: the npm documentation, "package.json"; and what
// npm installed where its files are gone: node_modules/.package-lock.json ("package-lock.json", "Hidden lockfiles").
// A lock file elsewhere says what would be installed, and is no evidence.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "inventory/packages/all_readers.h"
#include "inventory/packages/json.h"

namespace pith::inventory::packages {

namespace {

std::string licence_of(const Json& package) {
    if (auto text = text_at(package, "license"); !text.empty()) return text;
    if (package.contains("license") && package["license"].is_object()) return text_at(package["license"], "type");
    return {};
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

// Paths of the lock are relative to the folder that holds node_modules: "node_modules/a/node_modules/b".
void read_lock(const Source& source, const Json& lock) {
    if (!lock.contains("packages") || !lock["packages"].is_object()) return;
    auto modules = folder_of(source.path);
    auto root = modules.substr(0, modules.size() - std::string_view("node_modules").size());
    for (const auto& [key, value] : lock["packages"].items()) {
        auto at = key.rfind("node_modules/");
        auto version = text_at(value, "version");
        if (at == key.npos || version.empty()) continue;
        auto name = text_at(value, "name");  // of an alias
        if (name.empty()) name = key.substr(at + 13);
        if (name.empty()) continue;
        if (source.view.find(fmt::format("{}{}/package.json", root, key))) continue;  // which speaks for itself
        auto installed = language_package("npm", name, version, source.path);
        installed.package.licence = text_at(value, "license");
        installed.paths.push_back(source.path);
        source.found.push_back(std::move(installed));
    }
}

Result<> read(const Source& source) {
    auto json = TRY(parse_json(source.content));
    if (source.path.ends_with(".package-lock.json")) {
        read_lock(source, json);
        return {};
    }
    auto name = text_at(json, "name"), version = text_at(json, "version");
    // Many packages carry such files for their parts and their tests, which are no packages.
    if (name.empty() || version.empty()) return {};
    auto installed = language_package("npm", name, version, source.path);
    installed.package.licence = licence_of(json);
    installed.package.homepage = text_at(json, "homepage");
    installed.paths.push_back(source.path);
    source.found.push_back(std::move(installed));
    return {};
}

constexpr Selector selectors[] = {{"*/package.json", 4 * MiB}, {"*/node_modules/.package-lock.json", 64 * MiB}};

}  // namespace

constinit const Reader node_reader{.name = "Node", .selectors = selectors, .read = read};

}  // namespace pith::inventory::packages
