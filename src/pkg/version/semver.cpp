// Semantic Versioning and its kin: leading numbers, then a pre-release after '-', then build metadata after '+'.
#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

namespace {

struct Parts {
    std::string_view numbers, pre_release, build;
};

// With `most_numbers`, what follows so many numbers is build metadata: 1.2.3.4 is 1.2.3 and "4".
Parts take_apart(std::string_view text, int most_numbers) {
    if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
    Parts out;
    auto plus = std::min(text.find('+'), text.size());
    out.build = text.substr(std::min(plus + 1, text.size()));
    text = text.substr(0, plus);
    std::size_t end = 0;
    int numbers = 0;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) {
        if (text[end] == '.' && ++numbers == most_numbers) break;
        ++end;
    }
    out.numbers = text.substr(0, end);
    auto rest = text.substr(end);
    if (rest.starts_with('-'))
        out.pre_release = rest.substr(1);
    else if (rest.starts_with('.'))
        out.build = rest.substr(1);
    else
        out.pre_release = rest;  // "1.0beta" is no Semantic Version; it is taken for a pre-release
    return out;
}

int compare_numbers(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty())
        if (int order = compare_digits(take_part(a, "."), take_part(b, "."))) return order;
    return 0;
}

int compare_text(std::string_view a, std::string_view b, bool ignore_case) {
    if (!ignore_case) return sign(a.compare(b));
    auto order = std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(),
                                                        [](char x, char y) { return lower(x) <=> lower(y); });
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// Identifiers between dots; fewer are older, a number is older than a text.
int compare_identifiers(std::string_view a, std::string_view b, bool ignore_case) {
    while (!a.empty() && !b.empty()) {
        auto left = take_part(a, "."), right = take_part(b, ".");
        bool number_a = is_number(left), number_b = is_number(right);
        int order = number_a && number_b   ? compare_digits(left, right)
                    : number_a != number_b ? (number_a ? -1 : 1)
                                           : compare_text(left, right, ignore_case);
        if (order != 0) return order;
    }
    return int(!a.empty()) - int(!b.empty());
}

int compare_parts(const Parts& a, const Parts& b, bool ignore_case) {
    if (int order = compare_numbers(a.numbers, b.numbers)) return order;
    if (a.pre_release.empty() != b.pre_release.empty()) return a.pre_release.empty() ? 1 : -1;
    return compare_identifiers(a.pre_release, b.pre_release, ignore_case);
}

constexpr int any_number = 1'000'000;

}  // namespace

int compare_semver(std::string_view a, std::string_view b) {
    return compare_parts(take_apart(a, 3), take_apart(b, 3), false);
}

int compare_nuget(std::string_view a, std::string_view b) {
    return compare_parts(take_apart(a, any_number), take_apart(b, any_number), true);
}

int compare_pub(std::string_view a, std::string_view b) {
    auto left = take_apart(a, 3), right = take_apart(b, 3);
    if (int order = compare_parts(left, right, false)) return order;
    return compare_identifiers(left.build, right.build, false);
}

}  // namespace pith::pkg::version
