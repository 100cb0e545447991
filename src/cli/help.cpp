// pith help: the same as --help, for those who look for it there.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"

namespace pith::cli {

namespace {

Result<int> help(const CLI::App& app, const std::vector<std::string>& path) {
    const auto* at = &app;
    auto words = app.get_name();
    for (const auto& name : path) {
        std::vector<std::string> known;
        const CLI::App* next = nullptr;
        for (const auto* command : at->get_subcommands(nullptr)) {
            known.push_back(command->get_name());
            if (command->get_name() == name) next = command;
        }
        auto near = nearest(name, known, 1);
        if (!next)
            return fail(ErrorCode::usage,
                        fmt::format("there is no command '{}'{}", printable(name),
                                    near.empty() ? "" : fmt::format("; did you mean '{}'?", near[0])));
        at = next;
        words += " " + name;
    }
    fmt::print("{}", at->get_formatter()->make_help(at, words, CLI::AppFormatMode::Normal));
    return exit_done;
}

}  // namespace

void add_help(CLI::App& app, const Globals& /*globals*/, Run& run) {
    auto path = std::make_shared<std::vector<std::string>>();
    auto* command = app.add_subcommand("help", "how a command is used; the same as COMMAND --help");
    command->add_option("COMMAND", *path, "the command's words");
    command->callback([&app, &run, path] { run = [&app, path] { return help(app, *path); }; });
}

}  // namespace pith::cli
