#include "cli/package_store.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/world.h"
#include "oci/output.h"
#include "oci/registry/file_store.h"

namespace pith::cli {

namespace deb = pkg::deb;
using oci::registry::Reference;
using oci::registry::StoredFile;

namespace {

Result<Reference> repository_of(const std::string& store) {
    auto place = TRY(oci::Destination::parse(store));
    if (place.kind != oci::Destination::Kind::registry)
        return fail(ErrorCode::usage, fmt::format("packages are kept in a repository of a registry, "
                                                  "[docker://][HOST/]NAME; '{}' is none",
                                                  printable(store)));
    return Reference::parse_repository(place.reference);
}

std::vector<StoredFile> files_of(const std::vector<deb::PackageSource>& packages) {
    std::vector<StoredFile> out;
    for (const auto& each : packages) {
        const auto& package = *each.package;
        out.push_back({fmt::format("{}_{}_{}.deb", package.name, package.version, package.architecture),
                       "application/vnd.debian.binary-package", package.sha256, package.size});
    }
    return out;
}

}  // namespace

Result<> bring_stored_packages(const std::vector<compose::Lock>& locks, const std::string& store, Session& session) {
    if (store.empty()) return {};
    auto repository = TRY(repository_of(store));
    auto missing = deb::missing_packages(packages_of(locks), session.cache);
    if (missing.empty()) return {};
    return context(oci::registry::bring_files(files_of(missing), repository, *session.registries, session.terminal),
                   "the store of packages");
}

Result<> store_packages(const std::vector<compose::Lock>& locks, const std::string& store, Session& session) {
    if (store.empty()) return {};
    auto repository = TRY(repository_of(store));
    auto packages = packages_of(locks);
    auto added =
        TRY(context(oci::registry::store_files(files_of(packages), repository, *session.registries, session.terminal),
                    "the store of packages"));
    session.terminal.note(fmt::format("{} of {} packages are new in {}", added, packages.size(), repository.name()));
    return {};
}

}  // namespace pith::cli
