#include "oci/output.h"

#include <fmt/format.h>

#include <set>

#include "oci/archives.h"
#include "oci/blobs.h"
#include "oci/layout.h"
#include "oci/registry/registries.h"
#include "oci/unpack.h"

namespace pith::oci {

namespace {

// Whether the destination can hold these images.
Result<> check_images(const std::vector<Image>& images, const Destination& destination) {
    if (images.empty()) return fail(ErrorCode::usage, "there is no image to write");
    bool one_only =
        destination.kind == Destination::Kind::docker_archive || destination.kind == Destination::Kind::root_folder;
    if (one_only && images.size() != 1)
        return fail(ErrorCode::usage, fmt::format("it holds one image, and {} were made: choose one with --platform, "
                                                  "or write to oci: or oci-archive:",
                                                  images.size()));
    std::set<std::string> platforms;
    for (const auto& image : images)
        if (!platforms.insert(image.config.platform.text()).second)
            return fail(ErrorCode::usage, fmt::format("two images are for {}", image.config.platform.text()));
    return {};
}

Result<> push(const BlobSet& set, const std::string& reference, registry::Registries& registries, Progress& progress) {
    auto all_here = [](std::vector<Blob>&) -> Result<> { return {}; };
    return registries.push(set, TRY(registry::Reference::parse(reference)), {}, all_here, progress);
}

// Gives whether owners are kept, which only a root folder may answer with no.
Result<bool> write_blobs(const std::vector<Image>& images, const BlobSet& set, const Destination& destination,
                         registry::Registries& registries, Progress& progress) {
    const auto& [kind, path, reference] = destination;
    if (kind == Destination::Kind::root_folder) return write_root_folder(images.front(), path, progress);
    if (kind == Destination::Kind::oci_layout)
        TRY(write_layout(set, path, reference, progress));
    else if (kind == Destination::Kind::oci_archive)
        TRY(write_oci_archive(set, path, reference, progress));
    else if (kind == Destination::Kind::registry)
        TRY(push(set, reference, registries, progress));
    else
        TRY(write_docker_archive(config_blob(images.front()), layer_blobs(images.front()), path, reference, progress));
    return true;
}

}  // namespace

Result<Written> write(const std::vector<Image>& images, const Destination& destination,
                      registry::Registries& registries, Progress& progress) {
    TRY(context(check_images(images, destination), destination.text()));
    auto set = assemble(images);
    progress.begin("writing", set.size());
    auto written = context(write_blobs(images, set, destination, registries, progress), destination.text());
    progress.end();
    auto owners_kept = TRY(std::move(written));
    return Written{set.top.descriptor.digest, set.size(), owners_kept};
}

Digest digest_of(const std::vector<Image>& images) { return assemble(images).top.descriptor.digest; }

}  // namespace pith::oci
