#include "compose/effects/draft.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/effects/action_yaml.h"

namespace pith::compose {

namespace {

using Words = std::vector<std::string>;

// What is known of a condition on a first installation.
enum class Holds { yes, no, unknown };

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

// "[ "$1" = configure ]" and the like, without the brackets' spaces and quotes.
Holds test_holds(const MaintainerScript& script, std::string_view test) {
    std::string text;
    for (char c : test)
        if (c != '"' && c != '\'') text += c;
    Words parts;
    for (auto word : words(text)) parts.emplace_back(word);
    const std::string first = script.script == "preinst" ? "install" : "configure";
    if (parts.size() > 1 && parts.front() == "[" && parts.back() == "]") {
        parts.erase(parts.begin());
        parts.pop_back();
    } else if (parts.size() > 1 && parts.front() == "dpkg" && parts[1] == "--compare-versions" && parts.size() == 5) {
        // Without an older version "$2" is empty, and the -nl comparisons take that for later than any.
        return parts[2] == "$2" && (parts[3] == "lt-nl" || parts[3] == "le-nl") ? Holds::no : Holds::unknown;
    } else {
        return Holds::unknown;
    }
    if (parts.size() == 3 && parts[0] == "$1" && (parts[1] == "=" || parts[1] == "=="))
        return parts[2] == first ? Holds::yes : Holds::no;
    if (parts == Words{"-n", "$2"}) return Holds::no;
    if (parts == Words{"-z", "$2"}) return Holds::yes;
    return Holds::unknown;
}

// Tests joined by && hold if all do; by || if one does.
Holds condition_holds(const MaintainerScript& script, std::string_view condition) {
    auto all = [&](std::string_view text) {
        Holds out = Holds::yes;
        for (std::size_t at = 0; at <= text.size();) {
            auto end = std::min(text.find("&&", at), text.size());
            auto one = test_holds(script, trim(text.substr(at, end - at)));
            if (one == Holds::no) return Holds::no;
            if (one == Holds::unknown) out = one;
            at = end + 2;
        }
        return out;
    };
    Holds out = Holds::no;
    for (std::size_t at = 0; at <= condition.size();) {
        auto end = std::min(condition.find("||", at), condition.size());
        auto one = all(condition.substr(at, end - at));
        if (one == Holds::yes) return Holds::yes;
        if (one == Holds::unknown) out = one;
        at = end + 2;
    }
    return out;
}

std::string octal(std::string_view mode) {
    auto number = parse_number(mode, 8);
    return number && *number <= 07777 ? fmt::format("\"{:04o}\"", *number) : std::string();
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

constexpr std::array<std::pair<std::string_view, Reader>, 17> readers{{
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
    {"exit", read_nothing},
    {":", read_nothing},
    {"true", read_nothing},
}};

// The actions of a line, if each of them is one that the reader of effects/ takes.
std::optional<Words> read_command(std::string_view line) {
    auto command = plain_words(line);
    if (!command || command->empty()) return std::nullopt;
    auto reader =
        std::find_if(readers.begin(), readers.end(), [&](const auto& r) { return r.first == command->front(); });
    if (reader == readers.end() || (command->front() == "exit" && *command != Words{"exit", "0"})) return std::nullopt;
    auto actions = reader->second(*command);
    if (!actions) return std::nullopt;
    for (const auto& action : *actions) {
        auto node = yaml::parse(action, "draft");
        if (!node || !parse_action(*node)) return std::nullopt;
    }
    return actions;
}

class Recogniser {
public:
    Recogniser(const MaintainerScript& script) : m_script(script) {}

    void take(const ScriptLine& line, std::string_view text) {
        text = trim(text);
        if (!structure(text)) command(line, text);
    }
    // Lines of a block that is open when the script ends cannot be trusted, nor can anything else of it.
    [[nodiscard]] bool balanced() const { return m_blocks.empty(); }

    Draft draft;

private:
    struct Block {
        char kind;  // 'i' of if, 'c' of case, 'b' of a branch of a case
        Holds holds;
    };

    Holds now() const {
        Holds out = Holds::yes;
        for (const auto& block : m_blocks) {
            if (block.holds == Holds::no) return Holds::no;
            if (block.holds == Holds::unknown) out = Holds::unknown;
        }
        return out;
    }

    // Opens, turns and closes blocks; true if the line is one of these and all is known of it.
    bool structure(std::string_view text) {
        auto words_of = words(text);
        if (words_of.empty()) return true;
        const auto first = words_of[0];
        if (first == "if" && text.ends_with("then")) {
            auto condition = trim(text.substr(2, text.size() - 6));
            if (condition.ends_with(';')) condition.remove_suffix(1);
            auto holds = condition_holds(m_script, trim(condition));
            m_blocks.push_back({'i', holds});
            return holds != Holds::unknown;
        }
        if (text == "fi" || text == "fi;") return close('i');
        if (text == "else" && !m_blocks.empty() && m_blocks.back().kind == 'i') {
            auto& holds = m_blocks.back().holds;
            if (holds != Holds::unknown) holds = holds == Holds::yes ? Holds::no : Holds::yes;
            return true;
        }
        if (first == "case" && words_of.size() == 3 && words_of[2] == "in") {
            bool known = words_of[1] == "$1" || words_of[1] == "\"$1\"";
            m_blocks.push_back({'c', known ? Holds::yes : Holds::unknown});
            return known;
        }
        if (text == "esac") {
            if (!m_blocks.empty() && m_blocks.back().kind == 'b') m_blocks.pop_back();
            return close('c');
        }
        if (text == ";;") return close('b');
        if (!m_blocks.empty() && m_blocks.back().kind == 'c' && text.ends_with(')') && words_of.size() == 1) {
            const std::string_view wanted = m_script.script == "preinst" ? "install" : "configure";
            auto names = split(text.substr(0, text.size() - 1), '|');
            bool ours = std::find(names.begin(), names.end(), wanted) != names.end();
            m_blocks.push_back({'b', ours ? Holds::yes : Holds::no});
            return true;
        }
        return false;
    }

    bool close(char kind) {
        if (m_blocks.empty() || m_blocks.back().kind != kind) {
            m_blocks.push_back({'?', Holds::unknown});  // what follows is not understood
            return false;
        }
        m_blocks.pop_back();
        return true;
    }

    void command(const ScriptLine& line, std::string_view text) {
        if (now() == Holds::no) return;
        auto actions = now() == Holds::yes ? read_command(text) : std::nullopt;
        if (!actions) return draft.open.push_back(line);
        draft.actions.insert(draft.actions.end(), actions->begin(), actions->end());
    }

    const MaintainerScript& m_script;
    std::vector<Block> m_blocks;
};

}  // namespace

Draft draft_actions(const MaintainerScript& script, const ScriptPart& remainder) {
    Recogniser recogniser(script);
    const auto here_document = std::ranges::any_of(
        remainder.lines, [](const ScriptLine& line) { return line.text.find("<<") != std::string::npos; });
    std::string joined;
    for (std::size_t i = 0; i < remainder.lines.size(); ++i) {
        const auto& line = remainder.lines[i];
        joined += line.text;
        if (joined.ends_with('\\') && i + 1 < remainder.lines.size()) {
            joined.back() = ' ';
            continue;
        }
        recogniser.take(line, joined);
        joined.clear();
    }
    if (here_document || !recogniser.balanced()) return {{}, remainder.lines};
    return std::move(recogniser.draft);
}

std::string draft_entry(const MaintainerScript& script, const ScriptPart& remainder) {
    const auto draft = draft_actions(script, remainder);
    auto out = fmt::format("  - script: {}\n    remainder: [{}]  # {}\n", script.name(), remainder.digest.hex(),
                           script.version);
    if (!draft.actions.empty()) {
        out += "    actions:\n";
        for (const auto& action : draft.actions) out += "      - " + action + "\n";
    } else if (draft.open.empty()) {
        out += "    none: acts on an upgrade from an older version, and on a first installation there is none\n";
    } else {
        out += "    none: WHY IT CHANGES NOTHING\n";
    }
    if (draft.open.empty()) return out;
    out +=
        "    # Open: these lines are not understood. Say what they do, or why an image does without, and remove "
        "them.\n";
    for (const auto& line : draft.open)
        out += fmt::format("    # {:>4} | {}\n", line.number, printable(line.text, 200));
    return out;
}

}  // namespace pith::compose
