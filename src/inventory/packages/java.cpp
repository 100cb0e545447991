// Java archives: each jar, war or ear is a package, and so is what stands inside of it, as pom.properties of libraries
// that were merged into it, and as archives in the archive.
//
// Sources: the JAR file specification ("JAR Manifest"); Maven's archiver
// (META-INF/maven/GROUP/ARTIFACT/pom.properties). Archives that say nothing of themselves are known by their file name,
// NAME-VERSION.jar. Limits: archives in archives 5 deep, 20,000 of them and 4 GiB of them unpacked in one file, 512 MiB
// at a time; 1 MiB a text. What is beyond is counted as unread.
#include <fmt/format.h>

#include <algorithm>

#include "archive/zip.h"
#include "base/text.h"
#include "inventory/packages/all_readers.h"
#include "inventory/packages/java_names.h"
#include "inventory/packages/parts.h"

namespace pith::inventory::packages {

namespace {

constexpr std::uint64_t most_text = 1 * MiB, most_nested_bytes = 4 * GiB, most_held = 512 * MiB, most_archive = 1 * GiB;
constexpr int most_depth = 5;
constexpr std::size_t most_nested = 20'000;
constexpr std::string_view extensions[] = {".jar", ".war", ".ear", ".par", ".sar",
                                           ".nar", ".jpi", ".hpi", ".kar", ".rar"};

bool is_archive(std::string_view name) {
    return std::ranges::any_of(extensions, [&](std::string_view each) { return name.ends_with(each); });
}

// Writes the record of an archive and of those in it.
class Unpacking {
public:
    std::string record;

    Result<> add(std::string_view path, ByteView file, int depth) {
        auto members = TRY(archive::read_zip(file));
        add_part(record, "archive", path);
        for (const auto& member : members) {
            bool manifest = member.name == "META-INF/MANIFEST.MF", pom = member.name.ends_with("pom.properties");
            if (manifest || pom)
                add_part(record, manifest ? "manifest" : "pom",
                         as_text(TRY(archive::zip_content(file, member, most_text))));
        }
        for (const auto& member : members)
            if (is_archive(member.name)) add_nested(fmt::format("{}:{}", path, member.name), file, member, depth + 1);
        return {};
    }

private:
    void add_nested(const std::string& path, ByteView file, const archive::ZipMember& member, int depth) {
        auto content = bounded(file, member, depth);
        auto held = content ? content->size() : 0;
        m_held += held;
        auto added = content ? add(path, *content, depth) : Result<>(std::unexpected(content.error()));
        m_held -= held;
        if (!added) add_part(record, "broken", fmt::format("{}: {}", path, added.error().text()));
    }
    Result<Bytes> bounded(ByteView file, const archive::ZipMember& member, int depth) {
        if (depth > most_depth)
            return fail(ErrorCode::limit, fmt::format("archives in archives are read {} deep", most_depth));
        if (++m_count > most_nested || (m_bytes += member.size) > most_nested_bytes)
            return fail(ErrorCode::limit, fmt::format("more than {} archives in archives, or {} of them", most_nested,
                                                      human_size(most_nested_bytes)));
        if (member.size > most_held - m_held)
            return fail(ErrorCode::limit,
                        fmt::format("more than {} of archives, one in the other", human_size(most_held)));
        return archive::zip_content(file, member, most_held);
    }
    std::size_t m_count = 0;
    std::uint64_t m_bytes = 0, m_held = 0;  // of all, and of those that are open
};

std::optional<std::string> reduce(std::string_view path, ByteView content) {
    Unpacking unpacking;
    auto added = unpacking.add(path, content, 0);
    if (!added) add_part(unpacking.record, "broken", added.error().text());
    return std::move(unpacking.record);
}

void add(const JavaArchive& archive, const Source& source, std::string& broken) {
    for (const auto& artifact : artifacts_of(archive)) {
        if (artifact.name.empty()) {
            broken = fmt::format("{}: an archive without a name", archive.path);
            continue;
        }
        auto name = artifact.group.empty() ? artifact.name : fmt::format("{}:{}", artifact.group, artifact.name);
        auto installed = language_package("maven", name, artifact.version, source.path);
        installed.package.evidence = archive.path;
        installed.paths.push_back(source.path);
        source.found.push_back(std::move(installed));
    }
}

Result<> read(const Source& source) {
    auto parts = read_parts(source.content);
    if (!parts) return fail(ErrorCode::format, "a damaged record");
    std::optional<JavaArchive> archive;
    std::string broken;
    for (auto [name, text] : *parts) {
        if (name == "archive") {
            if (archive) add(*archive, source, broken);
            archive = JavaArchive{std::string(text), {}, {}};
        }
        if (name == "manifest" && archive) archive->manifest = text;
        if (name == "pom" && archive) archive->poms.emplace_back(text);
        if (name == "broken" && broken.empty()) broken = text;
    }
    if (archive) add(*archive, source, broken);
    return broken.empty() ? Result<>() : Result<>(fail(ErrorCode::format, broken));
}

constexpr Selector selectors[] = {{"*.jar", most_archive}, {"*.war", most_archive}, {"*.ear", most_archive},
                                  {"*.par", most_archive}, {"*.sar", most_archive}, {"*.nar", most_archive},
                                  {"*.jpi", most_archive}, {"*.hpi", most_archive}};

}  // namespace

constinit const Reader java_reader{.name = "Java", .selectors = selectors, .read = read, .reduce = reduce};

}  // namespace pith::inventory::packages
