#include "cli/rebuild.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/build_images.h"
#include "cli/locks.h"
#include "cli/package_store.h"
#include "cli/temporary_folder.h"
#include "cli/world.h"
#include "oci/compare_images.h"
#include "oci/open_image.h"
#include "oci/registry/reference.h"
#include "provenance/provenance.h"

namespace pith::cli {

namespace deb = pkg::deb;
using provenance::Provenance;

namespace {

Result<Provenance> read_provenance(const trust::VerifiedImage& verified) {
    std::optional<Error> refused;
    for (const auto& held : verified.held) {
        if (!held.verified.statement) continue;
        auto read = provenance::from_slsa(held.verified.statement->predicate);
        if (read) return read;
        if (!refused) refused = std::move(read).error();
    }
    return refused ? std::unexpected(std::move(*refused))
                   : fail(ErrorCode::not_found, "no provenance is attested of it");
}

// Whether the lock follows from the definition is not asked: both were attested, and mirrors' addresses were not.
Result<> check_rules(const Provenance& provenance, const compose::Definition& definition, Session& session) {
    if (provenance.lock.composition != compose::composition_version)
        return fail(
            ErrorCode::unsupported,
            fmt::format("it was built by version {} of the rules of composition, and this program has {}: use "
                        "pith {}",
                        provenance.lock.composition, compose::composition_version, printable(provenance.version)));
    auto compressor = compose::compressor_of(definition).identity();
    if (provenance.lock.compressor != compressor)
        session.terminal.note(
            fmt::format("it was compressed by {}, and this program has {}: layers that hold the same "
                        "have other digests",
                        printable(provenance.lock.compressor), compressor));
    return {};
}

// From the cache, the store, or the mirror.
Result<> find_packages(const Provenance& provenance, const compose::Definition& definition, const std::string& store,
                       Session& session) {
    TRY(bring_stored_packages(provenance.lock.locks, store, session));
    Resolved resolved{provenance.lock.locks, {}, "the provenance", {}};
    auto fetched = fetch_packages(resolved, definition, session);
    if (fetched) return {};
    std::vector<std::string> missing;
    for (const auto& each : deb::missing_packages(packages_of(provenance.lock.locks), session.cache))
        missing.push_back(
            fmt::format("{} {} ({})", each.package->name, each.package->version, each.package->architecture));
    if (missing.empty()) return fetched;
    return fail(fetched.error().code,
                fmt::format("{} of its packages cannot be had: {}; they are not in the cache{}, and not on a mirror: "
                            "{}. A store of packages (--packages) keeps them",
                            missing.size(), join(missing, ", "), store.empty() ? "" : ", not in " + store,
                            fetched.error().text()));
}

// A session with a cache of its own, which has the packages and nothing else, so that nothing of former builds counts.
Result<std::unique_ptr<Session>> fresh_session(const Globals& globals, const Provenance& provenance,
                                               const Session& session) {
    auto fresh = TRY(Session::open(globals));
    for (const auto& lock : provenance.lock.locks)
        for (const auto& locked : lock.packages) {
            auto file = session.cache.blob(locked.package.sha256);
            if (!file)
                return fail(ErrorCode::damaged,
                            fmt::format("{} in the cache was damaged; it is removed: try again", locked.package.name));
            (void)TRY(fresh->cache.put_blob(file->bytes()));
        }
    return fresh;
}

// The image by its digest, wherever the place's own tag leads to by now.
Result<oci::Destination> by_digest(oci::Destination place, const Digest& image) {
    if (place.kind == oci::Destination::Kind::registry)
        place.reference = TRY(oci::registry::Reference::parse(place.reference)).name() + "@" + image.text();
    else
        place.reference = image.text();
    return place;
}

// The first platform whose image is another one says where.
Result<std::string> find_difference(const oci::Destination& published, const std::vector<compose::BuiltImage>& built,
                                    Session& session) {
    for (const auto& each : built) {
        const auto& platform = each.image.config.platform;
        auto opened = TRY(
            oci::open_image(published, built.size() > 1 ? std::optional(platform) : std::nullopt, *session.registries));
        if (opened.name == oci::digest_of({each.image})) continue;
        return fmt::format("{}: {}", platform.text(),
                           TRY(oci::first_difference(opened.image, each.image, session.cache, session.pool)));
    }
    return std::string("its images are the same, and its index is not");
}

}  // namespace

Result<> prove_by_rebuilding(const oci::Destination& place, const Digest& image, const trust::VerifiedImage& verified,
                             const std::string& store, Session& session) {
    auto provenance = TRY(read_provenance(verified));
    TemporaryFolder folder;
    TRY(folder.create("rebuild"));
    auto definition = TRY(context(compose::unpack_definition(provenance.definition, folder.path() / "definition"),
                                  "the attested definition"));
    TRY(check_rules(provenance, definition, session));
    TRY(find_packages(provenance, definition, store, session));
    auto globals = session.globals;
    globals.cache_dir = (folder.path() / "cache").string();
    auto fresh = TRY(fresh_session(globals, provenance, session));
    auto built = TRY(build_images(definition, provenance.lock.locks, provenance.source_date_epoch, *fresh));
    auto digest = oci::digest_of(images_of(built));
    if (digest != image)
        return fail(ErrorCode::integrity,
                    fmt::format("built again, it is another image ({}): {}", digest.text(),
                                TRY(find_difference(TRY(by_digest(place, image)), built, *fresh))));
    std::size_t packages = 0;
    for (const auto& lock : provenance.lock.locks) packages += lock.packages.size();
    session.terminal.note(fmt::format("built again from its definition and {} packages: the same digest", packages));
    return {};
}

}  // namespace pith::cli
