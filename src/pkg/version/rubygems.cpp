// Segments are runs of digits or of letters, whatever stands between them. Zeros at the end of the numbers before the
// first letters, and at the very end, do not count.
#include <vector>

#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

namespace {

using Segments = std::vector<std::string_view>;

bool is_zero(std::string_view segment) { return segment.find_first_not_of('0') == segment.npos; }

Segments segments_of(std::string_view text) {
    Segments out;
    bool letters_seen = false;
    auto drop_zeros = [&out] {
        while (!out.empty() && is_digit(out.back()[0]) && is_zero(out.back())) out.pop_back();
    };
    while (!text.empty()) {
        if (is_digit(text[0])) {
            out.push_back(take_while(text, is_digit));
        } else if (is_letter(text[0])) {
            if (!letters_seen) drop_zeros();
            letters_seen = true;
            out.push_back(take_while(text, is_letter));
        } else if (text[0] == '-') {  // "1-2" stands for "1.pre.2"
            if (!letters_seen) drop_zeros();
            letters_seen = true;
            out.emplace_back("pre");
            text.remove_prefix(1);
        } else {
            text.remove_prefix(1);
        }
    }
    drop_zeros();
    return out;
}

}  // namespace

int compare_rubygems(std::string_view a, std::string_view b) {
    auto left = segments_of(a), right = segments_of(b);
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        auto x = i < left.size() ? left[i] : "0", y = i < right.size() ? right[i] : "0";
        bool number_x = is_digit(x[0]), number_y = is_digit(y[0]);
        if (number_x != number_y) return number_x ? 1 : -1;
        if (int order = number_x ? compare_digits(x, y) : sign(x.compare(y))) return order;
    }
    return 0;
}

}  // namespace pith::pkg::version
