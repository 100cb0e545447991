#include "pkg/deb/cleartext.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "net/transfer.h"

namespace pith::pkg::deb {

namespace {

constexpr std::string_view begin_message = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view begin_signature = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view end_signature = "-----END PGP SIGNATURE-----";

std::string_view without_blank_end(std::string_view line) {
    auto last = line.find_last_not_of(" \t\r");
    return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool has_control_characters(std::string_view line) {
    return std::ranges::any_of(line, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

class Splitter {
public:
    Splitter(std::string_view file, std::string_view name) : m_rest(file), m_name(name) {}

    Result<std::string> run() {
        TRY(headers());
        auto text = TRY(signed_text());
        TRY(signature());
        return text;
    }

private:
    [[nodiscard]] std::unexpected<Error> refuse(std::string_view why) const {
        return fail(ErrorCode::format, fmt::format("{}:{}: {}", m_name, m_line, why));
    }

    // False at the end of the file.
    bool next(std::string_view& line) {
        if (m_rest.empty()) return false;
        auto end = std::min(m_rest.find('\n'), m_rest.size());
        line = without_blank_end(m_rest.substr(0, end));
        m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
        ++m_line;
        return true;
    }

    Result<> headers() {
        auto start = m_rest.substr(0, 256);
        std::string_view line;
        if (!next(line) || line != begin_message)
            return refuse(
                fmt::format("it does not begin with '{}'{}", begin_message,
                            net::looks_like_html(start)
                                ? "; it looks like an HTML page: an error page, or a proxy or login portal in between"
                                : ""));
        while (next(line)) {
            if (line.empty()) return {};
            if (!line.starts_with("Hash: ")) return refuse("another header than Hash before the signed text");
        }
        return refuse("it ends before the signed text");
    }

    Result<std::string> signed_text() {
        std::string out, line_text;
        std::string_view line;
        while (next(line)) {
            if (line == begin_signature) return out;
            if (has_control_characters(line)) return refuse("a control character in the signed text");
            if (line.starts_with("- "))
                line.remove_prefix(2);
            else if (line.starts_with('-'))
                return refuse("a line of the signed text that begins with '-' and is not escaped");
            out += line;
            out += '\n';
        }
        return refuse(fmt::format("it ends before '{}'; was it cut?", begin_signature));
    }

    Result<> signature() {
        std::string_view line;
        do {
            if (!next(line)) return refuse(fmt::format("it ends before '{}'; was it cut?", end_signature));
            if (line.starts_with('-') && line != end_signature) return refuse("a second block inside the signature");
        } while (line != end_signature);
        if (!trim(m_rest).empty()) return refuse("text after the signature, which nobody signed");
        return {};
    }

    std::string_view m_rest, m_name;
    std::size_t m_line = 0;
};

}  // namespace

Result<std::string> split_cleartext(std::string_view file, std::string_view name) {
    if (file.size() > most_signed_text)
        return fail(ErrorCode::limit, fmt::format("{}: larger than {}", name, human_size(most_signed_text)));
    return Splitter(file, name).run();
}

std::string without_trailing_blanks(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto end = std::min(text.find('\n'), text.size());
        out += without_blank_end(text.substr(0, end));
        out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace pith::pkg::deb
