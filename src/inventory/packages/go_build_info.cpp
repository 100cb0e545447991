#include "inventory/packages/go_build_info.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pith::inventory::packages {

namespace {

constexpr std::string_view magic = "\xff Go buildinf:";
constexpr std::size_t header = 32, most_modules = 20'000;
constexpr std::uint64_t most_text = 16 * MiB;
constexpr unsigned big_endian_flag = 1, inline_flag = 2;

// A length as a variable-width number, and the text; takes both off `rest`.
std::optional<std::string_view> take_inline(ByteView& rest) {
    std::uint64_t size = 0;
    std::size_t used = 0;
    for (int shift = 0;; shift += 7) {
        if (used == rest.size() || shift > 56) return std::nullopt;
        auto bits = std::to_integer<std::uint64_t>(rest[used++]);
        size |= (bits & 0x7f) << shift;
        if (bits < 0x80) break;
    }
    if (size > most_text || size > rest.size() - used) return std::nullopt;
    auto out = as_text(rest.subspan(used, size));
    rest = rest.subspan(used + size);
    return out;
}

// Bytes that are loaded at an address.
ByteView loaded(const ElfFile& file, std::uint64_t address, std::uint64_t size) {
    for (const auto& each : file.sections)
        if (each.address != 0 && address >= each.address && address - each.address < each.content.size() &&
            size <= each.content.size() - (address - each.address))
            return each.content.subspan(address - each.address, size);
    return {};
}

// Before Go 1.18: the address of a string's header, which is an address and a length.
std::string_view pointed_text(const ElfFile& file, std::uint64_t address) {
    std::size_t width = file.is_64bit ? 8 : 4;
    auto text = loaded(file, address, 2 * width);
    auto size = file.number(text, width, width);
    return size > most_text ? std::string_view() : as_text(loaded(file, file.number(text, 0, width), size));
}

// 16 bytes stand before and after the lines, by which the runtime finds them.
std::string_view without_marks(std::string_view text) {
    bool marked = text.size() >= 33 && text[text.size() - 17] == '\n';
    return marked ? text.substr(16, text.size() - 32) : std::string_view();
}

struct Module {
    std::string path, version;
};

struct Lines {
    std::string path;  // of the main package
    std::optional<Module> main;
    std::vector<Module> modules;
    std::string revision, time, flags;
};

Lines read_lines(std::string_view text) {
    Lines out;
    Module* last = nullptr;
    for (auto line : split(text, '\n')) {
        auto fields = split(line, '\t');
        if (fields.size() >= 2 && fields[0] == "path") out.path = fields[1];
        if (fields.size() >= 2 && fields[0] == "build") {
            const std::pair<std::string_view, std::string*> settings[] = {
                {"vcs.revision=", &out.revision}, {"vcs.time=", &out.time}, {"-ldflags=", &out.flags}};
            for (auto [name, value] : settings)
                if (fields[1].starts_with(name)) *value = fields[1].substr(name.size());
        }
        if (fields.size() < 3 || out.modules.size() >= most_modules) continue;
        Module module{std::string(fields[1]), std::string(fields[2])};
        if (fields[0] == "mod") last = &out.main.emplace(std::move(module));
        if (fields[0] == "dep") last = &out.modules.emplace_back(std::move(module));
        if (fields[0] == "=>" && last) {
            // What replaces it: a module, or a folder, which has no name of its own.
            bool folder = fields[1].starts_with('.') || fields[1].starts_with('/');
            *last = {folder ? last->path : std::string(fields[1]), std::string(fields[2])};
        }
    }
    return out;
}

// "v0.0.0-20240102030405-0123456789ab": go.dev/ref/mod, "Pseudo-versions".
std::string pseudo_version(const Lines& lines) {
    std::string digits;
    std::ranges::copy_if(lines.time, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    if (digits.size() < 14 || lines.revision.size() < 12) return {};
    return fmt::format("v0.0.0-{}-{}", digits.substr(0, 14), lines.revision.substr(0, 12));
}

// "-X main.version=v1.2.3": a version that a build sets in a variable of that name.
std::string version_of_flags(std::string_view flags) {
    for (auto word : words(flags)) {
        while (word.starts_with('"') || word.starts_with('\'')) word.remove_prefix(1);
        while (word.ends_with('"') || word.ends_with('\'')) word.remove_suffix(1);
        auto equals = word.find('=');
        if (equals == word.npos) continue;
        auto name = word.substr(0, equals);
        name = name.substr(name.rfind('.') + 1);
        auto value = word.substr(equals + 1);
        bool named = name == "version" || name == "Version" || name == "gitVersion" || name == "GitVersion";
        auto digits = value.starts_with('v') ? value.substr(1) : value;
        if (named && !digits.empty() && digits[0] >= '0' && digits[0] <= '9' && digits.contains('.'))
            return fmt::format("v{}", digits);
    }
    return {};
}

}  // namespace

std::optional<GoBuild> find_go_build(const ElfFile& file) {
    auto info = file.section(".go.buildinfo");
    if (info.size() < header || !as_text(info).starts_with(magic)) return std::nullopt;
    auto width = std::to_integer<unsigned>(info[14]), flags = std::to_integer<unsigned>(info[15]);
    std::string_view version, modules;
    if (flags & inline_flag) {
        auto rest = info.subspan(header);
        version = take_inline(rest).value_or("");
        modules = take_inline(rest).value_or("");
    } else if (width == (file.is_64bit ? 8 : 4) && ((flags & big_endian_flag) != 0) == file.is_big_endian) {
        version = pointed_text(file, file.number(info, 16, width));
        modules = pointed_text(file, file.number(info, 16 + width, width));
    }
    if (version.empty()) return std::nullopt;
    return GoBuild{std::string(version), std::string(without_marks(modules))};
}

std::vector<InstalledPackage> go_packages(std::string_view version, std::string_view modules, const std::string& path) {
    std::vector<InstalledPackage> out;
    auto lines = read_lines(modules);
    auto add = [&](const Module& module) {
        auto known = module.version == "(devel)" ? std::string_view() : std::string_view(module.version);
        out.push_back(language_package("golang", module.path, known, path));
    };
    if (lines.main) {
        auto& main = *lines.main;
        if (main.version == "(devel)") {
            main.version = version_of_flags(lines.flags);
            if (main.version.empty()) main.version = pseudo_version(lines);
        }
        if (!main.path.empty()) add(main);
    }
    for (const auto& module : lines.modules)
        if (!module.path.empty()) add(module);
    // The go command itself has a path and no main module.
    bool known =
        std::ranges::any_of(lines.modules, [&](const Module& each) { return lines.path.starts_with(each.path); });
    if (!lines.main && !known && !lines.path.empty()) add({lines.path, ""});
    auto release = version.substr(0, version.find(' '));  // "go1.22.1 X:boringcrypto"
    if (!out.empty() && release.starts_with("go1"))
        out.push_back(language_package("golang", "stdlib", release.substr(2), path));
    for (auto& each : out) each.paths.push_back(path);
    return out;
}

}  // namespace pith::inventory::packages
