// zsh: a function for each command, with its options and operands as _arguments(1) takes them. Global options may
// stand behind a command, so each function has them too.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/completion_scripts.h"

namespace pith::cli {

namespace {

// Text within a specification, which stands in single quotes.
std::string in_quotes(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out;
}

std::string function_of(const Command& command) {
    std::string out = "_pith";
    for (auto word : words(command.path)) out += fmt::format("_{}", word);
    return out;
}

std::string action(const CommandOption& option) {
    if (!option.choices.empty()) return fmt::format("({})", join(option.choices, " "));
    if (option.takes_image()) return "_pith_images";
    if (option.takes_folder()) return "_files -/";
    if (option.takes_file()) return "_files";
    return " ";
}

// '*--output=[where to]:IMAGE:_pith_images', a line for each name.
std::string specifications(const Command& command) {
    std::string out;
    for (const auto& option : command.options)
        for (const auto& name : option.names) {
            std::string_view equals = option.value.empty() ? "" : name.starts_with("--") ? "=" : "+";
            out += fmt::format("        '{}{}{}[{}]", option.repeats ? "*" : "", name, equals,
                               in_quotes(backslashed(brief(option.about), "[]\\")));
            if (!option.value.empty())
                out += fmt::format(":{}:{}", in_quotes(backslashed(option.value, ":\\")), in_quotes(action(option)));
            out += "' \\\n";
        }
    return out;
}

std::string operands_of(const Command& command) {
    std::string out;
    for (const auto& operand : command.operands)
        out += fmt::format("        '{}{}:{}:{}' \\\n", operand.repeats ? "*" : "",
                           operand.required || operand.repeats ? "" : ":",
                           in_quotes(backslashed(operand.operand, ":\\")), in_quotes(action(operand)));
    return out;
}

std::string dispatch(const Command& command) {
    std::string names, cases;
    for (const auto& each : command.commands) {
        names += fmt::format("            '{}:{}'\n", each.name, in_quotes(backslashed(brief(each.about), ":\\")));
        cases += fmt::format("        {}) {} ;;\n", each.name, function_of(each));
    }
    return fmt::format(
        "    case $state in\n    command)\n        local -a commands=(\n{}        )\n"
        "        _describe -t commands 'command' commands ;;\n    arguments)\n        case $words[1] in\n{}        "
        "esac ;;\n"
        "    esac\n",
        names, cases);
}

}  // namespace

std::string zsh_completion(const Command& root) {
    std::string out =
        "#compdef pith\n# zsh completion of pith; made by `pith completion zsh`.\n\n_pith_images() {\n    if "
        "compset -P '*:'; then\n        _files\n    else\n        compadd -S '' --";
    for (const auto* transport : image_transports) out += fmt::format(" {}", transport);
    out += "\n    fi\n}\n";
    for (const auto* command : all_commands(root)) {
        out += fmt::format("\n{}() {{\n", function_of(*command));
        bool leads_on = !command->commands.empty();
        out += leads_on ? "    local curcontext=$curcontext state state_descr line\n    typeset -A opt_args\n"
                          "    _arguments -C -s \\\n"
                        : "    _arguments -s \\\n";
        out += specifications(*command);
        if (command != &root) out += specifications(root);
        out += leads_on ? "        '1: :->command' \\\n        '*:: :->arguments'\n"
                        : operands_of(*command) + "        && return\n";
        if (leads_on) out += dispatch(*command);
        out += "}\n";
    }
    return out + "\nif [[ $funcstack[1] == _pith ]]; then _pith \"$@\"; else compdef _pith pith; fi\n";
}

}  // namespace pith::cli
