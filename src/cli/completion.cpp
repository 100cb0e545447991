// pith completion: the script that completes pith's command line in a shell.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/completion_scripts.h"
#include "cli/exit_codes.h"

namespace pith::cli {

void add_completion(CLI::App& app, const Globals& /*globals*/, Run& run) {
    auto shell = std::make_shared<std::string>();
    auto* command = app.add_subcommand("completion", "print the script that completes pith's command line in a shell");
    command->add_option("SHELL", *shell, "which shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->footer(
        "Examples:\n"
        "  source <(pith completion bash)                                          in this shell\n"
        "  pith completion bash > /etc/bash_completion.d/pith                      for everybody\n"
        "  pith completion zsh > \"${fpath[1]}/_pith\"\n"
        "  pith completion fish > ~/.config/fish/completions/pith.fish");
    command->callback([&app, &run, shell] {
        run = [&app, shell]() -> Result<int> {
            auto root = command_tree(app);
            fmt::print("{}", *shell == "bash"  ? bash_completion(root)
                             : *shell == "zsh" ? zsh_completion(root)
                                               : fish_completion(root));
            return exit_done;
        };
    });
}

}  // namespace pith::cli
