// Images carried to where there is no network: an image layout that holds one image, all that is attached to it, and
// files to judge it by, such as advisories.
//
// cosign's `--local-image` reads the layout, too: older signatures and attestations by the annotation "kind" in
// index.json, bundles by their subject. A file is an artifact of its own in index.json, with one layer. The same image
// and files give the same bytes. Source: cosign, pkg/oci/layout, pkg/cosign/verify.go. Thread-safety: as the
// registries.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/copy.h"

namespace pith::trust {

// What a file is: the type of its artifact and of its layer, and the name that index.json gives it.
struct FileKind {
    std::string_view type, name;
};

struct CarriedFile {
    FileKind kind;
    std::filesystem::path path;
};

struct SavedImage {
    oci::Written written;
    std::vector<oci::Top> attached;
};

// Of an image in a registry or a layout, to a folder that must not exist or be empty; on an error it stays so.
// Errors: usage for another kind of place; those of gather() and write_new_layout(); of the files.
[[nodiscard]] Result<SavedImage> save_image(const oci::Destination& from, const std::optional<oci::Platform>& platform,
                                            const std::vector<CarriedFile>& files, const std::filesystem::path& folder,
                                            oci::registry::Registries& registries, Progress& progress);

// Into a registry or another layout: the image under the name that `to` gives, what is attached to it as it was, also
// in place of what cosign's tags lead to there. Files stay behind. Errors: usage for another kind of place; those of
// gather() and write_gathered().
[[nodiscard]] Result<SavedImage> load_image(const std::filesystem::path& folder, const oci::Destination& to,
                                            oci::registry::Registries& registries, Progress& progress);

// A file of the folder, of which the size alone is known to hold; nothing where there is none. To be written by
// write_blob(), which checks it.
[[nodiscard]] Result<std::optional<oci::Blob>> carried_file(const std::filesystem::path& folder, const FileKind& kind);

}  // namespace pith::trust
