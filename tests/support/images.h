// Small layers and images for tests, made as pith makes its own: a layer is a concatenation of compressed members.
#pragma once

#include <string>
#include <vector>

#include "archive/deflate.h"
#include "archive/tar.h"
#include "oci/registry/registries.h"

namespace pith::test {

struct Owner {
    std::uint64_t uid = 0, gid = 0;
};

[[nodiscard]] archive::TarEntry tar_file(std::string path, std::string_view content, std::uint32_t mode = 0644,
                                         Owner owner = {}, std::int64_t mtime = 1'700'000'000);
[[nodiscard]] archive::TarEntry tar_folder(std::string path, std::uint32_t mode = 0755, Owner owner = {},
                                           std::int64_t mtime = 1'700'000'000);
[[nodiscard]] archive::TarEntry tar_link(std::string path, std::string target, Owner owner = {});
// Docker and containerd set a link's attributes on the file that it shares, so they should be those of the first name.
[[nodiscard]] archive::TarEntry tar_hard_link(std::string path, std::string first, std::uint32_t mode = 0644,
                                              Owner owner = {}, std::int64_t mtime = 1'700'000'000);
[[nodiscard]] archive::TarEntry tar_special(std::string path, archive::EntryType type);

// Without the end-of-archive blocks.
[[nodiscard]] Bytes tar_of(const std::vector<archive::TarEntry>& entries);

// Each member is compressed on its own and is a piece of its own; the end of the archive is the last piece.
// The contents of the entries must still be there.
[[nodiscard]] oci::Layer layer_of(const std::vector<std::vector<archive::TarEntry>>& members, std::string created_by,
                                  archive::Compression compression = archive::Compression::gzip);

[[nodiscard]] oci::Image image_of(std::vector<oci::Layer> layers, std::string architecture = "amd64");

// For images on disk alone: offline, with an empty cache.
[[nodiscard]] oci::registry::Registries& no_registries();

}  // namespace pith::test
