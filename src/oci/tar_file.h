// A tar archive of blobs written straight to a file: the same bytes on every machine (owner 0:0, mode 0644 or
// 0755, time 0), and the blobs' digests are taken from the file before it appears under its name.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "oci/blobs.h"

namespace pith::oci {

class TarFile {
public:
    [[nodiscard]] static Result<TarFile> create(const std::filesystem::path& path);
    [[nodiscard]] Result<> add_folder(std::string_view name);
    [[nodiscard]] Result<> add_text(std::string_view name, std::string_view text);
    // `blob` must outlive finish().
    [[nodiscard]] Result<> add_blob(std::string_view name, const Blob& blob);
    // Ends the archive, checks every blob in it, and renames it into place.
    [[nodiscard]] Result<> finish();

private:
    explicit TarFile(FileWriter out) : m_out(std::move(out)) {}
    [[nodiscard]] Result<> write(ByteView bytes);
    [[nodiscard]] Result<> pad();

    struct Placed {
        const Blob* blob;
        std::uint64_t offset;
    };
    FileWriter m_out;
    std::uint64_t m_size = 0;
    std::vector<Placed> m_blobs;
};

}  // namespace pith::oci
