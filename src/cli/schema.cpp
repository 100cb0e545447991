// pith schema: the JSON Schema of definitions, for editors and checks elsewhere.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "compose/definition/schema.h"

namespace pith::cli {

void add_schema(CLI::App& app, const Globals& /*globals*/, Run& run) {
    auto* command = app.add_subcommand("schema", "print the JSON Schema of definitions (draft 2020-12)");
    command->footer(
        "Editors that know the schema complete keys and mark errors while one writes; docs/definition.md tells how.\n\n"
        "Examples:\n  pith schema > definition.schema.json");
    command->callback([&run] {
        run = []() -> Result<int> {
            fmt::print("{}", compose::definition_schema());
            return exit_done;
        };
    });
}

}  // namespace pith::cli
