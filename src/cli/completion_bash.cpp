// bash: one function that finds the command the words lead to, then what may stand at the cursor. Needs nothing but
// bash itself; the package bash-completion loads it on demand.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/completion_scripts.h"

namespace pith::cli {

namespace {

// "/cache/prune", as the script writes where it is.
std::string place(const Command& command) {
    std::string out;
    for (auto word : words(command.path)) out += fmt::format("/{}", word);
    return out;
}

std::string completing(const CommandOption& option) {
    if (!option.choices.empty()) return fmt::format("_pith_words '{}'", join(option.choices, " "));
    if (option.takes_image()) return "_pith_images";
    if (option.takes_folder()) return "_pith_paths -d";
    if (option.takes_file()) return "_pith_paths -f";
    return ":";
}

// "/build -o" and "/build --output", or "* -o" for what every command understands.
std::string patterns(const Command& command, const CommandOption& option) {
    std::vector<std::string> out;
    for (const auto& name : option.names)
        out.push_back(command.path.empty() ? fmt::format("*' {}'", name)
                                           : fmt::format("'{} {}'", place(command), name));
    return join(out, "|");
}

std::string option_words(const Command& command) {
    std::vector<std::string> out;
    for (const auto& option : command.options) out.insert(out.end(), option.names.begin(), option.names.end());
    return join(out, " ");
}

constexpr std::string_view helpers = R"(# bash completion of pith; made by `pith completion bash`.

_pith_words() {{ COMPREPLY=($(compgen -W "$1" -- "$cur")); }}

_pith_paths() {{
    local IFS=$'\n'
    compopt -o filenames
    COMPREPLY=($(compgen "$1" -- "$cur"))
}}

_pith_images() {{
    compopt -o nospace
    _pith_words '{}'
}}

)";

constexpr std::string_view body = R"(_pith() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} place= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$place ${{COMP_WORDS[i]}}" in
        {})
            ((i++)) # its value is no command
            [[ ${{COMP_WORDS[i]}} == '=' ]] && ((i++))
            continue ;;
        esac
        case "$place/${{COMP_WORDS[i]}}" in
        {}) place=$place/${{COMP_WORDS[i]}} ;;
        esac
    done
    # bash takes ':' and '=' for words of their own: what follows the transport of an image is a path.
    if [[ $cur == ':' || $before == ':' ]]; then
        cur=${{cur#:}}
        _pith_paths -f
        return
    fi
    [[ $before == '=' ]] && before=${{COMP_WORDS[COMP_CWORD - 2]}}
    cur=${{cur#=}}
    case "$place $before" in
{}    esac
    case "$place" in
{}    esac
}}
complete -F _pith pith
)";

// What completes a word that is neither an option nor its value: a command, or the first operand that can be told.
std::string completing_operands(const Command& command) {
    std::vector<std::string> names;
    for (const auto& each : command.commands) names.push_back(each.name);
    if (!names.empty()) return fmt::format("_pith_words '{}'", join(names, " "));
    for (const auto& operand : command.operands)
        if (auto how = completing(operand); how != ":") return how;
    return ":";
}

}  // namespace

std::string bash_completion(const Command& root) {
    std::vector<std::string> places, valued, transports(std::begin(image_transports), std::end(image_transports));
    std::string values, offers;
    for (const auto* command : all_commands(root)) {
        if (!command->path.empty()) places.push_back(place(*command));
        for (const auto& option : command->options) {
            if (option.value.empty()) continue;
            valued.push_back(patterns(*command, option));
            values += fmt::format("    {}) {}; return ;;\n", valued.back(), completing(option));
        }
        auto options = option_words(*command);
        if (command != &root) options += " " + option_words(root);
        offers += fmt::format("    '{}') if [[ $cur == -* ]]; then _pith_words '{}'; else {}; fi ;;\n", place(*command),
                              options, completing_operands(*command));
    }
    return fmt::format(helpers, join(transports, " ")) +
           fmt::format(body, join(valued, "|"), join(places, "|"), values, offers);
}

}  // namespace pith::cli
