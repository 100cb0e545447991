#include "oci/tar_file.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "archive/tar.h"

namespace pith::oci {

using archive::EntryType;
using archive::TarEntry;

namespace {

constexpr std::uint64_t block = 512;

TarEntry entry(std::string_view name, EntryType type) {
    TarEntry out;
    out.path = name;
    out.type = type;
    out.mode = type == EntryType::directory ? 0755 : 0644;
    return out;
}

}  // namespace

Result<TarFile> TarFile::create(const std::filesystem::path& path) {
    if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
        return fail(ErrorCode::usage, fmt::format("'{}' is a folder; name a file", path.string()));
    remove_abandoned(path.parent_path().empty() ? "." : path.parent_path(), path.filename().string());
    return TarFile(TRY(FileWriter::create(path)));
}

Result<> TarFile::write(ByteView bytes) {
    TRY(m_out.write(bytes));
    m_size += bytes.size();
    return {};
}

Result<> TarFile::pad() { return write(Bytes((block - m_size % block) % block)); }

Result<> TarFile::add_folder(std::string_view name) {
    Bytes bytes;
    archive::append_tar_entry(bytes, entry(name, EntryType::directory));
    return write(bytes);
}

Result<> TarFile::add_text(std::string_view name, std::string_view text) {
    auto file = entry(name, EntryType::file);
    file.content = as_bytes(text);
    Bytes bytes;
    archive::append_tar_entry(bytes, file);
    return write(bytes);
}

Result<> TarFile::add_blob(std::string_view name, const Blob& blob) {
    Bytes header;
    archive::append_tar_header(header, entry(name, EntryType::file), blob.descriptor.size);
    TRY(write(header));
    m_blobs.push_back({&blob, m_size});
    TRY(append_blob(m_out, blob));
    struct stat info{};
    if (::fstat(m_out.fd().get(), &info) != 0) return fail_errno("look at", m_out.temporary());
    auto size = static_cast<std::uint64_t>(info.st_size);
    if (size != m_size + blob.descriptor.size) {  // checked here, because the next header's place depends on it
        auto written = TRY(MappedFile::from(m_out.fd(), m_out.temporary()));
        TRY(check_blob(written.bytes().subspan(m_size), blob));
    }
    m_size = size;
    return pad();
}

Result<> TarFile::finish() {
    TRY(write(archive::tar_end()));
    auto written = TRY(MappedFile::from(m_out.fd(), m_out.temporary()));
    for (const auto& [blob, offset] : m_blobs)
        TRY(check_blob(written.bytes().subspan(offset, blob->descriptor.size), *blob));
    return m_out.commit();
}

}  // namespace pith::oci
