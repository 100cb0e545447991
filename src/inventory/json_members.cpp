#include "inventory/json_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace pith::inventory {

namespace {

constexpr std::size_t most_depth = 64, released_at_once = 4 * MiB;
constexpr std::string_view space = " \t\r\n";

// Which characters a container that is passed over is judged by.
constexpr auto marks = [] {
    std::array<bool, 256> out{};
    for (char c : std::string_view("\"{}[]")) out[static_cast<unsigned char>(c)] = true;
    return out;
}();

class Sieve {
public:
    Sieve(std::string_view text, std::span<const std::string_view> names, Memory memory)
        : m_text(text), m_names(names), m_memory(memory) {}

    Result<std::string> run() {
        if (m_text.starts_with("\xEF\xBB\xBF")) m_at = 3;  // a byte order mark
        TRY(copy(0));
        pass_space();
        if (m_at != m_text.size()) return broken("something follows its end");
        return std::move(m_out);
    }

private:
    std::unexpected<Error> broken(std::string_view why) const {
        return fail(ErrorCode::format, fmt::format("not JSON: {} at byte {}", why, m_at));
    }
    static std::unexpected<Error> too_deep() {
        return fail(ErrorCode::limit, fmt::format("JSON nested deeper than {} levels", most_depth));
    }

    char next() {
        pass_space();
        return m_at < m_text.size() ? m_text[m_at] : '\0';
    }
    void pass_space() { m_at = std::min(m_text.find_first_not_of(space, m_at), m_text.size()); }
    void put(std::size_t begin) { m_out += m_text.substr(begin, m_at - begin); }

    // From its first quote to behind its last.
    Result<> pass_string() {
        for (auto at = m_at + 1; (at = m_text.find('"', at)) != m_text.npos; ++at) {
            auto before = at;
            while (m_text[before - 1] == '\\') --before;
            if ((at - before) % 2 != 0) continue;
            m_at = at + 1;
            return {};
        }
        return broken("a text without an end");
    }

    Result<> pass_container() {
        std::array<char, most_depth> ends{};
        std::size_t depth = 0;
        do {
            while (m_at < m_text.size() && !marks[static_cast<unsigned char>(m_text[m_at])]) ++m_at;
            if (m_at == m_text.size()) return broken("it ends early");
            char c = m_text[m_at];
            if (c == '"') {
                TRY(pass_string());
                continue;
            }
            ++m_at;
            if (c == '{' || c == '[') {
                if (depth == most_depth) return too_deep();
                ends[depth++] = c == '{' ? '}' : ']';
            } else if (ends[--depth] != c) {
                return broken(fmt::format("'{}' in the wrong place", c));
            }
        } while (depth > 0);
        return {};
    }

    Result<> pass() {
        char c = next();
        if (c == '"') return pass_string();
        if (c == '{' || c == '[') return pass_container();
        auto begin = m_at;
        m_at = std::min(m_text.find_first_of(" \t\r\n,]}", m_at), m_text.size());
        if (m_at == begin) return broken("a value is missing");
        return {};
    }

    Result<> copy(std::size_t depth) {
        if (depth > most_depth) return too_deep();
        char c = next();
        if (c == '{') return copy_members(depth);
        if (c == '[') return copy_items(depth);
        auto begin = m_at;
        TRY(pass());
        put(begin);
        return {};
    }

    // What begins with the bracket at hand: each of its parts, to its end.
    template <class Part>
    Result<> copy_parts(char end, Part part) {
        m_out += m_text[m_at++];
        if (next() != end) {
            for (;;) {
                TRY(part());
                release();
                char c = next();
                if (c == end) break;
                if (c != ',') return broken(c == '\0' ? "it ends early" : "a comma is missing");
                ++m_at;
            }
        }
        ++m_at;
        // The comma behind what was kept last.
        if (m_out.back() == ',') m_out.pop_back();
        m_out += end;
        return {};
    }

    Result<> copy_items(std::size_t depth) {
        return copy_parts(']', [&]() -> Result<> {
            TRY(copy(depth + 1));
            m_out += ',';
            return {};
        });
    }

    // Of two members of one name, parsers take the one or the other, and what the other says would go unseen.
    Result<> copy_members(std::size_t depth) {
        std::vector<std::string_view> had;
        return copy_parts('}', [&]() -> Result<> {
            if (next() != '"') return broken("a name is missing");
            auto begin = m_at;
            TRY(pass_string());
            auto name = m_text.substr(begin, m_at - begin);
            if (next() != ':') return broken("a colon is missing");
            ++m_at;
            bool kept = name.contains('\\') || std::ranges::count(m_names, name.substr(1, name.size() - 2)) > 0;
            if (!kept) return pass();
            if (std::ranges::count(had, name) > 0) return broken(fmt::format("a second {}", printable(name)));
            had.push_back(name);
            m_out += name;
            m_out += ':';
            TRY(copy(depth + 1));
            m_out += ',';
            return {};
        });
    }

    void release() {
        if (m_memory != Memory::mapped || m_at - m_released < released_at_once) return;
        MappedFile::release(as_bytes(m_text.substr(m_released, m_at - m_released)));
        m_released = m_at;
    }

    std::string_view m_text;
    std::span<const std::string_view> m_names;
    Memory m_memory;
    std::size_t m_at = 0, m_released = 0;
    std::string m_out;
};

}  // namespace

Result<std::string> keep_members(std::string_view text, std::span<const std::string_view> names, Memory memory) {
    return Sieve(text, names, memory).run();
}

}  // namespace pith::inventory
