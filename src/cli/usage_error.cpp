#include "cli/usage_error.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::cli {

namespace {

std::string in_full(const Command& command) { return command.path.empty() ? "pith" : "pith " + command.path; }

std::string or_list(std::string_view wanted, const std::vector<std::string>& known, std::string_view what) {
    auto near = nearest(wanted, known, 1);
    if (!near.empty()) return fmt::format("did you mean '{}'?", near[0]);
    return fmt::format("{}: {}", what, join(known, ", "));
}

const CommandOption* find_option(const Command& command, std::string_view name) {
    for (const auto& option : command.options)
        if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
    return nullptr;
}

// "--output=x" names --output, "-ox" names -o.
std::string_view name_in(std::string_view argument) {
    return argument.starts_with("--") ? argument.substr(0, argument.find('=')) : argument.substr(0, 2);
}

std::string unknown_option(const Command& root, const Command& command, std::string_view name) {
    std::vector<std::string> known;
    for (const auto* each : {&command, &root})
        for (const auto& option : each->options) known.insert(known.end(), option.names.begin(), option.names.end());
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    return fmt::format("unknown option '{}' of {}; {}", printable(name), in_full(command),
                       or_list(name, known, "it has"));
}

std::vector<std::string> names_below(const Command& command) {
    std::vector<std::string> out;
    for (const auto& each : command.commands) out.push_back(each.name);
    return out;
}

}  // namespace

std::string usage_error(const Command& root, const std::vector<std::string>& arguments, const std::string& said) {
    const Command* at = &root;
    for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
        std::string_view argument = arguments[i];
        if (argument.size() > 1 && argument[0] == '-') {
            auto name = name_in(argument);
            const auto* option = find_option(*at, name);
            if (!option) option = find_option(root, name);
            if (!option) return unknown_option(root, *at, name);
            if (!option->value.empty() && name.size() == argument.size()) ++i;
        } else if (!at->commands.empty()) {
            auto found = std::find_if(at->commands.begin(), at->commands.end(),
                                      [&](const Command& each) { return each.name == argument; });
            if (found == at->commands.end())
                return fmt::format("unknown command '{}'{}; {}", printable(argument),
                                   at == &root ? "" : " of " + in_full(*at),
                                   or_list(argument, names_below(*at), "commands"));
            at = &*found;
        }
    }
    if (!at->commands.empty()) return fmt::format("{} needs a command: {}", in_full(*at), join(names_below(*at), ", "));
    return fmt::format("{}; see `{} --help`", said, in_full(*at));
}

}  // namespace pith::cli
