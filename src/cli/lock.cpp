// pith lock: Definition → Lock, as a file beside the definition that later builds hold to.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/locks.h"
#include "cli/package_store.h"
#include "cli/world.h"
#include "compose/lock/changes.h"
#include "report/lock_report.h"

namespace pith::cli {

namespace fs = std::filesystem;

namespace {

struct LockCommand {
    DefinitionChoice choice;
    std::string file, store;
    bool update = false;
};

// What the file says now; nothing if there is none, or if it cannot be read and so is made anew.
Result<std::optional<compose::LockFile>> lock_before(const fs::path& path, const compose::LockedChoice& choice,
                                                     Session& session) {
    auto before = compose::read_lock_file(path);
    if (!before) {
        if (before.error().code != ErrorCode::not_found)
            session.terminal.note(fmt::format("{}; the lock is made anew", before.error().text()));
        return std::nullopt;
    }
    if (before->choice != choice)
        return fail(ErrorCode::conflict,
                    fmt::format("'{}' is the lock of '{}', not of '{}'; name another file with --lock", path.string(),
                                before->choice.text(), choice.text()));
    return std::move(*before);
}

Result<compose::LockFile> lock_now(const compose::Definition& definition, const compose::LockedChoice& choice,
                                   const std::vector<std::string>& architectures, Session& session) {
    auto world = TRY(open_world(definition, architectures, session));
    for (const auto& source : world.sources) session.terminal.print("from " + source + "\n");
    std::vector<compose::Lock> locks;
    for (const auto& architecture : architectures)
        locks.push_back(TRY(context(compose::make_lock(definition, world.universe, architecture), architecture)));
    return compose::make_lock_file(definition, choice, std::move(locks));
}

// The changelogs are in the new packages, which a build needs too. Offline, those count that the cache has.
Result<> compare(const compose::LockFile& before, report::LockReport& report, Session& session) {
    report.compared = true;
    bool updates = false;
    for (const auto& lock : report.lock.locks) {
        report.changes.push_back(compose::changes_between(before.find(lock.architecture), lock));
        for (const auto& change : report.changes.back())
            updates |= change.kind == compose::PackageChange::Kind::updated;
    }
    if (!updates) return {};
    if (!session.globals.offline) TRY(fetch_packages(report.lock.locks, session));
    for (std::size_t i = 0; i < report.changes.size(); ++i)
        compose::read_fixes(report.lock.locks[i], session.cache, report.changes[i]);
    return {};
}

// Puts the packages into the store; `file` is where the lock was read from, or empty.
Result<> keep_packages(const LockCommand& options, const compose::Definition& definition, const compose::LockFile& lock,
                       const std::string& file, Session& session) {
    if (options.store.empty()) return {};
    TRY(bring_stored_packages(lock.locks, options.store, session));
    Resolved resolved{lock.locks, {}, file, lock_command(options.choice, options.file)};
    TRY(fetch_packages(resolved, definition, session));
    return store_packages(lock.locks, options.store, session);
}

Result<int> lock(const LockCommand& options, const Globals& globals) {
    auto definition = TRY(load(options.choice));
    auto architectures = TRY(architectures_of(options.choice, definition));
    auto choice = locked_choice(options.choice, definition);
    auto path = TRY(lock_file_of(options.choice, definition, options.file));
    auto session = TRY(Session::open(globals));

    auto before = TRY(lock_before(path, choice, *session));
    report::LockReport report;
    report.file = path.string();
    bool stays = before && !options.update && compose::why_stale(*before, definition, choice, architectures).empty();
    if (stays) {
        report.lock = std::move(*before);
    } else {
        report.lock = TRY(lock_now(definition, choice, architectures, *session));
        if (before) TRY(compare(*before, report, *session));
        report.written = !before || !compose::lock_the_same(*before, report.lock);
    }
    TRY(keep_packages(options, definition, report.lock, stays ? report.file : "", *session));
    if (report.written) TRY(write_file(path, as_bytes(compose::to_json(report.lock))));
    session->terminal.print(
        report.written   ? fmt::format("wrote {}\n", report.file)
        : options.update ? fmt::format("{} stays as it is\n", report.file)
                         : fmt::format("{} fits the definition; --update looks for newer packages\n", report.file));
    fmt::print("{}", globals.json() ? report::to_json(report) : report::to_text(report));
    return exit_done;
}

}  // namespace

void add_lock(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<LockCommand>();
    auto* command = app.add_subcommand("lock", "write down exactly what an image is made of, for later builds");
    add_definition_options(*command, options->choice);
    command
        ->add_option("--lock", options->file, "where to write (NAME[.VARIANT][.SUITE].lock.json beside the definition)")
        ->type_name("FILE");
    command
        ->add_option("--store", options->store,
                     "a repository of a registry to keep the packages in, by digest: archives drop old versions")
        ->type_name("REPOSITORY");
    command->add_flag("--update", options->update, "take the newest packages, and show what changes and what it fixes");
    command->footer(
        "A build that finds the lock file uses the packages it names and nothing else. A lock that fits its definition "
        "is left\n"
        "alone without --update. Printed are the packages, or with an earlier lock what changes: versions, and the "
        "CVEs that\n"
        "the new packages' changelogs name since.\n\n"
        "Examples:\n"
        "  pith lock catalog/nginx.yaml && pith build catalog/nginx.yaml --locked -o oci:images:nginx\n"
        "  pith lock catalog/nginx.yaml --update\n"
        "  pith lock catalog/nginx.yaml --suite bookworm --variant debug\n"
        "  pith lock catalog/nginx.yaml --store registry.example/team/packages\n"
        "  pith lock catalog/nginx.yaml --update --format json -q");
    command->callback([&globals, &run, options] { run = [&globals, options] { return lock(*options, globals); }; });
}

}  // namespace pith::cli
