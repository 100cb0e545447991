#include "inventory/packages/java_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace pith::inventory::packages {

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

// The main section: "Name: value", lines of more than 72 bytes go on after a space.
Fields read_manifest(std::string_view text) {
    Fields out;
    std::string* last = nullptr;
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) {
            if (!out.empty()) break;
            continue;
        }
        auto colon = line.find(':');
        if (line[0] == ' ') {
            if (last) *last += line.substr(1);
        } else if (colon != line.npos) {
            last =
                &out.try_emplace(std::string(trim(line.substr(0, colon))), trim(line.substr(colon + 1))).first->second;
        }
    }
    return out;
}

std::optional<JavaArtifact> read_pom(std::string_view text) {
    JavaArtifact out;
    for (auto line : split(text, '\n')) {
        auto mark = line.find_first_of("=:");
        if (trim(line).starts_with('#') || mark == line.npos) continue;
        auto key = trim(line.substr(0, mark)), value = trim(line.substr(mark + 1));
        if (key == "groupId") out.group = value;
        if (key == "artifactId") out.name = value;
        if (key == "version") out.version = value;
    }
    if (out.name.empty()) return std::nullopt;
    return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "spring-core-5.3.1.jar": the version begins at the first dash before a digit.
JavaArtifact of_file_name(std::string_view path) {
    auto name = path.substr(path.find_last_of("/:") + 1);
    name = name.substr(0, name.rfind('.'));
    for (auto dash = name.find('-'); dash != name.npos; dash = name.find('-', dash + 1))
        if (dash > 0 && dash + 1 < name.size() && is_digit(name[dash + 1]))
            return {{}, std::string(name.substr(0, dash)), std::string(name.substr(dash + 1))};
    return {{}, std::string(name), {}};
}

// "com.example.tool.jar" may be GROUP.ARTIFACT; by convention an artifact has no dot in it, Eclipse's excepted.
std::string artifact_of_file(std::string_view name) {
    if (name.starts_with("org.eclipse.")) return std::string(name);
    for (auto part : split(name, '.'))
        if (part.empty() || is_digit(part[0]) || part[0] == '-') return std::string(name);
    return std::string(name.substr(name.rfind('.') + 1));
}

std::string_view first_of(const Fields& fields, std::initializer_list<std::string_view> names) {
    for (auto name : names)
        if (auto found = fields.find(name); found != fields.end() && !found->second.empty()) return found->second;
    return {};
}

// A group is a reversed domain.
std::string group_of(const Fields& manifest) {
    for (std::string_view name : {"Group-Id", "Bundle-SymbolicName", "Extension-Name", "Specification-Vendor",
                                  "Implementation-Vendor", "Implementation-Vendor-Id", "Implementation-Title",
                                  "Bundle-Activator", "Automatic-Module-Name", "Main-Class", "Package"}) {
        auto value = first_of(manifest, {name});
        value = trim(value.substr(0, value.find(';')));
        static constexpr std::string_view domains[] = {"com.", "org.", "net.", "io.", "be."};
        if (std::ranges::any_of(domains, [&](std::string_view each) { return value.starts_with(each); }))
            return std::string(value);
    }
    return {};
}

// Maven's bundle plug-in names a bundle GROUP.ARTIFACT.
std::string bundle_name(const Fields& manifest) {
    auto symbolic = first_of(manifest, {"Bundle-SymbolicName"});
    if (!first_of(manifest, {"Created-By"}).contains("Apache Maven Bundle Plugin") || symbolic.empty()) return {};
    if (symbolic == first_of(manifest, {"Implementation-Vendor-Id"})) return {};
    return std::string(symbolic.substr(symbolic.rfind('.') + 1));
}

bool fits(const JavaArtifact& pom, const JavaArtifact& file) {
    return pom.name.starts_with(file.name) || file.name.ends_with(pom.name);
}

}  // namespace

std::vector<JavaArtifact> artifacts_of(const JavaArchive& archive) {
    std::vector<JavaArtifact> poms;
    for (const auto& text : archive.poms)
        if (auto pom = read_pom(text)) poms.push_back(std::move(*pom));
    auto file = of_file_name(archive.path);
    if (!archive.manifest) return poms;  // what it includes says more than a name
    auto manifest = read_manifest(*archive.manifest);
    auto own = std::ranges::find(poms, file.name, &JavaArtifact::name);
    if (own == poms.end()) own = std::ranges::find_if(poms, [&](const auto& pom) { return fits(pom, file); });
    JavaArtifact main = own == poms.end() ? JavaArtifact() : *own;
    if (own != poms.end()) poms.erase(own);
    if (main.name.empty()) main.name = bundle_name(manifest);
    if (main.name.empty()) main.name = artifact_of_file(file.name);
    if (main.version.empty()) main.version = file.version;
    if (main.version.empty())
        main.version =
            first_of(manifest, {"Implementation-Version", "Specification-Version", "Plugin-Version", "Bundle-Version"});
    if (main.group.empty()) main.group = group_of(manifest);
    poms.insert(poms.begin(), std::move(main));
    return poms;
}

}  // namespace pith::inventory::packages
