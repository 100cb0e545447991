#include "compose/package_facts.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "compose/path_rules.h"
#include "pkg/deb/deb_file.h"

namespace pith::compose {

// The facts' form in the cache is CBOR, an array each in the order of the members.
static void to_json(nlohmann::json& j, const ShippedEntry& e) {
    j = {e.path, static_cast<int>(e.type), e.mode, e.uid, e.gid, e.mtime, e.size, e.link};
}
static void from_json(const nlohmann::json& j, ShippedEntry& e) {
    e = {j.at(0), static_cast<archive::EntryType>(j.at(1).get<int>()), j.at(2), j.at(3), j.at(4), j.at(5), j.at(6),
         j.at(7)};
}
static void to_json(nlohmann::json& j, const ElfFacts& e) {
    j = {static_cast<int>(e.type),
         e.is_64bit,
         e.is_big_endian,
         e.machine,
         e.flags,
         e.is_dynamic,
         e.interpreter,
         e.soname,
         e.needed,
         e.rpath,
         e.runpath,
         e.x86_isa_needed,
         e.malformed};
}
static void from_json(const nlohmann::json& j, ElfFacts& e) {
    e = {static_cast<ElfFacts::Type>(j.at(0).get<int>()),
         j.at(1),
         j.at(2),
         j.at(3),
         j.at(4),
         j.at(5),
         j.at(6),
         j.at(7),
         j.at(8).get<std::vector<std::string>>(),
         j.at(9),
         j.at(10),
         j.at(11),
         j.at(12)};
}

namespace {

using archive::EntryType;
using nlohmann::json;

// Part of the key: facts written by a program that knew other ones are not read.
constexpr int facts_version = 3;
constexpr std::uint64_t most_small_file = 64 * KiB;

std::string to_record(const PackageFacts& facts) {
    json j = {facts.name,    facts.version,   facts.architecture, facts.source,    facts.control,    facts.scripts,
              facts.md5sums, facts.conffiles, facts.entries,      facts.libraries, facts.small_files};
    std::string out;
    json::to_cbor(j, out);
    return out;
}

std::optional<PackageFacts> from_record(const std::string& record) {
    auto j = json::from_cbor(record, true, false);
    if (j.is_discarded() || !j.is_array()) return std::nullopt;
    using Texts = std::map<std::string, std::string>;
    try {
        return PackageFacts{j.at(0),
                            j.at(1),
                            j.at(2),
                            j.at(3),
                            j.at(4),
                            j.at(5).get<Texts>(),
                            j.at(6).get<Texts>(),
                            j.at(7).get<std::vector<std::string>>(),
                            j.at(8).get<std::vector<ShippedEntry>>(),
                            j.at(9).get<std::map<std::string, ElfFacts>>(),
                            j.at(10).get<Texts>()};
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

// Names that ldconfig looks at, and those that links of such names lead to.
bool may_be_library(std::string_view path) {
    auto name = path.substr(path.rfind('/') + 1);
    return name.find(".so") != std::string_view::npos && (name.starts_with("lib") || name.starts_with("ld"));
}

bool is_small_file(std::string_view path) {
    auto merged = merge_usr(path);
    for (const char* pattern :
         {"etc/ld.so.conf", "etc/ld.so.conf.d/*", "usr/lib/tmpfiles.d/*.conf", "usr/lib/os-release",
          "usr/share/pam/common-*", "usr/share/pam-configs/*", "usr/share/php*/*/*.ini"})
        if (matches_glob(pattern, merged)) return true;
    return false;
}

// What is looked into of a file's content, while it is at hand.
Result<> look_into(const archive::TarEntry& entry, PackageFacts& facts) {
    facts.md5sums[entry.path] = md5_hex(entry.content);
    if (may_be_library(entry.path))
        if (auto elf = read_elf(entry.content)) facts.libraries[entry.path] = std::move(*elf);
    if (is_small_file(entry.path)) {
        if (entry.content.size() > most_small_file)
            return fail(ErrorCode::limit,
                        fmt::format("'{}' is larger than {}", entry.path, human_size(most_small_file)));
        facts.small_files[entry.path] = as_text(entry.content);
    }
    return {};
}

Result<PackageFacts> read_facts(const pkg::deb::DebFile& deb) {
    PackageFacts facts;
    facts.name = deb.package.name;
    facts.version = deb.package.version;
    facts.architecture = deb.package.architecture;
    facts.source = deb.package.source;
    facts.control = deb.control;
    for (const char* script : {"preinst", "postinst"})
        if (auto found = deb.scripts.find(script); found != deb.scripts.end()) facts.scripts[script] = found->second;
    for (const auto& conffile : deb.conffiles)
        if (!conffile.remove_on_upgrade) facts.conffiles.push_back(conffile.path);
    for (const auto& entry : deb.entries) {
        if (entry.uid > 0xfffffffe || entry.gid > 0xfffffffe)
            return fail(ErrorCode::format,
                        fmt::format("'{}' has an owner that does not fit into 32 bits", printable(entry.path)));
        facts.entries.push_back({entry.path, entry.type, entry.mode, static_cast<std::uint32_t>(entry.uid),
                                 static_cast<std::uint32_t>(entry.gid), entry.mtime, entry.content.size(), entry.link});
        if (entry.type == EntryType::file) TRY(look_into(entry, facts));
    }
    return facts;
}

Result<MappedFile> open_blob(const Cache& cache, const Digest& deb, const std::string& name) {
    auto file = cache.blob(deb);
    if (!file)
        return fail(ErrorCode::damaged, fmt::format("{} ({}) was damaged in the cache '{}', or is gone; build again",
                                                    name, deb.text(), cache.folder().string()));
    return std::move(*file);
}

}  // namespace

struct PackageContents::Open {
    MappedFile file;
    pkg::deb::DebFile deb;
};

PackageContents::PackageContents(std::string name, std::unique_ptr<Open> open)
    : m_name(std::move(name)), m_open(std::move(open)) {}
PackageContents::~PackageContents() = default;
PackageContents::PackageContents(PackageContents&&) noexcept = default;

Result<PackageContents> PackageContents::open(const Cache& cache, const Digest& deb, const std::string& name) {
    auto file = TRY(open_blob(cache, deb, name));
    auto read = TRY(context(pkg::deb::read_deb(file.bytes()), name));
    return PackageContents(name, std::make_unique<Open>(Open{std::move(file), std::move(read)}));
}

Result<ByteView> PackageContents::file(const std::string& path) const {
    const auto& entries = m_open->deb.entries;
    auto entry = std::lower_bound(entries.begin(), entries.end(), path,
                                  [](const auto& e, const std::string& p) { return e.path < p; });
    if (entry == entries.end() || entry->path != path || entry->type != EntryType::file)
        return fail(ErrorCode::format, fmt::format("{} has no file '{}'", m_name, path));
    return entry->content;
}

std::uint64_t PackageContents::size() const { return m_open->deb.data.bytes().size(); }

Result<PackageFacts> PackageContents::facts() const { return context(read_facts(m_open->deb), m_name); }

Result<ReadPackage> read_package(const Cache& cache, const Digest& deb, const std::string& name) {
    auto key = sha256(fmt::format("package facts {} {}", facts_version, deb.text()));
    if (auto record = cache.record("facts", key))
        if (auto facts = from_record(*record)) return ReadPackage{std::move(*facts), std::nullopt};
    auto contents = TRY(PackageContents::open(cache, deb, name));
    auto facts = TRY(contents.facts());
    TRY(cache.put_record("facts", key, to_record(facts)));
    return ReadPackage{std::move(facts), std::move(contents)};
}

}  // namespace pith::compose
