// pith cache: where the cache is and what it holds; making it smaller; checking it.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "base/cache_upkeep.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "report/table.h"

namespace pith::cli {

namespace {

struct PruneOptions {
    bool all = false;
    std::string older_than, size;
};

std::string dump(const nlohmann::ordered_json& document) {
    return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<int> info(const Globals& globals) {
    auto session = TRY(Session::open(globals));
    auto kinds = TRY(usage(session->cache));
    std::uint64_t files = 0, bytes = 0;
    for (const auto& kind : kinds) files += kind.files, bytes += kind.bytes;
    if (globals.json()) {
        nlohmann::ordered_json list = nlohmann::json::array();
        for (const auto& kind : kinds)
            list.push_back({{"kind", kind.kind}, {"files", kind.files}, {"bytes", kind.bytes}});
        fmt::print("{}", dump({{"folder", session->cache.folder().string()},
                               {"read_only", session->cache.read_only()},
                               {"limit", globals.cache_limit},
                               {"kinds", list},
                               {"files", files},
                               {"bytes", bytes}}));
        return exit_done;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& kind : kinds) rows.push_back({kind.kind, fmt::format("{}", kind.files), human_size(kind.bytes)});
    rows.push_back({"all", fmt::format("{}", files), human_size(bytes)});
    fmt::print("{}{}\n{}limit: {}\n", session->cache.folder().string(),
               session->cache.read_only() ? " (can only be read)" : "",
               report::table({{"kind"}, {"files", true}, {"size", true}}, rows),
               globals.cache_limit == 0 ? "none" : human_size(globals.cache_limit));
    return exit_done;
}

// "30d", "12h", "90m"; without a unit it is seconds.
Result<std::chrono::seconds> parse_age(std::string_view text) {
    constexpr std::pair<char, std::uint64_t> units[] = {
        {'s', 1}, {'m', 60}, {'h', 60 * 60}, {'d', 24 * 60 * 60}, {'w', 7 * 24 * 60 * 60}};
    std::uint64_t factor = 1;
    auto number = text;
    for (auto [unit, seconds] : units)
        if (text.ends_with(unit)) factor = seconds, number.remove_suffix(1);
    auto value = parse_number(number);
    if (!value || *value > 1'000'000'000 / factor)
        return fail(ErrorCode::usage,
                    fmt::format("--older-than should be an age such as 30d, 12h or 90m, but is '{}'", printable(text)));
    return std::chrono::seconds(*value * factor);
}

Result<Keep> keep_of(const PruneOptions& options, const Globals& globals) {
    Keep keep;
    if (!options.size.empty()) {
        keep.most_bytes = parse_size(options.size);
        if (!keep.most_bytes)
            return fail(ErrorCode::usage, fmt::format("--size should be a size such as 500M or 10G, but is '{}'",
                                                      printable(options.size)));
    }
    if (!options.older_than.empty()) keep.most_age = TRY(parse_age(options.older_than));
    if (options.all) keep.most_bytes = 0;
    if (!keep.most_bytes && !keep.most_age && globals.cache_limit > 0) keep.most_bytes = globals.cache_limit;
    return keep;
}

Result<int> prune(const PruneOptions& options, const Globals& globals) {
    auto keep = TRY(keep_of(options, globals));
    auto session = TRY(Session::open(globals));
    auto pruned = TRY(prune(session->cache, keep, std::chrono::seconds(10)));
    if (globals.json())
        fmt::print("{}", dump({{"removed_files", pruned.files},
                               {"removed_bytes", pruned.bytes},
                               {"left_bytes", pruned.left},
                               {"in_use_bytes", pruned.in_use}}));
    else
        fmt::print("removed {} entries, {}; {} are left\n", pruned.files, human_size(pruned.bytes),
                   human_size(pruned.left));
    if (pruned.in_use > 0)
        session->terminal.note(fmt::format("{} should go too, but other runs use it", human_size(pruned.in_use)));
    return exit_done;
}

Result<int> verify(const Globals& globals) {
    auto session = TRY(Session::open(globals));
    auto verified = TRY(verify(session->cache, session->pool, session->terminal));
    if (globals.json()) {
        nlohmann::ordered_json list = nlohmann::json::array();
        for (const auto& damage : verified.damaged)
            list.push_back({{"entry", damage.entry}, {"reason", damage.reason}});
        fmt::print("{}", dump({{"files", verified.files}, {"bytes", verified.bytes}, {"damaged", list}}));
    } else {
        for (const auto& damage : verified.damaged) fmt::print("{}: {}\n", damage.entry, damage.reason);
        fmt::print("{} entries, {}: {}\n", verified.files, human_size(verified.bytes),
                   verified.damaged.empty()     ? "all sound"
                   : session->cache.read_only() ? fmt::format("{} damaged", verified.damaged.size())
                                                : fmt::format("{} damaged and removed", verified.damaged.size()));
    }
    return verified.damaged.empty() ? exit_done : exit_failed;
}

}  // namespace

void add_cache(CLI::App& app, const Globals& globals, Run& run) {
    auto* command = app.add_subcommand("cache", "what the cache holds, making it smaller, checking it");
    command->require_subcommand(1);
    command->footer(
        "Several runs may share one cache. After a run that added to it, what was used least recently is removed until "
        "the cache\n"
        "is within its limit (--cache-limit); what another run uses is left alone.\n\n"
        "Examples:\n  pith cache info\n  pith cache prune --older-than 30d\n  pith cache prune --size 2G\n"
        "  pith cache verify");
    command->add_subcommand("info", "where the cache is, its limit, and how much of each kind it holds")->callback([&] {
        run = [&] { return info(globals); };
    });
    auto options = std::make_shared<PruneOptions>();
    auto* pruning = command->add_subcommand(
        "prune", "remove what killed runs left, and entries, least recently used first, down to the limit");
    auto* all = pruning->add_flag("--all", options->all, "every entry that no other run uses");
    pruning->add_option("--older-than", options->older_than, "entries not used for so long: 30d, 12h, 90m")
        ->type_name("AGE")
        ->excludes(all);
    pruning->add_option("--size", options->size, "down to this size instead of the limit: 500M, 2G")
        ->type_name("SIZE")
        ->excludes(all);
    pruning->callback([&globals, &run, options] { run = [&globals, options] { return prune(*options, globals); }; });
    command
        ->add_subcommand("verify",
                         "read every entry and remove the damaged ones, which are made anew when needed; exit code 1 "
                         "if there are any")
        ->callback([&] { run = [&] { return verify(globals); }; });
    command->add_subcommand("clear", "the same as prune --all")->callback([&] {
        run = [&] { return prune({.all = true, .older_than = {}, .size = {}}, globals); };
    });
}

}  // namespace pith::cli
