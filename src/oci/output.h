// Writing images to where the user wants them, named as skopeo names them (containers-transports(5)).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "oci/image.h"

namespace pith::oci {

namespace registry {
class Registries;
}

// docker://REFERENCE, which is also what a name without a form before it means; oci:DIR[:TAG], oci-archive:FILE[:TAG],
// docker-archive:FILE[:NAME:TAG], dir:PATH
struct Destination {
    enum class Kind { oci_layout, oci_archive, docker_archive, root_folder, registry } kind = Kind::oci_layout;
    std::filesystem::path path;  // empty for a registry
    std::string reference;  // TAG, NAME:TAG for docker-archive, the whole name in a registry; empty if none was given

    // The same names say where an image is read from (open_image.h).
    enum class Use { write, read };
    // usage errors name what was meant and the forms there are. A name without a form that is also a file or folder
    // here, or looks like one, is such an error.
    [[nodiscard]] static Result<Destination> parse(std::string_view text, Use use = Use::write);
    [[nodiscard]] std::string text() const;
};

struct Written {
    Digest digest;            // of what the name leads to: the index, or the manifest of a single image
    std::uint64_t size = 0;   // of all blobs together
    bool owners_kept = true;  // false for a root folder written without the right to change owners
};

// Writes the images, one a platform. One image is written as its manifest; several as an index of them.
// docker_archive and root_folder take exactly one (usage error otherwise: choose with --platform). A registry gets what
// it lacks alone.
// Nothing appears under the destination's name until it is whole: archives and layouts' index.json by
// rename; an existing layout keeps its other tags and blobs; a root folder must not exist or be empty, is made
// beside its place and renamed.
[[nodiscard]] Result<Written> write(const std::vector<Image>& images, const Destination& destination,
                                    registry::Registries& registries, Progress& progress);

// The digest `write` would give, without writing.
[[nodiscard]] Digest digest_of(const std::vector<Image>& images);

}  // namespace pith::oci
