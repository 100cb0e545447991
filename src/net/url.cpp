#include "net/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace pith::net {

namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(const Handle& url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
    std::string out = text;
    curl_free(text);
    return out;
}

// RFC 3986, section 3.3: unreserved characters and sub-delims, and the slash between segments.
bool plain_in_path(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,;=:@/").contains(c);
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::usage,
                    fmt::format("'{}' is not a URL that can be fetched: {}", printable_url(text), why));
    };
    if (text.size() > 8000) return refuse("it is longer than 8000 characters");
    Handle url(curl_url(), &curl_url_cleanup);
    if (!url) return fail(ErrorCode::internal, "no memory for a URL");
    if (auto error = curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME))
        return refuse(curl_url_strerror(error));
    Url out{part(url, CURLUPART_SCHEME), part(url, CURLUPART_HOST), part(url, CURLUPART_PATH, CURLU_URLDECODE),
            static_cast<unsigned>(parse_number(part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT)).value_or(0))};
    std::ranges::transform(out.host, out.host.begin(), [](unsigned char c) { return std::tolower(c); });
    if (out.scheme != "http" && out.scheme != "https" && out.scheme != "file")
        return refuse("only http, https and file URLs are");
    if (out.scheme != "file" && out.host.empty()) return refuse("it names no host");
    if (out.path.empty()) return refuse("its path has control characters");
    return out;
}

std::string join_url(std::string_view base, std::string_view path) {
    while (base.ends_with('/')) base.remove_suffix(1);
    std::string out(base);
    out += '/';
    for (char c : path) {
        if (plain_in_path(c))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Result<std::string> resolve_url(std::string_view base, std::string_view reference) {
    Handle url(curl_url(), &curl_url_cleanup);
    if (!url) return fail(ErrorCode::internal, "no memory for a URL");
    for (auto text : {base, reference})
        if (auto error = curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME))
            return fail(ErrorCode::usage, fmt::format("'{}' leads to no URL from '{}': {}", printable_url(reference),
                                                      printable_url(base), curl_url_strerror(error)));
    auto out = part(url, CURLUPART_URL);
    TRY(parse_url(out));
    return out;
}

std::string with_query(std::string_view url, std::string_view name, std::string_view value) {
    auto out = fmt::format("{}{}{}=", url, url.contains('?') ? '&' : '?', name);
    for (char c : value) {
        if (plain_in_path(c) && !std::string_view("&+=;").contains(c))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string printable_url(std::string_view text) {
    std::string out(text);
    if (auto query = out.find('?'); query != std::string::npos) out.replace(query + 1, std::string::npos, "***");
    auto scheme = out.find("://");
    auto start = scheme == std::string::npos ? 0 : scheme + 3;
    // The last '@' wherever it stands: a password that should have been encoded may hold '/' and '@'.
    if (auto at = out.rfind('@'); at != std::string::npos && at >= start) out.replace(start, at - start, "***");
    return printable(out);
}

}  // namespace pith::net
