// pith cache: where the cache is and what it holds; and its removal.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "report/table.h"

namespace pith::cli {

namespace {

Result<int> info(const Globals& globals) {
    auto session = TRY(Session::open(globals));
    auto usage = TRY(session->cache.usage());
    std::uint64_t files = 0, bytes = 0;
    for (const auto& kind : usage) files += kind.files, bytes += kind.bytes;
    if (globals.json()) {
        nlohmann::ordered_json kinds = nlohmann::json::array();
        for (const auto& kind : usage)
            kinds.push_back({{"kind", kind.kind}, {"files", kind.files}, {"bytes", kind.bytes}});
        nlohmann::ordered_json document = {
            {"folder", session->cache.folder().string()}, {"kinds", kinds}, {"files", files}, {"bytes", bytes}};
        fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return exit_done;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& kind : usage) rows.push_back({kind.kind, fmt::format("{}", kind.files), human_size(kind.bytes)});
    rows.push_back({"all", fmt::format("{}", files), human_size(bytes)});
    fmt::print("{}\n{}", session->cache.folder().string(),
               report::table({{"kind"}, {"files", true}, {"size", true}}, rows));
    return exit_done;
}

Result<int> clear(const Globals& globals) {
    auto session = TRY(Session::open(globals));
    TRY(session->cache.clear());
    session->terminal.print(fmt::format("emptied {}\n", session->cache.folder().string()));
    return exit_done;
}

}  // namespace

void add_cache(CLI::App& app, const Globals& globals, Run& run) {
    auto* command = app.add_subcommand("cache", "what the cache holds");
    command->require_subcommand(1);
    command->footer("Examples:\n  pith cache info\n  pith cache clear");
    command->add_subcommand("info", "where the cache is and how much of each kind it holds")->callback([&] {
        run = [&] { return info(globals); };
    });
    command->add_subcommand("clear", "remove every entry; the next build fetches and makes all anew")->callback([&] {
        run = [&] { return clear(globals); };
    });
}

}  // namespace pith::cli
