// rpmvercmp walks both texts segment by segment: runs of digits or of letters. '~' comes before the end of the text,
// '^' after it but before anything else; every other character only separates.
#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

namespace {

bool is_separator(char c) { return !is_digit(c) && !is_letter(c) && c != '~' && c != '^'; }

// -1, 0, 1 if '~' or '^' decides; nothing is decided by 2.
constexpr int undecided = 2;

int compare_marks(std::string_view& a, std::string_view& b) {
    for (auto [mark, lone] : {std::pair{'~', -1}, std::pair{'^', 1}}) {
        bool in_a = a.starts_with(mark), in_b = b.starts_with(mark);
        if (!in_a && !in_b) continue;
        if (in_a && in_b) {
            a.remove_prefix(1);
            b.remove_prefix(1);
            return 0;
        }
        // '^' is newer than the end of the other text, and older than whatever else stands there.
        bool other_ends = in_a ? b.empty() : a.empty();
        int order = mark == '~' || other_ends ? lone : -lone;
        return in_a ? order : -order;
    }
    return undecided;
}

int compare_part(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty()) {
        (void)take_while(a, is_separator);
        (void)take_while(b, is_separator);
        if (int marks = compare_marks(a, b); marks != undecided) {
            if (marks != 0) return marks;
            continue;
        }
        if (a.empty() || b.empty()) break;
        bool numeric = is_digit(a[0]);
        auto left = take_while(a, numeric ? is_digit : is_letter);
        auto right = take_while(b, numeric ? is_digit : is_letter);
        if (right.empty()) return numeric ? 1 : -1;  // a number is newer than letters
        int order = numeric ? compare_digits(left, right) : sign(left.compare(right));
        if (order != 0) return order;
    }
    return int(!a.empty()) - int(!b.empty());
}

struct Parts {
    std::string_view epoch, version, release;
    bool has_release = false;
};

Parts take_apart(std::string_view text) {
    Parts out;
    auto colon = text.find(':');
    if (colon != text.npos && is_number(text.substr(0, colon))) {
        out.epoch = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    auto hyphen = text.find('-');
    out.version = text.substr(0, hyphen);
    out.has_release = hyphen != text.npos;
    if (out.has_release) out.release = text.substr(hyphen + 1);
    return out;
}

}  // namespace

int compare_rpm(std::string_view a, std::string_view b) {
    auto left = take_apart(a), right = take_apart(b);
    if (int order = compare_digits(left.epoch, right.epoch)) return order;
    if (int order = compare_part(left.version, right.version)) return order;
    if (left.has_release != right.has_release) return left.has_release ? 1 : -1;
    return compare_part(left.release, right.release);
}

}  // namespace pith::pkg::version
