// PHP's version_compare(): parts between '.', '-', '_', '+' and where digits meet letters. Words have a fixed place:
// any other < dev < alpha < beta < RC < a number ("#") < pl.
#include <array>

#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

namespace {

bool is_separator(char c) { return std::string_view(".-_+").contains(c); }
bool is_word(char c) { return !is_digit(c) && !is_separator(c); }

constexpr std::string_view any_number = "#";

// The place of each word, told by its beginning.
struct Word {
    std::string_view name;
    int place;
};
constexpr std::array word_places = {Word{"dev", 0}, Word{"a", 1}, Word{"b", 2}, Word{"rc", 3},
                                    Word{"RC", 3},  Word{"#", 4}, Word{"p", 5}};

int place_of(std::string_view word) {
    if (is_number(word)) word = any_number;
    for (const auto& known : word_places)
        if (word.starts_with(known.name)) return known.place;
    return -1;
}

std::string_view next(std::string_view& text) {
    (void)take_while(text, is_separator);
    return !text.empty() && is_digit(text[0]) ? take_while(text, is_digit) : take_while(text, is_word);
}

std::string_view without_v(std::string_view text) {
    return text.starts_with('v') || text.starts_with('V') ? text.substr(1) : text;
}

// What is left of the longer text, from `first` on, against nothing: a number more is newer, a word counts by its
// place.
int compare_rest(std::string_view first, std::string_view rest) {
    for (auto part = first; !part.empty(); part = next(rest)) {
        if (is_number(part)) return 1;
        if (int order = sign(place_of(part) - place_of(any_number))) return order;
    }
    return 0;
}

}  // namespace

int compare_packagist(std::string_view a, std::string_view b) {
    a = without_v(a);
    b = without_v(b);
    while (true) {
        auto x = next(a), y = next(b);
        if (x.empty() && y.empty()) return 0;
        if (x.empty()) return -compare_rest(y, b);
        if (y.empty()) return compare_rest(x, a);
        int order = is_number(x) && is_number(y) ? compare_digits(x, y) : sign(place_of(x) - place_of(y));
        if (order != 0) return order;
    }
}

}  // namespace pith::pkg::version
