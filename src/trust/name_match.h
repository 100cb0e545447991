// Which names are accepted: one, exactly; or those that a regular expression (RE2, the syntax of Go and cosign) matches
// from beginning to end. Anchoring is not left to the pattern: "https://github.com/me" must not accept
// "https://evil.example/?https://github.com/me". Matching takes linear time. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace pith::trust {

class NameMatch {
public:
    [[nodiscard]] static NameMatch exactly(std::string name);
    [[nodiscard]] static Result<NameMatch> pattern(std::string expression);  // usage error if it is none

    [[nodiscard]] bool accepts(std::string_view name) const;
    [[nodiscard]] std::string text() const;  // "'…'", or "a name that matches '…'"

private:
    std::string m_text;
    std::shared_ptr<const re2::RE2> m_pattern;
};

}  // namespace pith::trust
