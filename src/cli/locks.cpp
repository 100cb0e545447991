#include "cli/locks.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "cli/world.h"
#include "compose/layers.h"

namespace pith::cli {

namespace deb = pkg::deb;
namespace fs = std::filesystem;

namespace {

Result<Resolved> resolve_now(const compose::Definition& definition, const std::vector<std::string>& architectures,
                             Session& session) {
    auto world = TRY(open_world(definition, architectures, session));
    Resolved out;
    for (const auto& architecture : architectures)
        out.locks.push_back(TRY(context(compose::make_lock(definition, world.universe, architecture), architecture)));
    out.sources = std::move(world.sources);
    return out;
}

// "debian trixie of 2026-03-14T09:26:53Z, as nginx.lock.json has it", once each.
std::vector<std::string> describe(const std::vector<compose::Lock>& locks, const fs::path& file) {
    std::vector<std::string> out;
    for (const auto& lock : locks)
        for (const auto& repository : lock.repositories) {
            auto line = fmt::format("{} {} of {}, as {} has it", repository.name, repository.suite, repository.date,
                                    file.filename().string());
            if (std::ranges::find(out, line) == out.end()) out.push_back(std::move(line));
        }
    return out;
}

Result<Resolved> from_file(const fs::path& path, const DefinitionChoice& choice, const compose::Definition& definition,
                           const std::vector<std::string>& architectures, const std::string& remake, Session& session) {
    auto file = compose::read_lock_file(path);
    if (!file) {
        file.error().message += fmt::format("; mend it, or make it anew with '{}'", remake);
        return std::unexpected(std::move(file).error());
    }
    auto stale = compose::why_stale(*file, definition, locked_choice(choice, definition), architectures);
    if (!stale.empty())
        return fail(ErrorCode::conflict, fmt::format("{}: this lock cannot be used: {}; make it anew with '{}'",
                                                     path.string(), stale, remake));
    auto compressor = compose::compressor_of(definition).identity();
    if (file->compressor != compressor)
        session.terminal.note(
            fmt::format("{} was made with {}, and this program has {}: layers hold the same, but are "
                        "compressed to other bytes and have other digests",
                        path.string(), file->compressor, compressor));
    Resolved out;
    for (const auto& architecture : architectures) out.locks.push_back(*file->find(architecture));
    out.sources = describe(out.locks, path);
    out.file = path.string();
    return out;
}

// A lock names no mirror: the definition's own entry does, or stands for one.
Result<> name_mirrors(Resolved& resolved, const compose::Definition& definition, Session& session) {
    std::vector<std::string> architectures;
    for (const auto& lock : resolved.locks) architectures.push_back(lock.architecture);
    auto sources = TRY(sources_of(definition, architectures, session));
    for (auto& lock : resolved.locks)
        for (auto& repository : lock.repositories) {
            auto source = std::ranges::find_if(sources, [&](const deb::Source& each) {
                return each.entry == repository.entry && each.suite == repository.suite &&
                       (each.name.empty() || each.name == repository.name);
            });
            if (source == sources.end())
                return fail(
                    ErrorCode::conflict,
                    fmt::format(
                        "{}: no repository of the definition is {} {}{}", resolved.file, repository.name,
                        repository.suite,
                        resolved.remake.empty() ? "" : fmt::format("; make the lock anew with '{}'", resolved.remake)));
            repository.base_url = source->url;
            repository.proxy = source->proxy;
        }
    return {};
}

// What a file that could not be had means for a lock.
std::string advice(ErrorCode code, const Resolved& resolved) {
    if (resolved.remake.empty()) return "";
    if (code == ErrorCode::not_found)
        return fmt::format(
            "; {} names this version, and archives drop old ones: take the newest with '{} --update', or "
            "name a mirror that keeps them, such as a snapshot, with --mirror, or use a cache that has it",
            resolved.file, resolved.remake);
    if (code == ErrorCode::integrity)
        return fmt::format(
            "; {} names this digest: if nobody edited it, the mirror is not to be trusted, else make it "
            "anew with '{} --update'",
            resolved.file, resolved.remake);
    return "";
}

}  // namespace

void add_lock_options(CLI::App& command, LockOptions& options) {
    command
        .add_option("--lock", options.file,
                    "the lock file to use (NAME[.VARIANT][.SUITE].lock.json beside the definition)")
        ->type_name("FILE");
    command.add_flag("--locked", options.locked, "fail if there is no lock file, rather than resolve packages now");
}

compose::LockedChoice locked_choice(const DefinitionChoice& choice, const compose::Definition& definition) {
    return {definition.name, choice.variant, choice.suite};
}

Result<fs::path> lock_file_of(const DefinitionChoice& choice, const compose::Definition& definition,
                              const std::string& file) {
    if (!file.empty()) return fs::path(file);
    return compose::lock_path(choice.file, locked_choice(choice, definition));
}

std::string lock_command(const DefinitionChoice& choice, const std::string& file) {
    auto command = "pith lock " + choice.file;
    if (!choice.variant.empty()) command += " --variant " + choice.variant;
    if (!choice.suite.empty()) command += " --suite " + choice.suite;
    if (!file.empty()) command += " --lock " + file;
    return command;
}

Result<Resolved> resolve(const DefinitionChoice& choice, const compose::Definition& definition,
                         const std::vector<std::string>& architectures, const LockOptions& options, Session& session) {
    auto path = TRY(lock_file_of(choice, definition, options.file));
    auto remake = lock_command(choice, options.file);
    std::error_code ignored;
    bool there = fs::exists(path, ignored);
    if (!there && (options.locked || !options.file.empty()))
        return fail(ErrorCode::not_found,
                    fmt::format("there is no lock file '{}'; make it with '{}'", path.string(), remake));
    auto resolved = there ? TRY(from_file(path, choice, definition, architectures, remake, session))
                          : TRY(resolve_now(definition, architectures, session));
    resolved.remake = std::move(remake);
    return resolved;
}

Result<> fetch_packages(Resolved& resolved, const compose::Definition& definition, Session& session) {
    if (resolved.file.empty()) return fetch_packages(resolved.locks, session);
    auto missing = deb::missing_packages(packages_of(resolved.locks), session.cache);
    if (missing.empty()) return {};
    const auto& first = *missing[0].package;
    TRY(context(name_mirrors(resolved, definition, session),
                fmt::format("{} {} ({}) is not in the cache", first.name, first.version, first.architecture)));
    auto fetched = fetch_packages(resolved.locks, session);
    if (!fetched) fetched.error().message += advice(fetched.error().code, resolved);
    return fetched;
}

}  // namespace pith::cli
