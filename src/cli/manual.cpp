// pith man: the manual page, for those who package pith; hidden, because users have the page itself.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/manual_page.h"

namespace pith::cli {

void add_manual(CLI::App& app, const Globals& /*globals*/, Run& run) {
    auto* command = app.add_subcommand("man", "print the manual page pith(1)")->group("");
    command->callback([&app, &run] {
        run = [&app]() -> Result<int> {
            fmt::print("{}", manual_page(command_tree(app), PITH_VERSION, PITH_DATE));
            return exit_done;
        };
    });
}

}  // namespace pith::cli
