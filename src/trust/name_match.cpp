#include "trust/name_match.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.h"

namespace pith::trust {

NameMatch NameMatch::exactly(std::string name) {
    NameMatch out;
    out.m_text = std::move(name);
    return out;
}

Result<NameMatch> NameMatch::pattern(std::string expression) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    NameMatch out;
    out.m_pattern = std::make_shared<const re2::RE2>(expression, options);
    if (!out.m_pattern->ok())
        return fail(ErrorCode::usage, fmt::format("'{}' is not a regular expression: {}", printable(expression),
                                                  printable(out.m_pattern->error())));
    out.m_text = std::move(expression);
    return out;
}

bool NameMatch::accepts(std::string_view name) const {
    if (!m_pattern) return name == m_text;
    return re2::RE2::FullMatch({name.data(), name.size()}, *m_pattern);
}

std::string NameMatch::text() const {
    return m_pattern ? fmt::format("a name that matches '{}'", printable(m_text))
                     : fmt::format("'{}'", printable(m_text));
}

}  // namespace pith::trust
