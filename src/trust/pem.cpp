#include "trust/pem.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_bytes = 64 * KiB;
constexpr std::string_view begin_mark = "-----BEGIN ", end_mark = "-----END ", dashes = "-----";

}  // namespace

Result<PemBlock> read_pem(std::string_view text) {
    if (text.size() > most_bytes)
        return fail(ErrorCode::limit, "it is larger than 64 KiB, which no PEM file of a key is");
    text = trim(text);
    if (text.empty()) return fail(ErrorCode::format, "it is empty");
    if (!text.starts_with(begin_mark))
        return fail(ErrorCode::format, "it is not a PEM file: it does not begin with '-----BEGIN'");
    auto label_end = text.find(dashes, begin_mark.size());
    if (label_end == std::string_view::npos) return fail(ErrorCode::format, "its PEM block is cut off");
    std::string label(text.substr(begin_mark.size(), label_end - begin_mark.size()));
    auto last = fmt::format("{}{}{}", end_mark, label, dashes);
    auto body = text.substr(label_end + dashes.size());
    if (!body.ends_with(last))
        return fail(
            ErrorCode::format,
            fmt::format("its PEM block does not end with '{}': it is cut off, or more follows", printable(last)));
    body.remove_suffix(last.size());
    if (body.find(':') != std::string_view::npos)
        return fail(ErrorCode::unsupported,
                    "it is a PEM file with headers, as OpenSSL's old encrypted keys are: convert it "
                    "with `openssl pkcs8 -topk8 -nocrypt`");
    std::string digits;
    digits.reserve(body.size());
    for (char c : body)
        if (c != '\n' && c != '\r') digits += c;
    auto content = from_base64(digits);
    if (!digits.empty()) explicit_bzero(digits.data(), digits.size());
    if (!content) return fail(ErrorCode::format, "its PEM block is not base64: it is damaged or cut off");
    return PemBlock{std::move(label), Secret(std::move(*content))};
}

std::string write_pem(std::string_view label, ByteView content) {
    constexpr std::size_t width = 64;
    auto out = fmt::format("{}{}{}\n", begin_mark, label, dashes);
    auto digits = to_base64(content);
    for (std::size_t i = 0; i < digits.size(); i += width) out += digits.substr(i, width) + "\n";
    return out + fmt::format("{}{}{}\n", end_mark, label, dashes);
}

}  // namespace pith::trust
