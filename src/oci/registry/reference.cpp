#include "oci/registry/reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "oci/documents.h"

namespace pith::oci::registry {

namespace {

constexpr std::size_t most_name = 255, most_tag = 128;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; }

// Lower-case letters and digits, with '.', '_', '__' or dashes between them.
bool is_component(std::string_view text) {
    auto alphanumeric = [](char c) { return is_lower(c) || is_digit(c); };
    if (text.empty() || !alphanumeric(text.front()) || !alphanumeric(text.back())) return false;
    for (std::size_t i = 0; i < text.size();) {
        if (alphanumeric(text[i])) {
            ++i;
            continue;
        }
        auto end = i;
        while (end < text.size() && text[end] == text[i]) ++end;
        auto length = end - i;
        bool good = text[i] == '-' || (text[i] == '_' && length <= 2) || (text[i] == '.' && length == 1);
        if (!good || !alphanumeric(text[end])) return false;
        i = end;
    }
    return true;
}

// A name's label: letters and digits, with dashes between them.
bool is_label(std::string_view text) {
    auto good = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '-'; };
    return !text.empty() && std::ranges::all_of(text, good) && text.front() != '-' && text.back() != '-';
}

bool is_host_without_port(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']') && text.size() > 2)
        return text.find_first_not_of("0123456789abcdefABCDEF:", 1) == text.size() - 1;
    return std::ranges::all_of(split(text, '.'), is_label);
}

bool names_host(std::string_view first) {
    return first == "localhost" || first.find_first_of(".:[") != first.npos || std::ranges::any_of(first, is_upper);
}

Result<Reference> parse_name(std::string_view text, std::string_view whole) {
    auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::usage, fmt::format("'{}' is not the name of an image in a registry, "
                                                  "[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]: {}",
                                                  printable(whole), why));
    };
    Reference out{"docker.io", std::string(text), {}, {}};
    auto slash = text.find('/');
    if (slash != text.npos && names_host(text.substr(0, slash))) {
        out.host = text.substr(0, slash);
        out.repository = text.substr(slash + 1);
        if (!is_host(out.host)) return refuse(fmt::format("'{}' is no host", printable(out.host)));
    }
    if (out.host == "index.docker.io") out.host = "docker.io";
    if (out.host == "docker.io" && !out.repository.contains('/')) out.repository = "library/" + out.repository;
    for (auto part : split(out.repository, '/'))
        if (!is_component(part))
            return refuse(fmt::format("'{}' should be lower-case letters and digits, with one of . _ __ - between them",
                                      printable(part)));
    if (out.name().size() > most_name) return refuse(fmt::format("it is longer than {} characters", most_name));
    return out;
}

}  // namespace

bool is_host(std::string_view text) {
    auto port = text.rfind(':');
    if (port != text.npos && text.find(']', port) == text.npos) {
        auto number = parse_number(text.substr(port + 1));
        if (!number || *number == 0 || *number > 65535) return false;
        text = text.substr(0, port);
    }
    return text.size() <= most_name && is_host_without_port(text);
}

bool is_tag(std::string_view text) {
    if (text.empty() || text.size() > most_tag || !is_word(text[0])) return false;
    return std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

Result<Reference> Reference::parse_repository(std::string_view text) { return parse_name(text, text); }

Result<Reference> Reference::parse(std::string_view text) {
    auto rest = text;
    std::optional<Digest> digest;
    if (auto at = rest.find('@'); at != rest.npos) {
        auto parsed = read_digest(rest.substr(at + 1));
        if (!parsed) return fail(ErrorCode::usage, fmt::format("'{}': {}", printable(text), parsed.error().message));
        digest = *parsed;
        rest = rest.substr(0, at);
    }
    std::string tag;
    if (auto colon = rest.rfind(':'); colon != rest.npos && rest.find('/', colon) == rest.npos) {
        tag = rest.substr(colon + 1);
        if (!is_tag(tag))
            return fail(ErrorCode::usage, fmt::format("'{}': '{}' is not a tag, at most {} letters, digits, '_', '.' "
                                                      "and '-'",
                                                      printable(text), printable(tag), most_tag));
        rest = rest.substr(0, colon);
    }
    auto out = TRY(parse_name(rest, text));
    out.tag = std::move(tag);
    out.digest = digest;
    return out;
}

std::string Reference::text() const {
    auto out = name();
    if (!tag.empty()) out += ":" + tag;
    if (digest) out += "@" + digest->text();
    return out;
}

std::string Reference::wanted() const {
    if (digest) return digest->text();
    return tag.empty() ? "latest" : tag;
}

}  // namespace pith::oci::registry
