#include "oci/blob_store.h"

#include <fmt/format.h>

#include "archive/inflate.h"
#include "archive/tar.h"
#include "base/text.h"

namespace pith::oci {

namespace fs = std::filesystem;

namespace {

constexpr int most_links = 10;

class Folder : public BlobStore {
public:
    explicit Folder(fs::path folder) : m_folder(std::move(folder)) {}

    Result<MappedPart> open(std::string_view path) const override {
        auto file = std::make_shared<const MappedFile>(TRY(MappedFile::open(m_folder / path)));
        auto bytes = file->bytes();
        return MappedPart{std::move(file), bytes};
    }

private:
    fs::path m_folder;
};

class Archive : public BlobStore {
public:
    explicit Archive(MappedFile file) : m_file(std::make_shared<const MappedFile>(std::move(file))) {}

    Result<> read_names() {
        auto bytes = m_file->bytes();
        if (archive::detect_compression(bytes) != archive::Compression::none)
            return fail(ErrorCode::unsupported, "the archive is compressed as a whole; decompress it first");
        archive::TarReader reader(bytes);
        while (auto entry = TRY(reader.next())) {
            auto path = TRY(archive::clean_path(entry->path));
            if (entry->type == archive::EntryType::file) m_files[path] = entry->content;
            if (entry->type == archive::EntryType::symlink)
                m_links[path] = (fs::path(path).parent_path() / entry->link).lexically_normal();
            if (entry->type == archive::EntryType::hardlink) m_links[path] = TRY(archive::clean_path(entry->link));
        }
        return {};
    }

    Result<MappedPart> open(std::string_view path) const override {
        std::string name(path);
        for (int links = 0; links <= most_links; ++links) {
            if (auto file = m_files.find(name); file != m_files.end()) return MappedPart{m_file, file->second};
            auto link = m_links.find(name);
            if (link == m_links.end()) break;
            name = link->second;
        }
        return fail(ErrorCode::not_found, fmt::format("the archive has no file '{}'", printable(path)));
    }

private:
    std::shared_ptr<const MappedFile> m_file;
    std::map<std::string, ByteView, std::less<>> m_files;
    std::map<std::string, std::string, std::less<>> m_links;
};

}  // namespace

Result<std::unique_ptr<BlobStore>> BlobStore::of_folder(fs::path folder) {
    std::error_code ignored;
    if (!fs::exists(folder / "index.json", ignored))
        return fail(ErrorCode::not_found,
                    fmt::format("'{}' is no image layout: it has no index.json", folder.string()));
    return std::make_unique<Folder>(std::move(folder));
}

Result<std::unique_ptr<BlobStore>> BlobStore::of_archive(const fs::path& file) {
    auto archive = std::make_unique<Archive>(TRY(MappedFile::open(file)));
    TRY(context(archive->read_names(), file.string()));
    return archive;
}

}  // namespace pith::oci
