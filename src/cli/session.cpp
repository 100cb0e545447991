#include <fmt/format.h>

#include "base/cache_upkeep.h"
#include "cli/commands.h"

namespace pith::cli {

Result<std::unique_ptr<Session>> Session::open(const Globals& globals) {
    auto folder = globals.cache_dir.empty() ? Cache::default_folder() : std::filesystem::path(globals.cache_dir);
    auto cache = TRY(Cache::open(folder));
    std::unique_ptr<Session> out(
        new Session{globals, std::move(cache), ThreadPool(globals.jobs), Terminal(globals.quiet)});
    out->registries =
        std::make_unique<oci::registry::Registries>(registry_settings(globals), out->cache, out->terminal);
    return out;
}

oci::registry::Settings registry_settings(const Globals& globals) {
    oci::registry::Settings out;
    out.net.offline = globals.offline;
    out.net.user_agent = "pith/" PITH_VERSION;
    out.auth_file = globals.auth_file;
    out.ca_file = globals.ca_file;
    out.plain_http = globals.plain_http;
    return out;
}

Session::~Session() {
    auto pruned = hold_to_limit(cache, globals.cache_limit);
    if (!pruned && pruned.error().code == ErrorCode::conflict) return;  // the next run will
    if (!pruned)
        terminal.note(fmt::format("the cache was not held to its limit: {}", pruned.error().text()));
    else if (*pruned && (*pruned)->left > globals.cache_limit)
        terminal.note(fmt::format("the cache holds {}, more than its limit of {}: other runs use the rest",
                                  human_size((*pruned)->left), human_size(globals.cache_limit)));
}

}  // namespace pith::cli
