// fish: a list of rules, each under the condition that the words so far lead to its command.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/completion_scripts.h"

namespace pith::cli {

namespace {

std::string quoted(std::string_view text) { return fmt::format("'{}'", backslashed(text, "'\\")); }

std::string place(const Command& command) {
    std::string out;
    for (auto word : words(command.path)) out += fmt::format("/{}", word);
    return out;
}

std::string condition(const Command& command) {
    return fmt::format("__pith_at {}", command.path.empty() ? "/" : place(command));
}

// What may follow: nothing, files, or the words of a list.
std::string values(const CommandOption& option) {
    if (!option.choices.empty()) return fmt::format(" -a {}", quoted(join(option.choices, " ")));
    if (option.takes_image()) return " -a '(__pith_images)'";
    if (option.takes_folder()) return " -a '(__fish_complete_directories)'";
    if (option.takes_file()) return " -a '(__fish_complete_path)'";
    return "";
}

std::string rule(const std::string& when, const CommandOption& option) {
    auto out = fmt::format("complete -c pith{}", when);
    for (const auto& name : option.names)
        out += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
    if (!option.value.empty()) out += " -x" + values(option);
    return fmt::format("{} -d {}\n", out, quoted(brief(option.about)));
}

constexpr std::string_view head = R"(# fish completion of pith; made by `pith completion fish`.

# The command that the words before the cursor lead to, as /cache/prune.
function __pith_place
    set -l place
    set -l skip
    for word in (commandline -opc)[2..]
        if test -n "$skip"
            set skip
            continue
        end
        switch "$place $word"
            case {}
                set skip yes
                continue
        end
        switch "$place/$word"
            case {}
                set place "$place/$word"
        end
    end
    test -n "$place"; or set place /
    echo $place
end

function __pith_at
    test (__pith_place) = $argv[1]
end

function __pith_images
    set -l word (commandline -ct)
    if string match -q '*:*' -- $word
        set -l transport (string replace -r ':.*' ':' -- $word)
        printf '%s\n' $transport(__fish_complete_path (string replace -r '^[^:]*:' '' -- $word))
    else
        printf '%s\n'{}
    end
end

complete -c pith -f
)";

}  // namespace

std::string fish_completion(const Command& root) {
    std::string places, valued, transports, rules;
    for (const auto* transport : image_transports) transports += fmt::format(" {}", transport);
    for (const auto* command : all_commands(root)) {
        bool is_root = command == &root;
        if (!is_root) places += (places.empty() ? "" : " ") + quoted(place(*command));
        auto when = is_root ? std::string() : fmt::format(" -n {}", quoted(condition(*command)));
        for (const auto& option : command->options) {
            rules += rule(when, option);
            if (option.value.empty()) continue;
            for (const auto& name : option.names)
                valued += (valued.empty() ? "" : " ") + quoted((is_root ? "* " : place(*command) + " ") + name);
        }
        for (const auto& operand : command->operands)
            if (auto offered = values(operand); !offered.empty())
                rules += fmt::format("complete -c pith -n {}{}\n", quoted(condition(*command)), offered);
        for (const auto& each : command->commands)
            rules += fmt::format("complete -c pith -n {} -a {} -d {}\n", quoted(condition(*command)), each.name,
                                 quoted(brief(each.about)));
    }
    return fmt::format(head, valued, places, transports) + rules;
}

}  // namespace pith::cli
