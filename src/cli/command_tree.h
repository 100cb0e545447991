// The command line as data: what completions and the manual page are made from, taken from the parser itself, so that
// neither can differ from what pith understands.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace pith::cli {

struct CommandOption {
    std::vector<std::string> names;  // "-o", "--output"; none for an operand
    std::string operand;             // the name of an operand: "DEFINITION"
    std::string value;               // what its value is called: "FILE"; empty for a flag
    std::string about;
    std::vector<std::string> choices;  // the only values there are, where that is so
    bool required = false, repeats = false;

    [[nodiscard]] bool takes_file() const { return value == "FILE"; }
    [[nodiscard]] bool takes_folder() const { return value == "DIR"; }
    // An image as `pith build -o` and others name it: a path behind a transport.
    [[nodiscard]] bool takes_image() const {
        return value == "IMAGE" || operand == "IMAGE" || operand == "SOURCE" || operand == "DESTINATION";
    }
};

// What stands before the name of an image.
constexpr const char* image_transports[] = {"docker://", "oci:", "oci-archive:", "docker-archive:", "dir:"};

struct Command {
    std::string name;   // "prune"
    std::string path;   // "cache prune"; empty for pith itself
    std::string about;  // what stands beside it in a list
    std::string notes;  // what follows the options in its help: remarks and examples
    std::vector<CommandOption> options, operands;
    std::vector<Command> commands;
};

// Hidden commands are left out.
[[nodiscard]] Command command_tree(const CLI::App& app);

// All commands, each before those below it; the first is pith itself.
[[nodiscard]] std::vector<const Command*> all_commands(const Command& root);

// The first sentence or line of a description, for a list.
[[nodiscard]] std::string brief(std::string_view about);

// `text` with each of the characters in `marked` behind a backslash.
[[nodiscard]] std::string backslashed(std::string_view text, std::string_view marked);

}  // namespace pith::cli
