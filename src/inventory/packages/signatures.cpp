#include "inventory/packages/signatures.h"

#include <algorithm>

#include "inventory/packages/reader.h"

namespace pith::inventory::packages {

namespace {

using namespace std::string_view_literals;

// A version stands between two texts: digits and dots, at least `dots` of these, then letters and digits if a suffix is
// allowed ("1.1.1w", "15beta4", "3.3.0rc1").
struct Row {
    std::string_view name;   // of the package
    std::string_view files;  // a selector's pattern
    std::string_view before, after;
    int dots = 2;
    bool suffix = false;
};

// Seen in the programs of their projects; most of these texts are what `--version` prints.
constexpr Row rows[] = {
    {"busybox", "*/busybox", "BusyBox v"sv, ""sv},
    {"node", "*/node", "node.js/v"sv, ""sv},
    {"python", "*/python*", "\0"sv, "\0"sv, 2, true},
    {"python", "*/libpython*", "\0"sv, "\0"sv, 2, true},
    {"nginx", "*/nginx", "nginx version: nginx/"sv, ""sv},
    {"nginx", "*/nginx", "nginx version: openresty/"sv, ""sv},
    {"redis", "*/redis-server", "Redis version "sv, ""sv},
    {"redis", "*/redis-server", ""sv, "buildkitsandbox-"sv},
    {"postgresql", "*/postgres", "\0PostgreSQL "sv, ""sv, 0, true},
    {"haproxy", "*/haproxy", "HAProxy version "sv, ""sv},
    {"haproxy", "*/haproxy", "HA-Proxy version "sv, ""sv},
    {"openssl", "*/openssl", "\0OpenSSL "sv, ""sv, 2, true},
    {"openssl", "*/libcrypto.so*", "\0OpenSSL "sv, ""sv, 2, true},
    {"curl", "*/curl", "curl/"sv, ""sv},
    {"bash", "*/bash", "@(#)Bash version "sv, "("sv},
    {"go", "*/go", "go"sv, "\0"sv, 1},
    {"php", "*/php*", "X-Powered-By: PHP/"sv, ""sv},
    {"ruby", "*/ruby", "ruby "sv, " "sv, 2, true},
    {"ruby", "*/libruby.so*", "ruby "sv, " "sv, 2, true},
    {"perl", "*/perl", "/lib/perl5/"sv, ""sv},
    {"httpd", "*/httpd", "Apache/"sv, ""sv},
    {"memcached", "*/memcached", "memcached "sv, ""sv},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// The longest version at the beginning of a text.
std::string_view leading_version(std::string_view text, const Row& row) {
    text = text.substr(0, 64);
    std::size_t size = 0;
    int dots = 0;
    for (; size < text.size(); ++size) {
        if (is_digit(text[size])) continue;
        bool between = text[size] == '.' && size > 0 && is_digit(text[size - 1]) && size + 1 < text.size() &&
                       is_digit(text[size + 1]);
        if (!between || ++dots > 3) break;
    }
    if (size == 0 || dots < row.dots) return {};
    bool suffixed = row.suffix && size < text.size() && is_letter(text[size]);
    while (suffixed && size < text.size() && (is_letter(text[size]) || is_digit(text[size]))) ++size;
    return text.substr(0, size);
}

// A version that ends where a text begins.
std::string_view trailing_version(std::string_view text, const Row& row) {
    auto from = text.size();
    while (from > 0 && text.size() - from < 32 && (is_digit(text[from - 1]) || text[from - 1] == '.')) --from;
    auto version = text.substr(from);
    return leading_version(version, row) == version ? version : std::string_view();
}

// A name like python3.11 or libpython3.11.so says how the version begins.
std::string_view named_version(std::string_view path) {
    auto name = path.substr(path.rfind('/') + 1);
    auto at = name.find("python");
    if (at == name.npos) return {};
    name.remove_prefix(at + 6);
    std::size_t size = 0;
    while (size < name.size() &&
           (is_digit(name[size]) || (name[size] == '.' && size + 1 < name.size() && is_digit(name[size + 1]))))
        ++size;
    return name.substr(0, size);
}

// OpenJDK's launcher has its names, the release of its API and its version one after another.
std::string_view openjdk_version(std::string_view text) {
    constexpr auto names = "\0openjdk\0java\0"sv;
    auto at = text.find(names);
    if (at == text.npos) return {};
    text.remove_prefix(at + names.size());
    auto release = text.substr(0, text.find('\0'));
    text.remove_prefix(std::min(release.size() + 1, text.size()));
    auto version = text.substr(0, std::min(text.find('\0'), std::size_t{64}));
    bool plain = std::ranges::all_of(version, [](char c) { return c > ' ' && c < '\x7f'; });
    bool named = !release.empty() && release.find_first_not_of("0123456789.") == release.npos;
    return named && plain && !version.empty() && is_digit(version[0]) ? version : std::string_view();
}

std::string_view search(std::string_view text, const Row& row, std::string_view begins) {
    if (row.before.empty()) {
        auto at = text.find(row.after);
        return at == text.npos ? std::string_view() : trailing_version(text.substr(0, at), row);
    }
    // With a known beginning the search is for all of it.
    auto wanted = std::string(row.before) + std::string(begins);
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) {
        auto rest = text.substr(at + row.before.size());
        auto version = leading_version(rest, row);
        if (!version.empty() && rest.substr(version.size()).starts_with(row.after)) return version;
    }
    return {};
}

}  // namespace

std::optional<Signature> find_signature(std::string_view path, ByteView content) {
    if (matches_selector("*/java", path))
        if (auto version = openjdk_version(as_text(content)); !version.empty())
            return Signature{"openjdk", std::string(version)};
    for (const auto& row : rows) {
        if (!matches_selector(row.files, path)) continue;
        std::string begins;
        if (row.name == "python") {
            begins = named_version(path);
            if (!begins.contains('.')) continue;
            begins += '.';
        }
        if (auto version = search(as_text(content), row, begins); !version.empty())
            return Signature{std::string(row.name), std::string(version)};
    }
    return std::nullopt;
}

}  // namespace pith::inventory::packages
