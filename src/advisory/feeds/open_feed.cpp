#include "advisory/feeds/open_feed.h"

#include <fmt/format.h>

#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"
#include "archive/inflate.h"
#include "archive/tar.h"
#include "archive/zip.h"
#include "base/background_hasher.h"
#include "base/text.h"

namespace pith::advisory::feeds {

namespace {

constexpr std::uint64_t most_unpacked = 8 * GiB, most_record = 64 * MiB;
constexpr std::size_t most_records = 2'000'000;
constexpr std::size_t tar_magic_at = 257;

bool is_zip(ByteView bytes) { return as_text(bytes).starts_with("PK\x03\x04"); }
bool is_tar(ByteView bytes) { return bytes.size() > 512 && as_text(bytes).substr(tar_magic_at, 5) == "ustar"; }

// "bookworm.json" of "bookworm.json.zst".
std::string document_name(const std::filesystem::path& file) {
    auto extension = file.extension();
    return (extension == ".gz" || extension == ".xz" || extension == ".zst" ? file.stem() : file.filename()).string();
}

// Gives each document to the reader of the format, which the first one decides where it is not known.
class Documents {
public:
    Documents(std::string_view format, FeedData& out) : m_format(find_format(format)), m_out(out) {}

    // Of an archive or a folder, whose other files are passed over.
    Result<> take_record(const Document& record) {
        const auto* found = recognise(as_text(record.bytes));
        if (!m_format && found && found->records) m_format = found;
        if (!found || !m_format || found->name != m_format->name) {
            m_out.skip("documents of another format");
            return {};
        }
        if (++m_count > most_records)
            return fail(ErrorCode::limit, fmt::format("it has more than {} records", most_records));
        return context(m_format->read(record, m_out), printable(record.name));
    }

    Result<> take_whole(const Document& document) {
        if (!m_format) m_format = recognise(as_text(document.bytes));
        if (!m_format)
            return fail(ErrorCode::unsupported, "no format of advisories that is known here begins like this");
        return m_format->read(document, m_out);
    }

    [[nodiscard]] Result<std::string> format() const {
        if (!m_format) return fail(ErrorCode::unsupported, "it holds no record of advisories that is known here");
        return std::string(m_format->name);
    }

private:
    const Format* m_format;
    FeedData& m_out;
    std::size_t m_count = 0;
};

Result<> take_zip(ByteView bytes, Documents& documents) {
    for (const auto& member : TRY(archive::read_zip(bytes))) {
        if (member.name.ends_with('/')) continue;
        auto content = TRY(context(archive::zip_content(bytes, member, most_record), printable(member.name)));
        TRY(documents.take_record({member.name, content}));
    }
    return {};
}

Result<> take_tar(ByteView bytes, Documents& documents) {
    archive::TarReader tar(bytes, {.most_entries = most_records});
    while (auto entry = TRY(tar.next()))
        if (entry->type == archive::EntryType::file) TRY(documents.take_record({entry->path, entry->content}));
    // The reader takes what ends behind an entry for whole; what was cut there is not (POSIX pax, "ustar Interchange
    // Format": two blocks of zeros end an archive).
    if (!as_text(bytes).ends_with(as_text(archive::tar_end())))
        return fail(ErrorCode::format, "it is a tar without an end: it was cut");
    return {};
}

Result<> take(const std::filesystem::path& file, ByteView bytes, bool mapped, Documents& documents) {
    if (is_zip(bytes)) return take_zip(bytes, documents);
    auto compression = archive::detect_compression(bytes);
    archive::Inflated inflated;
    if (compression != archive::Compression::none) {
        inflated = TRY(archive::inflate(bytes, compression, {.most_bytes = most_unpacked}));
        bytes = inflated.bytes();
        mapped = false;
    }
    if (is_tar(bytes)) return take_tar(bytes, documents);
    auto name = document_name(file);
    return documents.take_whole({name, bytes, mapped});
}

}  // namespace

Result<Opened> open_file(const std::filesystem::path& file, std::string_view format) {
    auto mapped = TRY(MappedFile::open(file));
    BackgroundHasher hasher;
    hasher.update_in_place(mapped.bytes());
    Opened out;
    Documents documents(format, out.data);
    TRY(take(file, mapped.bytes(), true, documents));
    out.format = TRY(documents.format());
    out.digest = hasher.digest().text();
    return out;
}

Result<Opened> open_records(const std::vector<std::filesystem::path>& files, std::string_view format) {
    Opened out;
    Documents documents(format, out.data);
    Hasher names;
    for (const auto& file : files) {
        auto mapped = TRY(MappedFile::open(file));
        auto name = file.filename().string();
        names.update(fmt::format("{} {}\n", sha256(mapped.bytes()).hex(), name));
        TRY(documents.take_record({name, mapped.bytes(), true}));
    }
    out.format = TRY(documents.format());
    out.digest = names.digest().text();
    return out;
}

Result<FileFormat> format_of(const std::filesystem::path& file) {
    auto mapped = TRY(MappedFile::open(file));
    auto bytes = mapped.bytes();
    auto compression = is_zip(bytes) ? archive::Compression::none : archive::detect_compression(bytes);
    archive::Inflated inflated;
    if (compression != archive::Compression::none) {
        inflated = TRY(archive::inflate(bytes, compression, {.most_bytes = most_unpacked}));
        bytes = inflated.bytes();
    }
    if (is_zip(bytes) || is_tar(bytes)) return FileFormat{"archive", true, true};
    const auto* found = recognise(as_text(bytes));
    return found ? FileFormat{std::string(found->name), false, found->records} : FileFormat{};
}

}  // namespace pith::advisory::feeds
