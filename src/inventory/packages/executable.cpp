// Executables: what Go and Rust write into their programs, the packaging metadata that distributions put into a note,
// and the versions that the programs of the signature table carry.
//
// Sources: go_build_info.h; cargo-auditable's PARSING.md (section .dep-v0: JSON in zlib); systemd's "Package Metadata
// for Executable Files" (note type 0xcafe1a7e, owner FDO, JSON). Limits: 1 GiB a file, 8 MiB of JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "archive/zip.h"
#include "base/text.h"
#include "inventory/packages/all_readers.h"
#include "inventory/packages/go_build_info.h"
#include "inventory/packages/json.h"
#include "inventory/packages/parts.h"
#include "inventory/packages/signatures.h"

namespace pith::inventory::packages {

namespace {

constexpr std::uint64_t most_json = 8 * MiB;
constexpr std::size_t most_crates = 100'000;

// Name size, content size and type, then both, each padded to four bytes.
std::string_view note_content(const ElfFile& file, ByteView note) {
    auto name = file.number(note, 0, 4), size = file.number(note, 4, 4), start = 12 + (name + 3) / 4 * 4;
    if (file.number(note, 8, 4) != 0xcafe1a7e || start > note.size() || size > note.size() - start) return {};
    auto text = as_text(note.subspan(start, size));
    return text.substr(0, text.find('\0'));
}

std::optional<std::string> reduce(std::string_view path, ByteView content) {
    auto file = read_elf_sections(content);
    std::string out;
    if (auto go = find_go_build(file)) {
        add_part(out, "go", go->version);
        add_part(out, "modules", go->modules);
    }
    if (auto audit = file.section(".dep-v0"); !audit.empty()) {
        auto json = archive::inflate_zlib(audit, most_json);
        add_part(out, json ? "crates" : "broken", json ? as_text(*json) : "Rust's audit data: " + json.error().text());
    }
    if (auto note = note_content(file, file.section(".note.package")); !note.empty()) add_part(out, "note", note);
    if (auto known = find_signature(path, content)) {
        add_part(out, "name", known->name);
        add_part(out, "version", known->version);
    }
    if (out.empty()) return std::nullopt;
    return out;
}

Result<> add_crates(std::string_view text, const Source& source) {
    auto json = TRY(parse_json(text));
    if (!json.is_object() || !json.contains("packages") || !json["packages"].is_array())
        return fail(ErrorCode::format, "Rust's audit data has no list of packages");
    if (json["packages"].size() > most_crates)
        return fail(ErrorCode::limit, "Rust's audit data has more than 100000 packages");
    for (const auto& crate : json["packages"]) {
        auto name = text_at(crate, "name"), version = text_at(crate, "version");
        if (name.empty() || version.empty()) return fail(ErrorCode::format, "a crate without a name or a version");
        if (text_at(crate, "kind") == "build") continue;  // ran at the build, and is not in the program
        source.found.push_back(language_package("cargo", name, version, source.path));
        source.found.back().paths.push_back(source.path);
    }
    return {};
}

// The packages of distributions that write such notes are in their databases too, and this is then joined to them.
Result<> add_note(std::string_view text, const Source& source) {
    auto json = TRY(parse_json(text));
    auto type = text_at(json, "type"), name = text_at(json, "name"), version = text_at(json, "version");
    if (name.empty() || version.empty()) return fail(ErrorCode::format, "a package note without a name or a version");
    bool known = type == "deb" || type == "rpm" || type == "apk";
    auto installed = language_package(known ? type : "generic", name, version, source.path);
    installed.package.architecture = text_at(json, "architecture");
    installed.paths.push_back(source.path);
    source.found.push_back(std::move(installed));
    return {};
}

Result<> read(const Source& source) {
    auto parts = read_parts(source.content);
    if (!parts) return fail(ErrorCode::format, "a damaged record");
    auto part = [&](std::string_view name) {
        auto found = std::ranges::find(*parts, name, &Part::name);
        return found == parts->end() ? std::string_view() : found->text;
    };
    if (!part("go").empty()) {
        auto modules = go_packages(part("go"), part("modules"), source.path);
        std::ranges::move(modules, std::back_inserter(source.found));
    }
    if (!part("name").empty()) {
        source.found.push_back(language_package("generic", part("name"), part("version"), source.path));
        source.found.back().paths.push_back(source.path);
    }
    if (!part("note").empty()) TRY(add_note(part("note"), source));
    if (!part("crates").empty()) TRY(add_crates(part("crates"), source));
    if (!part("broken").empty()) return fail(ErrorCode::format, std::string(part("broken")));
    return {};
}

constexpr Selector selectors[] = {{"*", 1 * GiB, false,
                                   "\x7f"
                                   "ELF"}};

}  // namespace

constinit const Reader executable_reader{.name = "executable", .selectors = selectors, .read = read, .reduce = reduce};

}  // namespace pith::inventory::packages
