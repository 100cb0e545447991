// A root filesystem being made in a folder, out of paths that may be hostile.
//
// A path is resolved inside the root: symbolic links on the way are followed as the image would see them, with the
// folder as "/", and ".." stops there, so nothing outside can be reached. Everything goes through directory
// descriptors that were opened without following links. The tree stands beside its place under a temporary name,
// readable by its owner only, until commit() renames it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace pith::oci {

// Where something stands or would stand: an entry of an open folder.
struct Place {
    Fd parent;         // opened with O_PATH
    std::string name;  // in it; "." for the root itself
    std::string path;  // from the root, without links on the way; "" for the root itself
};

struct Attributes {
    std::uint32_t mode = 0755;  // permission, setuid, setgid and sticky bits
    std::uint32_t uid = 0, gid = 0;
    std::int64_t mtime = 0;  // seconds
};

// usage error unless `path` is missing or an empty folder.
[[nodiscard]] Result<> check_free(const std::filesystem::path& path);
// Where a folder is to appear whole: its absolute path, which is free. Its parent is made, and what killed processes
// left beside it is removed.
[[nodiscard]] Result<std::filesystem::path> prepare_place(const std::filesystem::path& path);

class RootFolder {
public:
    static constexpr std::size_t most_depth = 256;  // folders on a path, links resolved
    static constexpr int most_links = 40;           // on one path, as Linux has it

    // Makes the temporary folder. usage error unless `path` is missing or an empty folder.
    [[nodiscard]] static Result<RootFolder> create(const std::filesystem::path& path);
    RootFolder(RootFolder&&) noexcept;
    RootFolder& operator=(RootFolder&&) = delete;
    ~RootFolder();  // removes the tree unless it was committed

    // The place of a clean path (see archive::clean_path); folders missing on the way are made, with the default
    // Attributes. Errors: format if a file stands on the way; limit for depth and links.
    [[nodiscard]] Result<Place> make_place(std::string_view path);
    // The same without making any; nothing if a folder on the way is missing.
    [[nodiscard]] Result<std::optional<Place>> find_place(std::string_view path);

    // The names in the folder that holds the place.
    [[nodiscard]] Result<std::vector<std::string>> names_beside(const Place& place) const;

    // Removes what stands there, folders with all they hold; fine if nothing does.
    [[nodiscard]] Result<> remove(const Place& place);
    // Makes a folder where there is none; its attributes are set by commit(), after its content.
    [[nodiscard]] Result<> put_folder(const Place& place, const Attributes& attributes);
    // Sets owner, mode and time of anything but a folder.
    [[nodiscard]] Result<> set_attributes(const Place& place, const Attributes& attributes);

    // False once an owner could not be set because this process may not.
    [[nodiscard]] bool owners_kept() const { return m_owners_kept; }

    // Sets the folders' attributes and renames the tree into place. It is not flushed to the disk, as engines do
    // not flush the trees they unpack: that would wait for everything else the system has to write.
    [[nodiscard]] Result<> commit();

private:
    RootFolder(Fd root, std::filesystem::path path, std::filesystem::path temporary);
    [[nodiscard]] Result<std::optional<Place>> place_of(std::string_view path, bool make);
    struct Walk;
    [[nodiscard]] Result<bool> step(Walk& walk, bool make);

    Fd m_root;
    std::filesystem::path m_path, m_temporary;  // empty temporary: committed or moved from
    std::map<std::string, Attributes> m_folders;
    bool m_owners_kept = true;
};

}  // namespace pith::oci
