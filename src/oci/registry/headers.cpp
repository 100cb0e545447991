#include "oci/registry/headers.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace pith::oci::registry {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

// RFC 9110, section 5.6: what a header is made of.
class Scanner {
public:
    explicit Scanner(std::string_view text) : m_rest(text) {}

    [[nodiscard]] bool at_end() const { return m_rest.empty(); }
    void skip_space() { m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \t"), m_rest.size())); }
    void skip_separators() { m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \t,"), m_rest.size())); }
    bool take(char c) {
        if (!m_rest.starts_with(c)) return false;
        m_rest.remove_prefix(1);
        return true;
    }
    std::string_view until(std::string_view ends) {
        auto out = m_rest.substr(0, m_rest.find_first_of(ends));
        m_rest.remove_prefix(out.size());
        return out;
    }
    std::string_view token() { return until(" \t,;=\"<>"); }
    // A token, or a text in quotes; nothing where the quotes do not end.
    std::optional<std::string> value() {
        if (!take('"')) return std::string(token());
        std::string out;
        while (!m_rest.empty()) {
            if (take('"')) return out;
            (void)take('\\');
            if (m_rest.empty()) break;
            out += m_rest.front();
            m_rest.remove_prefix(1);
        }
        return std::nullopt;
    }

private:
    std::string_view m_rest;
};

// " ; name=value" after a link's target: is one of the words of its rel "next"? False at the end as well.
bool leads_on(Scanner& scanner) {
    bool next = false;
    for (;;) {
        scanner.skip_space();
        if (!scanner.take(';')) return next;
        scanner.skip_space();
        auto name = lower(scanner.token());
        scanner.skip_space();
        if (!scanner.take('=')) continue;
        scanner.skip_space();
        auto value = scanner.value();
        if (!value) return false;
        if (name == "rel") next = std::ranges::count(words(lower(*value)), "next") > 0;
    }
}

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
    auto found = parameters.find(name);
    return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> read_challenges(std::string_view header) {
    std::vector<Challenge> out;
    Scanner scanner(header);
    for (;;) {
        scanner.skip_separators();
        auto name = lower(scanner.token());
        if (name.empty()) return out;
        scanner.skip_space();
        if (!scanner.take('=')) {  // a scheme, not a parameter of the one before
            out.push_back({std::move(name), {}});
            continue;
        }
        scanner.skip_space();
        auto value = scanner.value();
        if (!value || out.empty()) return out;
        out.back().parameters.insert_or_assign(std::move(name), std::move(*value));
    }
}

std::string next_link(std::string_view header) {
    Scanner scanner(header);
    for (;;) {
        scanner.skip_separators();
        if (!scanner.take('<')) return {};
        auto target = scanner.until(">");
        if (!scanner.take('>')) return {};
        if (leads_on(scanner)) return std::string(target);
    }
}

std::optional<std::uint64_t> uploaded(std::string_view range) {
    range = trim(range);
    if (range.starts_with("bytes=")) range.remove_prefix(6);
    if (!range.starts_with("0-")) return std::nullopt;
    auto last = parse_number(range.substr(2));
    if (!last || *last == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
    return *last + 1;
}

std::string media_type_of(std::string_view content_type) {
    return lower(trim(content_type.substr(0, content_type.find(';'))));
}

}  // namespace pith::oci::registry
