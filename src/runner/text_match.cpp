// The C library's matcher: std::regex recurses once a character and runs out of stack on long output.
#include "runner/text_match.h"

#include <fmt/format.h>
#include <regex.h>

#include "base/bytes.h"
#include "base/text.h"

namespace pith::runner {

namespace {

constexpr std::size_t most_text = 256 * KiB;

// Back-references cost exponential time.
bool has_back_reference(std::string_view pattern) {
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i)
        if (pattern[i] == '\\' && pattern[++i] >= '1' && pattern[i] <= '9') return true;
    return false;
}

}  // namespace

Result<bool> finds(const std::string& pattern, std::string_view text) {
    if (has_back_reference(pattern))
        return fail(ErrorCode::usage,
                    fmt::format("regular expression '{}': back-references are not supported", printable(pattern)));
    regex_t compiled;
    if (int code = ::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB | REG_NEWLINE); code != 0) {
        char message[200];
        ::regerror(code, &compiled, message, sizeof message);
        return fail(ErrorCode::usage, fmt::format("regular expression '{}': {}", printable(pattern), message));
    }
    text = text.substr(0, most_text);
    // With REG_STARTEND the text is bounded by its length, so it may hold zero bytes.
    regmatch_t range{0, static_cast<regoff_t>(text.size())};
    int code = ::regexec(&compiled, text.data() ? text.data() : "", 1, &range, REG_STARTEND);
    ::regfree(&compiled);
    if (code != 0 && code != REG_NOMATCH)
        return fail(ErrorCode::limit,
                    fmt::format("regular expression '{}': no memory left to search with it", printable(pattern)));
    return code == 0;
}

}  // namespace pith::runner
