#include "oci/inspect.h"

#include <fmt/format.h>

namespace pith::oci {

namespace {

Result<Inspected> inspect_place(const Destination& place, const std::optional<Platform>& platform,
                                registry::Registries& registries) {
    if (place.kind == Destination::Kind::root_folder)
        return fail(ErrorCode::usage, "a root filesystem is no image; `pith sbom` lists what it holds");
    Inspected out;
    if (place.kind == Destination::Kind::docker_archive) {
        out.image = TRY(open_image(place, platform, registries));
        const auto& config = out.image->config;
        out.top = {{std::string(media_type::config), sha256(config), config.size()}, config};
        return out;
    }
    auto found = TRY(find_content(place, registries));
    auto manifest = TRY(found.content->document(found.top, "the manifest"));
    out.top = {found.top, std::move(manifest)};
    if (is_index(found.top.media_type)) {
        (void)TRY(read_facts(out.top.bytes, found.top.media_type, "the index"));
        out.platforms = TRY(read_index(out.top.bytes, "the index"));
    }
    if (!is_index(found.top.media_type) || platform || out.platforms.size() == 1)
        out.image = TRY(open_found(found, platform));
    return out;
}

}  // namespace

Result<Inspected> inspect(const Destination& place, const std::optional<Platform>& platform,
                          registry::Registries& registries) {
    return context(inspect_place(place, platform, registries), place.text());
}

}  // namespace pith::oci
