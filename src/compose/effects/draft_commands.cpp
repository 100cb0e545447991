#include "compose/effects/draft_commands.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/effects/action_yaml.h"

namespace pith::compose {

namespace {

using Words = std::vector<std::string>;

// The words of one command where a shell would read them as they stand: quotes around whole words are taken off, and
// what is thrown away (">/dev/null", "2>&1", "|| true") as well. Nothing where the shell would do more.
std::optional<Words> plain_words(std::string_view line) {
    Words out;
    for (auto word : words(line)) out.emplace_back(word);
    while (!out.empty()) {
        const auto& last = out.back();
        if (last == "2>&1" || last == ">/dev/null" || last == "2>/dev/null" || last == ";")
            out.pop_back();
        else if (out.size() > 2 && (last == "true" || last == ":") && out[out.size() - 2] == "||")
            out.resize(out.size() - 2);
        else
            break;
    }
    for (auto& word : out) {
        if (&word == &out.back() && word.ends_with(';')) word.pop_back();
        if (word.size() > 1 && (word[0] == '"' || word[0] == '\'') && word.back() == word[0])
            word = word.substr(1, word.size() - 2);
        if (word.empty() || word.find_first_of("$`*?[]{}()<>|&;\"'\\~#!") != std::string::npos) return std::nullopt;
    }
    return out;
}

std::string octal(std::string_view mode) {
    auto number = parse_number(mode, 8);
    return number && *number <= 07777 ? fmt::format("\"0{:03o}\"", *number) : std::string();
}

// The options of a command by name and what is not one. `with_value` take the word that follows.
struct Arguments {
    std::vector<std::pair<std::string, std::string>> options;
    Words rest;

    const std::string* option(std::string_view name) const {
        auto found = std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.first == name; });
        return found == options.end() ? nullptr : &found->second;
    }
};

// Nothing where an option is in neither list.
std::optional<Arguments> arguments(const Words& command, std::size_t from,
                                   std::initializer_list<std::string_view> alone,
                                   std::initializer_list<std::string_view> with_value) {
    Arguments out;
    for (auto i = from; i < command.size(); ++i) {
        const auto& word = command[i];
        if (!word.starts_with('-')) {
            out.rest.push_back(word);
        } else if (std::find(alone.begin(), alone.end(), word) != alone.end()) {
            out.options.emplace_back(word, "");
        } else if (std::find(with_value.begin(), with_value.end(), word) != with_value.end() &&
                   i + 1 < command.size()) {
            out.options.emplace_back(word, command[i + 1]);
            ++i;
        } else {
            return std::nullopt;
        }
    }
    return out;
}

// Each of these gives the actions that a command stands for, or nothing where it is not understood.
using Reader = std::optional<Words> (*)(const Words& command);

std::optional<Words> read_mkdir(const Words& command) {
    auto given = arguments(command, 1, {"-p"}, {"-m"});
    if (!given || given->rest.empty()) return std::nullopt;
    Words out;
    for (const auto& path : given->rest) {
        const auto* mode = given->option("-m");
        out.push_back(mode ? fmt::format("{{folder: {}, mode: {}}}", path, octal(*mode))
                           : fmt::format("{{folder: {}}}", path));
    }
    return out;
}

std::optional<Words> read_install(const Words& command) {
    auto given = arguments(command, 1, {"-d"}, {"-m", "-o", "-g"});
    if (!given || !given->option("-d") || given->rest.empty()) return std::nullopt;
    Words out;
    const auto *mode = given->option("-m"), *user = given->option("-o"), *group = given->option("-g");
    for (const auto& path : given->rest)
        out.push_back(fmt::format("{{folder: {}, owner: \"{}:{}\", mode: {}}}", path, user ? *user : "root",
                                  group ? *group : "root", mode ? octal(*mode) : "\"0755\""));
    return out;
}

std::optional<Words> read_chown(const Words& command) {
    if (command.size() < 3 || command[1].find(':') == std::string::npos) return std::nullopt;
    Words out;
    for (std::size_t i = 2; i < command.size(); ++i)
        out.push_back(fmt::format("{{owner: {}, to: \"{}\"}}", command[i], command[1]));
    return out;
}

std::optional<Words> read_chmod(const Words& command) {
    if (command.size() < 3) return std::nullopt;
    Words out;
    for (std::size_t i = 2; i < command.size(); ++i)
        out.push_back(fmt::format("{{mode: {}, to: {}}}", command[i], octal(command[1])));
    return out;
}

std::optional<Words> read_ln(const Words& command) {
    auto given = arguments(command, 1, {"-s", "-sf", "-f"}, {});
    if (!given || given->rest.size() != 2 || (!given->option("-s") && !given->option("-sf"))) return std::nullopt;
    const bool force = given->option("-sf") || given->option("-f");
    return Words{fmt::format("{{link: {}, to: {}{}}}", given->rest[1], given->rest[0], force ? ", replace: true" : "")};
}

std::optional<Words> read_copy(const Words& command) {
    const std::size_t from = command[0] == "cp" ? 2 : 1;
    if (command.size() != from + 2 || (command[0] == "cp" && command[1] != "-p")) return std::nullopt;
    return Words{fmt::format("{{copy: {}, to: {}}}", command[from], command[from + 1])};
}

std::optional<Words> read_remove(const Words& command) {
    auto given = arguments(command, 1, {"-f"}, {});
    if (!given || given->rest.empty()) return std::nullopt;
    Words out;
    for (const auto& path : given->rest) out.push_back(fmt::format("{{remove: {}}}", path));
    return out;
}

std::optional<Words> read_alternative(const Words& command) {
    if (command.size() < 6 || command[1] != "--install") return std::nullopt;
    Words slaves(command.begin() + 6, command.end());
    return Words{fmt::format("{{alternative: {}, link: {}, to: {}, priority: {}{}}}", command[3], command[2],
                             command[4], command[5], slaves.empty() ? "" : ", slaves: \"" + join(slaves, " ") + "\"")};
}

std::optional<Words> read_group(const Words& command) {
    auto given = arguments(command, 1, {"--system", "--quiet"}, {});
    if (!given || !given->option("--system") || given->rest.size() != 1) return std::nullopt;
    return Words{fmt::format("{{group: {}}}", given->rest[0])};
}

std::optional<Words> read_user(const Words& command) {
    auto given = arguments(
        command, 1, {"--system", "--quiet", "--group", "--no-create-home", "--disabled-login", "--disabled-password"},
        {"--home", "--shell", "--ingroup"});
    if (!given || !given->option("--system") || given->rest.size() != 1 || !given->option("--no-create-home"))
        return std::nullopt;
    const auto& name = given->rest[0];
    const auto *home = given->option("--home"), *shell = given->option("--shell"), *group = given->option("--ingroup");
    Words out;
    std::string primary = group ? *group : given->option("--group") ? name : "";
    if (!group && !primary.empty()) out.push_back(fmt::format("{{group: {}}}", name));
    out.push_back(fmt::format("{{user: {}, home: {}{}{}}}", name, home ? *home : "/nonexistent",
                              shell ? ", shell: " + *shell : "", primary.empty() ? "" : ", group: " + primary));
    return out;
}

std::optional<Words> read_statoverride(const Words& command) {
    auto given = arguments(command, 1, {"--update", "--add", "--quiet"}, {});
    if (!given || !given->option("--add") || !given->option("--update") || given->rest.size() != 4) return std::nullopt;
    const auto& rest = given->rest;
    return Words{fmt::format("{{owner: {}, to: \"{}:{}\"}}", rest[3], rest[0], rest[1]),
                 fmt::format("{{mode: {}, to: {}}}", rest[3], octal(rest[2]))};
}

// update of ucf's records, debconf and what only speaks does nothing to an image.
std::optional<Words> read_nothing(const Words&) { return Words{}; }

constexpr std::array<std::pair<std::string_view, Reader>, 16> readers{{
    {"mkdir", read_mkdir},
    {"install", read_install},
    {"chown", read_chown},
    {"chmod", read_chmod},
    {"ln", read_ln},
    {"cp", read_copy},
    {"ucf", read_copy},
    {"rm", read_remove},
    {"update-alternatives", read_alternative},
    {"addgroup", read_group},
    {"adduser", read_user},
    {"dpkg-statoverride", read_statoverride},
    {"ucfr", read_nothing},
    {"db_stop", read_nothing},
    {":", read_nothing},
    {"true", read_nothing},
}};

}  // namespace

std::optional<Words> read_command(std::string_view line) {
    auto command = plain_words(line);
    if (!command || command->empty()) return std::nullopt;
    auto reader =
        std::find_if(readers.begin(), readers.end(), [&](const auto& r) { return r.first == command->front(); });
    if (reader == readers.end()) return std::nullopt;
    auto actions = reader->second(*command);
    if (!actions) return std::nullopt;
    for (const auto& action : *actions) {
        auto node = yaml::parse(action, "draft");
        if (!node || !parse_action(*node)) return std::nullopt;
    }
    return actions;
}

}  // namespace pith::compose
