#include "cli/manual_page.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pith::cli {

namespace {

// Text as roff prints it: no character of it is a request or an escape.
std::string roff(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool starts = i == 0 || text[i - 1] == '\n';
        if (starts && (text[i] == '.' || text[i] == '\'')) out += "\\&";
        if (text[i] == '\\')
            out += "\\e";
        else if (text[i] == '-')
            out += "\\-";
        else
            out += text[i];
    }
    return out;
}

// Paragraphs; indented lines are examples and stay as they are.
std::string paragraphs(std::string_view text) {
    std::string out;
    bool example = false, fresh = false;
    for (auto line : split(text, '\n')) {
        if (trim(line).empty()) {
            if (example) out += ".EE\n";
            example = false;
            fresh = true;
            continue;
        }
        bool indented = line.starts_with("  ");
        if (indented && !example) out += ".EX\n";
        if (!indented && example) out += ".EE\n";
        if (fresh && !indented) out += ".PP\n";
        example = indented;
        fresh = false;
        out += roff(indented ? line.substr(2) : line) + "\n";
    }
    if (example) out += ".EE\n";
    return out;
}

std::string heading(const CommandOption& option) {
    std::vector<std::string> names;
    for (const auto& name : option.names) names.push_back(fmt::format("\\fB{}\\fR", roff(name)));
    auto out = join(names, ", ");
    if (!option.value.empty()) out += fmt::format(" \\fI{}\\fR", roff(option.value));
    return out;
}

std::string options(const Command& command) {
    std::string out;
    for (const auto& operand : command.operands)
        out += fmt::format(".TP\n\\fI{}\\fR{}\n{}\n", roff(operand.operand),
                           operand.choices.empty() ? "" : fmt::format(" ({})", join(operand.choices, ", ")),
                           roff(operand.about));
    for (const auto& option : command.options) {
        if (option.names.back() == "--help") continue;
        out += fmt::format(".TP\n{}\n{}\n", heading(option), roff(option.about));
    }
    return out;
}

std::string synopsis(const Command& command) {
    std::string out = fmt::format("\\fBpith {}\\fR", roff(command.path));
    if (!command.commands.empty()) out += " \\fICOMMAND\\fR";
    for (const auto& operand : command.operands) {
        auto name = fmt::format("\\fI{}\\fR{}", roff(operand.operand), operand.repeats ? " ..." : "");
        out += operand.required ? " " + name : fmt::format(" [{}]", name);
    }
    return out + " [\\fIOPTIONS\\fR]";
}

}  // namespace

std::string manual_page(const Command& root, std::string_view version, std::string_view date) {
    auto out = fmt::format(
        ".TH PITH 1 {} \"pith {}\" \"User Commands\"\n.SH NAME\npith \\- build minimal container images from Debian "
        "packages\n.SH SYNOPSIS\n\\fBpith\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n{}",
        date, version, paragraphs(root.about));
    out += ".SH COMMANDS\n";
    for (const auto* command : all_commands(root)) {
        if (command == &root) continue;
        out += fmt::format(".SS {}\n{}\n.PP\n{}.\n", "pith " + roff(command->path), synopsis(*command),
                           roff(command->about));
        out += options(*command);
        if (!command->notes.empty()) out += ".PP\n" + paragraphs(command->notes);
    }
    out += ".SH GLOBAL OPTIONS\nThey may stand before a command or behind it.\n" + options(root);
    out += ".SH CONFIGURATION\n" + paragraphs(R"(What an option would say each time may stand in the file
$XDG_CONFIG_HOME/pith/config.yaml (~/.config/pith/config.yaml); the environment goes before it, and options before both.

  cache-dir: ~/cache/pith      # PITH_CACHE_DIR
  cache-limit: 20G             # PITH_CACHE_LIMIT
  jobs: 4                      # PITH_JOBS
  offline: false               # PITH_OFFLINE
  keyring: [keys/own.gpg]      # PITH_KEYRING, with colons between files
  mirrors:                     # PITH_MIRROR_DEBIAN, PITH_MIRROR_DEBIAN_SECURITY, PITH_MIRROR_UBUNTU
    debian: http://mirror.example/debian)");
    out +=
        ".SH FILES\n.TP\n\\fI$XDG_CACHE_HOME/pith\\fR\nThe cache: packages, indexes and layers, shared by all runs.\n";
    return out + ".SH EXAMPLES AND EXIT STATUS\n" + paragraphs(root.notes);
}

}  // namespace pith::cli
