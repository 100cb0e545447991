// apk's database of what is installed: lib/apk/db/installed, or usr/lib/apk/db/installed where /lib is merged.
// Format: apk-tools 2, apk-installed: blocks of "K:value" lines, an empty line after each; P name, V version,
// A architecture, L licence, o origin, m maintainer, U homepage, F folder, R file in it. Other keys do not matter here.
#include <fmt/format.h>

#include "base/text.h"
#include "inventory/packages/all_readers.h"

namespace pith::inventory::packages {

namespace {

constexpr std::size_t most_packages = 100'000;

struct Block {
    InstalledPackage installed;
    std::string folder;
};

void add_line(Block& block, char key, std::string_view value) {
    auto& package = block.installed.package;
    switch (key) {
        case 'P': package.name = value; break;
        case 'V': package.version = value; break;
        case 'A': package.architecture = value; break;
        case 'L': package.licence = value; break;
        case 'o': package.source = value; break;
        case 'm': package.maintainer = value; break;
        case 'U': package.homepage = value; break;
        case 'F': block.folder = value; break;
        case 'R':
            if (auto path = database_path(fmt::format("{}/{}", block.folder, value)); !path.empty())
                block.installed.paths.push_back(std::move(path));
            break;
        default: break;
    }
}

Result<> finish(Block& block, const Source& source, std::size_t line) {
    auto& package = block.installed.package;
    if (package.name.empty() || package.version.empty())
        return fail(ErrorCode::format, fmt::format("/{}:{}: a package without {}", printable(source.path), line,
                                                   package.name.empty() ? "a name (P:)" : "a version (V:)"));
    if (source.found.size() == most_packages)
        return fail(ErrorCode::limit, fmt::format("/{} has more than {} packages", source.path, most_packages));
    package.type = "apk";
    package.evidence = source.path;
    if (package.source.empty()) package.source = package.name;
    package.source_version = package.version;
    source.found.push_back(std::move(block.installed));
    block = {};
    return {};
}

Result<> read(const Source& source) {
    Block block;
    bool inside = false;
    std::size_t number = 0;
    for (auto line : split(source.content, '\n')) {
        ++number;
        if (line.empty()) {
            if (inside) TRY(finish(block, source, number));
            inside = false;
            continue;
        }
        if (line.size() < 2 || line[1] != ':')
            return fail(ErrorCode::format, fmt::format("/{}:{}: '{}' is no line of a package", printable(source.path),
                                                       number, printable(line, 40)));
        inside = true;
        add_line(block, line[0], line.substr(2));
    }
    return inside ? finish(block, source, number) : Result<>();
}

constexpr Selector selectors[] = {{"lib/apk/db/installed", 64 * MiB}, {"usr/lib/apk/db/installed", 64 * MiB}};

}  // namespace

constinit const Reader apk_reader{.name = "apk", .selectors = selectors, .read = read, .distribution = true};

}  // namespace pith::inventory::packages
