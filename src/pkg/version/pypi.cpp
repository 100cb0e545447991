// PEP 440: [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]. A version becomes a key; keys compare part by part. What PEP
// 440 refuses is compared as packaging's LegacyVersion did, and comes before every valid one.
#include <string>
#include <vector>

#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

namespace {

// Where a version without the part stands: 1.dev1 < 1a1 < 1rc1 < 1 < 1.post1.
enum class Pre { dev_only, alpha, beta, candidate, none };

struct Key {
    std::string_view epoch, release;
    Pre pre = Pre::none;
    std::string_view pre_number, post_number, dev_number, local;
    bool post = false, dev = false;
};

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

struct PreName {
    std::string_view name;
    Pre pre;
};
constexpr PreName pre_names[] = {
    {"alpha", Pre::alpha}, {"a", Pre::alpha},      {"beta", Pre::beta},         {"b", Pre::beta},
    {"c", Pre::candidate}, {"rc", Pre::candidate}, {"preview", Pre::candidate}, {"pre", Pre::candidate}};

// Reads a normalised (lower case, trimmed) version piece by piece; `ok` is false where it is none of PEP 440.
class Reader {
public:
    explicit Reader(std::string_view text) : m_rest(text) {}

    bool read(Key& key) {
        if (m_rest.starts_with('v')) m_rest.remove_prefix(1);
        auto first = take_while(m_rest, is_digit);
        if (first.empty()) return false;
        if (m_rest.starts_with('!')) {
            key.epoch = first;
            m_rest.remove_prefix(1);
            first = take_while(m_rest, is_digit);
            if (first.empty()) return false;
        }
        const char* end = first.data() + first.size();
        while (m_rest.size() > 1 && m_rest[0] == '.' && is_digit(m_rest[1])) {
            m_rest.remove_prefix(1);
            auto number = take_while(m_rest, is_digit);
            end = number.data() + number.size();
        }
        key.release = {first.data(), static_cast<std::size_t>(end - first.data())};
        read_pre(key);
        read_post(key);
        key.dev = take_word({"dev"}, key.dev_number).data() != nullptr;
        return read_local(key) && m_rest.empty();
    }

private:
    // [separator] NAME [separator] [number]; gives the name, a null view if none of the names is there.
    std::string_view take_word(std::initializer_list<std::string_view> names, std::string_view& number) {
        auto rest = m_rest;
        if (!rest.empty() && is_separator(rest[0])) rest.remove_prefix(1);
        auto word = take_while(rest, is_letter);
        if (word.empty() || std::ranges::find(names, word) == names.end()) return {};
        auto after = rest;
        if (!after.empty() && is_separator(after[0])) after.remove_prefix(1);
        number = take_while(after, is_digit);
        m_rest = number.empty() ? rest : after;
        return word;
    }

    void read_pre(Key& key) {
        auto word = take_word({"alpha", "a", "beta", "b", "c", "rc", "preview", "pre"}, key.pre_number);
        for (const auto& known : pre_names)
            if (known.name == word) key.pre = known.pre;
    }

    void read_post(Key& key) {
        if (m_rest.size() > 1 && m_rest[0] == '-' && is_digit(m_rest[1])) {  // "1.0-1"
            m_rest.remove_prefix(1);
            key.post_number = take_while(m_rest, is_digit);
            key.post = true;
            return;
        }
        key.post = take_word({"post", "rev", "r"}, key.post_number).data() != nullptr;
    }

    bool read_local(Key& key) {
        if (!m_rest.starts_with('+')) return true;
        key.local = m_rest.substr(1);
        bool good = !key.local.empty() && std::ranges::all_of(key.local, [](char c) {
            return is_digit(c) || is_letter(c) || is_separator(c);
        });
        m_rest = {};
        return good && !is_separator(key.local.front()) && !is_separator(key.local.back());
    }

    std::string_view m_rest;
};

int compare_release(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty())
        if (int order = compare_digits(take_part(a, "."), take_part(b, "."))) return order;
    return 0;
}

// A local part of numbers is newer than one of letters; more parts are newer.
int compare_local(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        auto x = take_part(a, ".-_"), y = take_part(b, ".-_");
        bool number_x = is_number(x), number_y = is_number(y);
        if (number_x != number_y) return number_x ? 1 : -1;
        if (int order = number_x ? compare_digits(x, y) : sign(x.compare(y))) return order;
    }
    return int(!a.empty()) - int(!b.empty());
}

int compare_keys(const Key& a, const Key& b) {
    if (int order = compare_digits(a.epoch, b.epoch)) return order;
    if (int order = compare_release(a.release, b.release)) return order;
    auto pre_of = [](const Key& key) { return key.pre == Pre::none && !key.post && key.dev ? Pre::dev_only : key.pre; };
    if (pre_of(a) != pre_of(b)) return pre_of(a) < pre_of(b) ? -1 : 1;
    if (int order = compare_digits(a.pre_number, b.pre_number)) return order;
    if (a.post != b.post) return a.post ? 1 : -1;
    if (int order = compare_digits(a.post_number, b.post_number)) return order;
    if (a.dev != b.dev) return a.dev ? -1 : 1;
    if (int order = compare_digits(a.dev_number, b.dev_number)) return order;
    return compare_local(a.local, b.local);
}

// The parts of a legacy version: numbers padded with zeros, words with '*' before them, "*final" at the end.
std::vector<std::string> legacy_parts(std::string_view text) {
    std::vector<std::string> out;
    auto add = [&out](std::string part) {
        if (part.starts_with('*')) {
            if (part < "*final")
                while (!out.empty() && out.back() == "*final-") out.pop_back();
            while (!out.empty() && out.back() == "00000000") out.pop_back();
        }
        out.push_back(std::move(part));
    };
    while (!text.empty()) {
        if (is_digit(text[0])) {
            auto digits = take_while(text, is_digit);
            std::string zeros(8 - std::min<std::size_t>(8, digits.size()), '0');
            add(zeros + std::string(digits));
        } else if (text[0] >= 'a' && text[0] <= 'z') {
            auto word = take_while(text, is_letter);
            if (word == "pre" || word == "preview" || word == "rc") word = "c";
            add("*" + std::string(word == "dev" ? "@" : word));
        } else {
            auto mark = text[0];
            text.remove_prefix(1);
            if (mark == '-') add("*final-");
            if (mark != '-' && mark != '.') add("*" + std::string(1, mark));
        }
    }
    add("*final");
    return out;
}

std::string normal(std::string_view text) {
    std::string out(text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size())));
    out.erase(out.find_last_not_of(" \t\r\n") + 1);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

}  // namespace

int compare_pypi(std::string_view a, std::string_view b) {
    auto left = normal(a), right = normal(b);
    Key key_a, key_b;
    bool valid_a = Reader(left).read(key_a), valid_b = Reader(right).read(key_b);
    if (valid_a != valid_b) return valid_a ? 1 : -1;
    if (valid_a) return compare_keys(key_a, key_b);
    auto order = legacy_parts(left) <=> legacy_parts(right);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace pith::pkg::version
