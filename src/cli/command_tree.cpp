#include "cli/command_tree.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::cli {

namespace {

// CLI11 shows the check of a fixed set of values behind the type: "TEXT:{table,json}".
std::vector<std::string> choices_of(const std::string& type) {
    auto begin = type.find(":{");
    if (begin == std::string::npos || !type.ends_with('}')) return {};
    std::vector<std::string> out;
    for (auto choice : split(std::string_view(type).substr(begin + 2, type.size() - begin - 3), ','))
        out.emplace_back(choice);
    return out;
}

CommandOption option_of(const CLI::Option& option) {
    CommandOption out;
    for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
    if (option.get_positional()) out.operand = option.get_name(true, false);
    auto type = option.get_type_name();
    out.choices = choices_of(type);
    bool is_flag = option.get_items_expected_max() == 0;
    if (!is_flag) out.value = type.substr(0, type.find(':'));
    if (out.value == "TEXT" && !out.choices.empty()) out.value = join(out.choices, "|");
    out.about = option.get_description();
    out.required = option.get_required();
    out.repeats = option.get_items_expected_max() > 1;
    return out;
}

Command command_of(const CLI::App& app, const std::string& path) {
    Command out;
    out.name = app.get_name();
    out.path = path;
    out.about = app.get_description();
    // A command without notes of its own has inherited those above it.
    if (!app.get_parent() || app.get_footer() != app.get_parent()->get_footer()) out.notes = app.get_footer();
    for (const auto* option : app.get_options())
        (option->get_positional() ? out.operands : out.options).push_back(option_of(*option));
    for (const auto* command : app.get_subcommands(nullptr)) {
        if (command->get_group().empty()) continue;
        out.commands.push_back(command_of(*command, path + (path.empty() ? "" : " ") + command->get_name()));
    }
    return out;
}

void collect(const Command& command, std::vector<const Command*>& out) {
    out.push_back(&command);
    for (const auto& each : command.commands) collect(each, out);
}

}  // namespace

Command command_tree(const CLI::App& app) { return command_of(app, ""); }

std::vector<const Command*> all_commands(const Command& root) {
    std::vector<const Command*> out;
    collect(root, out);
    return out;
}

std::string brief(std::string_view about) {
    auto line = about.substr(0, about.find('\n'));
    return std::string(line.substr(0, std::min(line.find(". "), line.find("; "))));
}

std::string backslashed(std::string_view text, std::string_view marked) {
    std::string out;
    for (char c : text) {
        if (marked.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace pith::cli
