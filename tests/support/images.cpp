#include "support/images.h"

#include <gtest/gtest.h>

#include "support/support.h"

namespace pith::test {

using archive::Compression;
using archive::EntryType;
using archive::TarEntry;

namespace {

TarEntry entry(std::string path, EntryType type, std::uint32_t mode, Owner owner = {},
               std::int64_t mtime = 1'700'000'000) {
    TarEntry out;
    out.path = std::move(path);
    out.type = type;
    out.mode = mode;
    out.uid = owner.uid;
    out.gid = owner.gid;
    out.mtime = mtime;
    return out;
}

std::string_view media_type_of(Compression compression) {
    switch (compression) {
        case Compression::gzip: return oci::media_type::layer_gzip;
        case Compression::zstd: return oci::media_type::layer_zstd;
        default: return oci::media_type::layer;
    }
}

}  // namespace

TarEntry tar_file(std::string path, std::string_view content, std::uint32_t mode, Owner owner, std::int64_t mtime) {
    auto out = entry(std::move(path), EntryType::file, mode, owner, mtime);
    out.content = as_bytes(content);
    return out;
}

TarEntry tar_folder(std::string path, std::uint32_t mode, Owner owner, std::int64_t mtime) {
    return entry(std::move(path), EntryType::directory, mode, owner, mtime);
}

TarEntry tar_link(std::string path, std::string target, Owner owner) {
    auto out = entry(std::move(path), EntryType::symlink, 0777, owner);
    out.link = std::move(target);
    return out;
}

TarEntry tar_hard_link(std::string path, std::string first, std::uint32_t mode, Owner owner, std::int64_t mtime) {
    auto out = entry(std::move(path), EntryType::hardlink, mode, owner, mtime);
    out.link = std::move(first);
    return out;
}

TarEntry tar_special(std::string path, EntryType type) { return entry(std::move(path), type, 0644); }

Bytes tar_of(const std::vector<TarEntry>& entries) {
    Bytes out;
    for (const auto& each : entries) archive::append_tar_entry(out, each);
    return out;
}

oci::Layer layer_of(const std::vector<std::vector<TarEntry>>& members, std::string created_by,
                    Compression compression) {
    ThreadPool pool(1);
    oci::Layer out;
    Hasher blob, tar;
    auto add = [&](ByteView bytes) {
        auto piece = archive::deflate(bytes, {compression, 0}, pool);
        EXPECT_TRUE(piece.has_value()) << piece.error().text();
        auto shared = std::make_shared<const Bytes>(std::move(*piece));
        tar.update(bytes);
        blob.update(*shared);
        out.tar_size += bytes.size();
        out.descriptor.size += shared->size();
        out.pieces.emplace_back(std::move(shared));
    };
    for (const auto& member : members) add(tar_of(member));
    add(archive::tar_end());
    out.descriptor.media_type = media_type_of(compression);
    out.descriptor.digest = blob.digest();
    out.diff_id = tar.digest();
    out.created_by = std::move(created_by);
    return out;
}

oci::Image image_of(std::vector<oci::Layer> layers, std::string architecture) {
    oci::Image out;
    out.config.platform.architecture = std::move(architecture);
    out.config.created = "2023-11-14T22:13:20Z";
    out.layers = std::move(layers);
    return out;
}

oci::registry::Registries& no_registries() {
    struct Offline {
        Scratch folder;
        Progress silent;
        Cache cache = Cache::open(folder / "cache").value();
        oci::registry::Registries registries{settings(), cache, silent};
        static oci::registry::Settings settings() {
            oci::registry::Settings out;
            out.net.offline = true;
            return out;
        }
    };
    static Offline all;
    return all.registries;
}

}  // namespace pith::test
