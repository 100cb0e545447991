#include "cli/commands.h"

namespace pith::cli {

Result<std::unique_ptr<Session>> Session::open(const Globals& globals) {
    auto folder = globals.cache_dir.empty() ? Cache::default_folder() : std::filesystem::path(globals.cache_dir);
    auto cache = TRY(Cache::open(folder));
    return std::unique_ptr<Session>(
        new Session{globals, std::move(cache), ThreadPool(globals.jobs), Terminal(globals.quiet)});
}

}  // namespace pith::cli
