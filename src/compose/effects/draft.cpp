#include "compose/effects/draft.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/effects/draft_commands.h"

namespace pith::compose {

namespace {

using Words = std::vector<std::string>;

// What is known of a condition on a first installation.
enum class Holds { yes, no, unknown };

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

// Tests joined by && hold if all do, by || if one does; a mixture is not read.
Holds condition_holds(const MaintainerScript& script, std::string_view condition) {
    const bool all = condition.find("||") == std::string_view::npos;
    if (!all && condition.find("&&") != std::string_view::npos) return Holds::unknown;
    const Holds decides = all ? Holds::no : Holds::yes;
    Holds out = all ? Holds::yes : Holds::no;
    for (std::size_t at = 0; at <= condition.size();) {
        auto end = std::min(condition.find(all ? "&&" : "||", at), condition.size());
        auto one = test_holds(script, trim(condition.substr(at, end - at)));
        if (one == decides) return one;
        if (one == Holds::unknown) out = one;
        at = end + 2;
    }
    return out;
}

// True if what follows the line may depend on it: it opens, closes or leaves something, or a quote stays open. Of a
// line that is not reached only the nesting counts.
bool steers(std::string_view line, bool reached) {
    static constexpr std::array<std::string_view, 7> nesting{"if", "then", "elif", "else", "fi", "case", "esac"};
    static constexpr std::array<std::string_view, 15> leading{"for",      "while", "until",  "do",    "done",
                                                              "{",        "}",     "exit",   "exec",  "function",
                                                              "continue", "eval",  "return", "shift", "break"};
    for (auto word : words(line)) {
        if (word.ends_with(';')) word.remove_suffix(1);
        if (std::ranges::find(nesting, word) != nesting.end()) return true;
        if (reached && std::ranges::find(leading, word) != leading.end()) return true;
    }
    auto count = [&](char c) { return std::count(line.begin(), line.end(), c); };
    return (reached && line.find("()") != std::string_view::npos) || line.find(";;") != std::string_view::npos ||
           count('(') != count(')') || count('"') % 2 != 0 || count('\'') % 2 != 0 || count('`') % 2 != 0;
}

class Recogniser {
public:
    explicit Recogniser(const MaintainerScript& script) : m_script(script) {}

    // One command, which may go over several lines that end in a backslash.
    void take(std::span<const ScriptLine> lines, std::string_view text) {
        if (m_left) return;
        auto open = [&] { draft.open.insert(draft.open.end(), lines.begin(), lines.end()); };
        text = trim(text);
        if (m_lost) return open();
        if (auto known = structure(text)) return *known ? void() : open();
        const bool reached = now() != Holds::no;
        if (!reached && !steers(text, reached)) return;
        if (now() == Holds::yes) {
            if (text == "exit 0") {
                m_left = true;
                return;
            }
            if (auto actions = read_command(text)) {
                for (auto& action : *actions) draft.actions.push_back(for_any_architecture(std::move(action)));
                return;
            }
        }
        m_lost = steers(text, reached);
        open();
    }

    // Something that is left open cannot be trusted, nor can anything else of the script.
    [[nodiscard]] bool finished() const { return m_left || m_lost || m_blocks.empty(); }

    Draft draft;

private:
    struct Block {
        char kind;  // 'i' of if, 'c' of case, 'b' of a branch of a case
        Holds holds;
        bool taken = false;  // of a case: an earlier branch is the one for this call
    };

    Holds now() const {
        Holds out = Holds::yes;
        for (const auto& block : m_blocks) {
            if (block.holds == Holds::no) return Holds::no;
            if (block.holds == Holds::unknown) out = Holds::unknown;
        }
        return out;
    }

    bool inside(char kind) const { return !m_blocks.empty() && m_blocks.back().kind == kind; }

    // The triplet as an entry writes it, so that it holds for other architectures as well.
    std::string for_any_architecture(std::string action) const {
        const auto triplet = multiarch_triplet(m_script.architecture);
        for (auto at = action.find(triplet); !triplet.empty() && at != std::string::npos; at = action.find(triplet))
            action.replace(at, triplet.size(), "@TRIPLET@");
        return action;
    }

    // Opens, turns or closes a block. Nothing if the line does none of it; false if its condition is not known.
    std::optional<bool> structure(std::string_view text) {
        const auto parts = words(text);
        if (parts.size() > 1 && parts[0] == "if" && parts.back() == "then") return open_if(text);
        if (parts.size() == 3 && parts[0] == "case" && parts[2] == "in") {
            bool known = parts[1] == "$1" || parts[1] == "\"$1\"";
            m_blocks.push_back({'c', known ? Holds::yes : Holds::unknown});
            return known || now() == Holds::no;
        }
        if (inside('c') && parts.size() == 1 && text.ends_with(')'))
            return open_branch(text.substr(0, text.size() - 1));
        if (inside('i') && text == "else") {
            auto& holds = m_blocks.back().holds;
            if (holds != Holds::unknown) holds = holds == Holds::yes ? Holds::no : Holds::yes;
            return true;
        }
        if (text == "esac" && inside('b')) m_blocks.pop_back();
        if ((text == "fi" && inside('i')) || (text == "esac" && inside('c')) || (text == ";;" && inside('b'))) {
            m_blocks.pop_back();
            return true;
        }
        return std::nullopt;
    }

    bool open_if(std::string_view text) {
        auto condition = trim(text.substr(2, text.size() - 6));
        if (condition.ends_with(';')) condition = trim(condition.substr(0, condition.size() - 1));
        const auto around = now();
        m_blocks.push_back({'i', condition_holds(m_script, condition)});
        return m_blocks.back().holds != Holds::unknown || around == Holds::no;
    }

    // "install|upgrade"; the first branch that fits a call is taken.
    std::optional<bool> open_branch(std::string_view patterns) {
        auto& block = m_blocks.back();
        const std::string_view wanted = m_script.script == "preinst" ? "install" : "configure";
        bool ours = false;
        for (auto pattern : split(patterns, '|')) {
            if (pattern.size() > 1 && pattern.front() == '"' && pattern.back() == '"')
                pattern = pattern.substr(1, pattern.size() - 2);
            if (pattern != "*" && pattern.find_first_of("*?[(\"'$\\") != std::string_view::npos) return std::nullopt;
            ours = ours || pattern == wanted || pattern == "*";
        }
        const bool taken = std::exchange(block.taken, block.taken || ours);
        m_blocks.push_back({'b', ours && !taken ? Holds::yes : Holds::no});
        return true;
    }

    const MaintainerScript& m_script;
    std::vector<Block> m_blocks;
    bool m_left = false;  // by "exit 0"
    bool m_lost = false;  // in something that is not understood
};

}  // namespace

Draft draft_actions(const MaintainerScript& script, const ScriptPart& remainder) {
    const std::span<const ScriptLine> lines(remainder.lines);
    for (const auto& line : lines)
        if (line.text.find("<<") != std::string::npos)
            return {{}, remainder.lines};  // a here-document may hold anything
    Recogniser recogniser(script);
    std::string joined;
    for (std::size_t i = 0, from = 0; i < lines.size(); ++i) {
        joined += lines[i].text;
        if (joined.ends_with('\\') && i + 1 < lines.size()) {
            joined.back() = ' ';
            continue;
        }
        recogniser.take(lines.subspan(from, i + 1 - from), joined);
        joined.clear();
        from = i + 1;
    }
    if (!recogniser.finished()) return {{}, remainder.lines};
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
