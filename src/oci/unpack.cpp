#include "oci/unpack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "archive/inflate.h"
#include "archive/tar.h"
#include "base/text.h"
#include "oci/blobs.h"

namespace pith::oci {

using archive::EntryType;
using archive::TarEntry;

namespace {

constexpr std::string_view whiteout = ".wh.";
constexpr std::string_view opaque = ".wh..wh..opq";
// Of layers whose size nobody has said.
constexpr std::uint64_t most_layer_bytes = 32 * GiB, most_ratio = 2000;

class LayerUnpacker {
public:
    explicit LayerUnpacker(RootFolder& root) : m_root(root) {}
    Result<> apply(const TarEntry& entry);

private:
    Result<> hide(const std::string& path, std::string_view name);
    Result<> hide_lower(const Place& place);
    Result<> hide_siblings(const Place& place);
    Result<> make(const TarEntry& entry, const Place& place, const Attributes& attributes);
    Result<> make_hard_link(const TarEntry& entry, const Place& place);
    [[nodiscard]] bool made(const std::string& path) const;

    RootFolder& m_root;
    std::set<std::string> m_made;  // by this layer: its own whiteouts do not hide them
};

Result<Attributes> attributes_of(const TarEntry& entry) {
    // The highest number means "leave as it is" to chown.
    constexpr std::uint64_t most_id = std::numeric_limits<std::uint32_t>::max() - 1;
    if (entry.uid > most_id || entry.gid > most_id)
        return fail(ErrorCode::limit, fmt::format("its owner {}:{} is over {}", entry.uid, entry.gid, most_id));
    return Attributes{entry.mode & 07777, static_cast<std::uint32_t>(entry.uid), static_cast<std::uint32_t>(entry.gid),
                      entry.mtime};
}

std::optional<mode_t> kind_of(const Place& place) {
    struct stat info{};
    if (::fstatat(place.parent.get(), place.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    return info.st_mode & S_IFMT;
}

Result<> make_file(ByteView content, const Place& place) {
    Fd file(
        ::openat(place.parent.get(), place.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail_errno("create", place.path);
    return write_all(file, content, place.path);
}

Result<> LayerUnpacker::apply(const TarEntry& entry) {
    auto path = TRY(archive::clean_path(entry.path));
    auto attributes = TRY(attributes_of(entry));
    if (!entry.pax.empty())
        return fail(ErrorCode::unsupported,
                    fmt::format("its attribute '{}' cannot be written to a folder", printable(entry.pax[0].first)));
    auto name = std::string_view(path).substr(path.rfind('/') + 1);
    if (name.starts_with(whiteout)) return hide(path, name);
    auto place = TRY(m_root.make_place(path));
    if (place.path.empty() && entry.type != EntryType::directory)
        return fail(ErrorCode::format, "the root is a folder and cannot be replaced");
    TRY(make(entry, place, attributes));
    m_made.insert(place.path);
    return {};
}

Result<> LayerUnpacker::make(const TarEntry& entry, const Place& place, const Attributes& attributes) {
    if (entry.type == EntryType::hardlink) return make_hard_link(entry, place);
    if (entry.type == EntryType::directory) {
        if (kind_of(place) != S_IFDIR) TRY(m_root.remove(place));
        return m_root.put_folder(place, attributes);
    }
    TRY(m_root.remove(place));
    if (entry.type == EntryType::file) {
        TRY(make_file(entry.content, place));
    } else if (entry.type == EntryType::symlink) {
        if (::symlinkat(entry.link.c_str(), place.parent.get(), place.name.c_str()) != 0)
            return fail_errno("make link", place.path);
    } else if (entry.type == EntryType::fifo) {
        if (::mkfifoat(place.parent.get(), place.name.c_str(), 0600) != 0) return fail_errno("make fifo", place.path);
    } else {
        return fail(ErrorCode::unsupported, "it is a device node, which an image has no use for");
    }
    return m_root.set_attributes(place, attributes);
}

// The new name shares the attributes of the first.
Result<> LayerUnpacker::make_hard_link(const TarEntry& entry, const Place& place) {
    auto first = TRY(archive::clean_path(entry.link));
    auto target = TRY(m_root.find_place(first));
    if (target && target->path == place.path) return fail(ErrorCode::format, "it is a hard link to itself");
    if (target && kind_of(*target) == S_IFDIR)
        return fail(ErrorCode::format, fmt::format("it is a hard link to the folder '{}'", printable(entry.link)));
    TRY(m_root.remove(place));
    if (target && ::linkat(target->parent.get(), target->name.c_str(), place.parent.get(), place.name.c_str(), 0) == 0)
        return {};
    if (target && errno != ENOENT) return fail_errno("link", place.path);
    return fail(ErrorCode::format,
                fmt::format("it is a hard link to '{}', which no layer has made", printable(entry.link)));
}

// A whiteout at `path`, whose last component is `name`.
Result<> LayerUnpacker::hide(const std::string& path, std::string_view name) {
    if (name == opaque) {
        auto place = TRY(m_root.find_place(path));
        return place ? hide_siblings(*place) : Result<>();
    }
    auto hidden = name.substr(whiteout.size());
    if (hidden.empty() || hidden == "." || hidden == "..") return fail(ErrorCode::format, "a whiteout of nothing");
    auto place = TRY(m_root.find_place(path.substr(0, path.size() - name.size()).append(hidden)));
    return place ? hide_lower(*place) : Result<>();
}

bool LayerUnpacker::made(const std::string& path) const {
    if (m_made.contains(path)) return true;
    auto below = m_made.lower_bound(path + "/");
    return below != m_made.end() && below->starts_with(path + "/");
}

// Removes what lower layers hold at and below a place.
Result<> LayerUnpacker::hide_lower(const Place& place) {
    if (!made(place.path)) return m_root.remove(place);
    if (kind_of(place) != S_IFDIR) return {};
    auto inside = TRY(m_root.find_place(fmt::format("{}/{}", place.path, opaque)));
    return inside ? hide_siblings(*inside) : Result<>();
}

Result<> LayerUnpacker::hide_siblings(const Place& place) {
    auto folder = place.path.substr(0, place.path.size() - place.name.size());
    for (const auto& name : TRY(m_root.names_beside(place)))
        if (auto each = TRY(m_root.find_place(folder + name))) TRY(hide_lower(*each));
    return {};
}

// Of one's own layers the size is known exactly, so any ratio will do; another's is held to bounds.
archive::InflateLimits limits_of(const Layer& layer) {
    archive::InflateLimits out;
    out.most_bytes = layer.tar_size > 0 ? layer.tar_size : most_layer_bytes;
    if (layer.tar_size > 0)
        out.free_bytes = layer.tar_size;
    else
        out.most_ratio = most_ratio;
    return out;
}

Result<> unpack(const Layer& layer, const Blob& blob, const std::filesystem::path& beside, RootFolder& root) {
    auto file = TRY(write_blob(blob, beside));  // never committed: gone when this returns
    auto compressed = TRY(MappedFile::from(file.fd(), file.temporary()));
    // As it is compressed, whatever the media type says (see layer_listing.cpp).
    auto tar =
        TRY(archive::inflate(compressed.bytes(), archive::detect_compression(compressed.bytes()), limits_of(layer)));
    if (sha256(tar.bytes()) != layer.diff_id)
        return fail(ErrorCode::damaged, fmt::format("its content has {} and not the diffID {}",
                                                    sha256(tar.bytes()).text(), layer.diff_id.text()));
    return apply_layer(tar.bytes(), root);
}

}  // namespace

Result<> apply_layer(ByteView tar, RootFolder& root) {
    archive::TarReader reader(tar);
    LayerUnpacker unpacker(root);
    while (auto entry = TRY(reader.next()))
        TRY(context(unpacker.apply(*entry), fmt::format("'{}'", printable(entry->path))));
    return {};
}

Result<bool> write_root_folder(const Image& image, const std::filesystem::path& path, Progress& progress) {
    auto root = TRY(RootFolder::create(path));
    auto blobs = layer_blobs(image);
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        TRY(context(unpack(image.layers[i], blobs[i], path, root), blobs[i].what));
        progress.advance(blobs[i].descriptor.size);
    }
    TRY(root.commit());
    return root.owners_kept();
}

}  // namespace pith::oci
