#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "compose/layers.h"
#include "compose/lock/lock_file.h"
#include "compose/lock/lock_words.h"

namespace pith::compose {

using Json = nlohmann::ordered_json;

namespace {

// A repository as the file has it: one for all architectures.
using RepositoryKey = std::tuple<unsigned, std::string, std::string, std::string, std::string, Digest, std::string>;

RepositoryKey key_of(const pkg::Repository& repository) {
    return {repository.entry, repository.name,           repository.suite,    repository.component,
            repository.date,  repository.release_digest, repository.signed_by};
}

// Those that packages come from, once each and in order.
std::vector<RepositoryKey> repositories_of(const LockFile& file) {
    std::vector<RepositoryKey> out;
    for (const auto& lock : file.locks)
        for (const auto& locked : lock.packages) out.push_back(key_of(lock.repositories[locked.repository]));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

Json repository_json(const RepositoryKey& key) {
    const auto& [entry, name, suite, component, date, release, signed_by] = key;
    return {{"name", name},         {"suite", suite}, {"component", component},
            {"entry", entry},       {"date", date},   {"release", release.text()},
            {"signedBy", signed_by}};
}

Json package_json(const LockedPackage& locked, std::size_t repository) {
    const auto& package = locked.package;
    Json why = Json::array();
    for (const auto& reason : locked.reasons) why.push_back({{"by", reason.by}, {"relation", reason.relation}});
    return {{"name", package.name},
            {"version", package.version},
            {"architecture", package.architecture},
            {"repository", repository},
            {"path", package.path},
            {"size", package.size},
            {"sha256", package.sha256.text()},
            {"role", role_word(locked.role)},
            {"why", why}};
}

Json lock_json(const Lock& lock, const std::vector<RepositoryKey>& repositories) {
    Json packages = Json::array(), left_out = Json::array(), layers = Json::array();
    for (const auto& locked : lock.packages) {
        auto key = key_of(lock.repositories[locked.repository]);
        auto place = std::lower_bound(repositories.begin(), repositories.end(), key) - repositories.begin();
        packages.push_back(package_json(locked, static_cast<std::size_t>(place)));
    }
    for (const auto& left : lock.left_out)
        left_out.push_back({{"package", left.package},
                            {"why", left_out_word(left.why)},
                            {"reason", left.reason},
                            {"neededBy", left.needed_by}});
    for (const auto& group : lock.layers) {
        Json names = Json::array();
        for (int package : group) names.push_back(lock.packages[static_cast<std::size_t>(package)].package.name);
        layers.push_back(names);
    }
    return {{"packages", packages}, {"leftOut", left_out}, {"layers", layers}};
}

}  // namespace

std::string LockedChoice::text() const {
    return name + (variant.empty() ? "" : " --variant " + variant) + (suite.empty() ? "" : " --suite " + suite);
}

const Lock* LockFile::find(std::string_view architecture) const {
    auto found = std::ranges::find(locks, architecture, &Lock::architecture);
    return found == locks.end() ? nullptr : &*found;
}

LockFile make_lock_file(const Definition& definition, LockedChoice choice, std::vector<Lock> locks) {
    std::ranges::sort(locks, {}, &Lock::architecture);
    return {std::move(choice), choices_digest(definition), composition_version, compressor_of(definition).identity(),
            std::move(locks)};
}

Result<std::filesystem::path> lock_path(const std::filesystem::path& definition, const LockedChoice& choice) {
    std::string name = choice.name;
    for (const auto* part : {&choice.variant, &choice.suite}) {
        if (part->find('/') != std::string::npos || printable(*part) != *part)
            return fail(ErrorCode::usage, fmt::format("'{}' cannot be part of a lock file's name; name one with --lock",
                                                      printable(*part)));
        if (!part->empty()) name += "." + *part;
    }
    return definition.parent_path() / (name + ".lock.json");
}

std::string to_json(const LockFile& file) {
    auto repositories = repositories_of(file);
    Json listed = Json::array(), architectures = Json::object();
    for (const auto& repository : repositories) listed.push_back(repository_json(repository));
    for (const auto& lock : file.locks) architectures[lock.architecture] = lock_json(lock, repositories);
    Json document = {{"schema", lock_schema},
                     {"composition", file.composition},
                     {"definition",
                      {{"name", file.choice.name},
                       {"variant", file.choice.variant},
                       {"suite", file.choice.suite},
                       {"digest", file.definition.text()}}},
                     {"compressor", file.compressor},
                     {"repositories", listed},
                     {"architectures", architectures}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string why_stale(const LockFile& file, const Definition& definition, const LockedChoice& choice,
                      const std::vector<std::string>& architectures) {
    if (file.choice != choice)
        return fmt::format("it is the lock of '{}', not of '{}'", file.choice.text(), choice.text());
    if (file.definition != choices_digest(definition))
        return "the definition has changed since in what chooses packages or layers";
    if (file.composition != composition_version)
        return fmt::format("it is for version {} of the rules of composition, and this program has version {}",
                           file.composition, composition_version);
    for (const auto& architecture : architectures)
        if (!file.find(architecture)) return fmt::format("it does not have {}", architecture);
    return "";
}

}  // namespace pith::compose
