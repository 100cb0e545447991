// Tokens are runs of digits or of letters; '.' and '-' stand between them, and a change from one kind to the other is
// a '-'. Empty tokens are 0. Zeros and release words before a '-' or at the end do not count. A text that ends first
// is padded with what its counterpart's separator makes neutral.
#include <string>
#include <vector>

#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

namespace {

struct Token {
    char before = '-';
    std::string text;
    bool number = false;
};

std::string_view plain_word(std::string_view word, bool digit_follows) {
    if (digit_follows) {
        if (word == "a") return "alpha";
        if (word == "b") return "beta";
        if (word == "m") return "milestone";
    }
    if (word == "cr") return "rc";
    return word == "ga" || word == "final" || word == "release" ? "" : word;
}

bool is_neutral(const Token& token) {
    return token.number ? token.text.find_first_not_of('0') == std::string::npos : token.text.empty();
}

// Removes the neutral tokens at the end, and those before each '-'.
void trim_neutral(std::vector<Token>& tokens) {
    std::vector<Token> out;
    for (auto& token : tokens) {
        if (token.before == '-')
            while (out.size() > 1 && is_neutral(out.back())) out.pop_back();
        out.push_back(std::move(token));
    }
    while (out.size() > 1 && is_neutral(out.back())) out.pop_back();
    tokens = std::move(out);
}

bool is_word(char c) { return !is_digit(c) && c != '.' && c != '-'; }

std::vector<Token> tokens_of(std::string_view version) {
    std::vector<Token> out;
    std::string lower_case(version);
    std::ranges::transform(lower_case, lower_case.begin(), lower);
    std::string_view text = lower_case;
    char before = '-';
    while (true) {
        if (text.empty() || text[0] == '.' || text[0] == '-') {
            out.push_back({before, "0", true});
        } else if (is_digit(text[0])) {
            out.push_back({before, std::string(take_while(text, is_digit)), true});
        } else {
            auto word = take_while(text, is_word);
            bool digit_follows = !text.empty() && is_digit(text[0]);
            out.push_back({before, std::string(plain_word(word, digit_follows)), false});
        }
        if (text.empty()) break;
        bool separated = text[0] == '.' || text[0] == '-';
        before = separated ? text[0] : '-';
        if (separated) text.remove_prefix(1);
    }
    trim_neutral(out);
    return out;
}

// alpha < beta < milestone < rc < snapshot < "" < sp < any other word < a number behind '-' < one behind '.'
int place(const Token& token) {
    constexpr std::string_view known[] = {"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"};
    constexpr int words_end = static_cast<int>(std::size(known));
    if (token.number) return token.before == '.' ? words_end + 2 : words_end + 1;
    const auto* found = std::ranges::find(known, token.text);
    return static_cast<int>(found - known);
}

// What stands for a token that is not there.
Token padding(const Token& counterpart) {
    return counterpart.number ? Token{counterpart.before, "0", true} : Token{counterpart.before, "", false};
}

// Of two words, one behind '.' comes before any behind '-'.
int compare_tokens(const Token& a, const Token& b) {
    if (a.number && b.number && a.before == b.before) return compare_digits(a.text, b.text);
    if (!a.number && !b.number && a.before != b.before) return a.before == '.' ? -1 : 1;
    if (int order = place(a) - place(b)) return sign(order);
    return a.number ? compare_digits(a.text, b.text) : sign(a.text.compare(b.text));
}

}  // namespace

int compare_maven(std::string_view a, std::string_view b) {
    auto left = tokens_of(a), right = tokens_of(b);
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        auto x = i < left.size() ? left[i] : padding(right[i]);
        auto y = i < right.size() ? right[i] : padding(left[i]);
        if (int order = compare_tokens(x, y)) return order;
    }
    return 0;
}

}  // namespace pith::pkg::version
