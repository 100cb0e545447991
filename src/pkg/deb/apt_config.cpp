#include "pkg/deb/apt_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/file.h"
#include "base/text.h"
#include "net/url.h"

namespace pith::pkg::deb {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_file = 1 * MiB;
constexpr std::size_t most_files = 1000, most_settings = 100'000, most_depth = 32, most_includes = 8;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

// The files of a ".d" folder in the order of their names. apt takes names of letters, digits, '_', '-' and '.' only.
Result<std::vector<fs::path>> parts(const fs::path& folder, const std::vector<std::string_view>& extensions) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        auto name = it->path().filename().string();
        bool plain = std::ranges::all_of(
            name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; });
        auto extension = it->path().extension().string();
        if (plain && !name.starts_with('.') && std::ranges::count(extensions, extension) > 0) out.push_back(it->path());
        if (out.size() > most_files)
            return fail(ErrorCode::limit, fmt::format("'{}' holds more than {} files", folder.string(), most_files));
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(ErrorCode::io, fmt::format("cannot list '{}': {}", folder.string(), error.message()));
    std::ranges::sort(out);
    return out;
}

// A file's text; nothing where there is none.
Result<std::string> read_if_there(const fs::path& path) {
    auto text = read_text(path, most_file);
    if (!text && text.error().code == ErrorCode::not_found) return std::string();
    return text;
}

// "mirror+file:/etc/apt/mirrors/debian.list", as cloud images have it: the first URL of that file
// (apt-transport-mirror(1)).
Result<> follow_mirror_list(const fs::path& root, Source& source) {
    constexpr std::string_view scheme = "mirror+file:";
    if (!source.url.starts_with(scheme)) return {};
    auto url = TRY(context(net::parse_url(source.url.substr(scheme.find('+') + 1)), source.place));
    auto text = TRY(read_if_there(root / fs::path(url.path).relative_path()));
    for (auto line : split(text, '\n')) {
        auto parts_of_line = words(line);
        if (parts_of_line.empty() || parts_of_line[0].starts_with('#')) continue;
        source.url = parts_of_line[0];
        return {};
    }
    return {};
}

}  // namespace

// One file of apt.conf(5): NAME "VALUE"; NAME { … }; with '#', '//' and '/* */' comments.
class AptConfigParser {
public:
    AptConfigParser(AptConfig& out, fs::path root, fs::path file, std::size_t depth)
        : m_out(out), m_root(std::move(root)), m_file(std::move(file)), m_depth(depth) {}

    [[nodiscard]] Result<> parse() {
        m_text = TRY(read_if_there(m_file));
        TRY(block("", 0));
        if (m_at < m_text.size()) return refuse("a '}' that nothing opened");
        return {};
    }

private:
    [[nodiscard]] std::unexpected<Error> refuse(std::string_view why, ErrorCode code = ErrorCode::usage) const {
        auto line = 1 + std::count(m_text.begin(), m_text.begin() + static_cast<std::ptrdiff_t>(m_at), '\n');
        return fail(code, fmt::format("{}:{}: {}", m_file.string(), line, why));
    }

    [[nodiscard]] bool at(std::string_view what) const {
        return std::string_view(m_text).substr(m_at).starts_with(what);
    }
    [[nodiscard]] bool skip(std::string_view what) {
        if (!at(what)) return false;
        m_at += what.size();
        return true;
    }
    void skip_past(std::string_view what) {
        auto found = m_text.find(what, m_at);
        m_at = found == std::string::npos ? m_text.size() : found + what.size();
    }

    void skip_blank() {
        while (m_at < m_text.size()) {
            if (std::isspace(static_cast<unsigned char>(m_text[m_at])))
                ++m_at;
            else if (at("/*"))
                skip_past("*/");
            else if (at("//") || (at("#") && !at("#clear") && !at("#include")))
                skip_past("\n");
            else
                return;
        }
    }

    // A quoted string, or a run of other characters.
    [[nodiscard]] Result<std::string> word() {
        if (skip("\"")) {
            auto end = m_text.find('"', m_at);
            if (end == std::string::npos) return refuse("a '\"' that nothing closes");
            auto out = m_text.substr(m_at, end - m_at);
            m_at = end + 1;
            return out;
        }
        auto end = std::min(m_text.find_first_of(" \t\r\n;{}\"", m_at), m_text.size());
        auto out = m_text.substr(m_at, end - m_at);
        m_at = end;
        return out;
    }

    [[nodiscard]] static std::string below(std::string_view scope, std::string_view name) {
        return lower(scope.empty() ? name : name.empty() ? scope : fmt::format("{}::{}", scope, name));
    }

    [[nodiscard]] Result<> block(const std::string& scope, std::size_t depth) {
        if (depth > most_depth)
            return refuse(fmt::format("blocks nest more than {} deep", most_depth), ErrorCode::limit);
        for (skip_blank(); m_at < m_text.size() && !at("}"); skip_blank()) TRY(statement(scope, depth));
        return {};
    }

    [[nodiscard]] Result<> statement(const std::string& scope, std::size_t depth) {
        if (skip(";")) return {};
        bool quoted = at("\"");
        auto name = TRY(word());
        skip_blank();
        if (name == "#clear" || name == "#include") return directive(name, scope);
        if (skip("{")) {
            TRY(block(below(scope, name), depth + 1));
            if (!skip("}")) return refuse("a '{' that nothing closes");
            return {};
        }
        // A string alone is a value of a list: NAME { "value"; };
        if (quoted) return set(below(scope, ""), name);
        if (at(";") || at("}") || m_at >= m_text.size()) return {};
        auto value = TRY(word());
        return set(below(scope, name), value);
    }

    [[nodiscard]] Result<> directive(std::string_view name, const std::string& scope) {
        auto argument = TRY(word());
        if (name == "#clear") {
            auto cleared = below(scope, argument);
            std::erase_if(m_out.m_settings, [&](const auto& setting) {
                return setting.first == cleared || setting.first.starts_with(cleared + "::");
            });
            return {};
        }
        if (m_depth >= most_includes)
            return refuse(fmt::format("#include nests more than {} deep", most_includes), ErrorCode::limit);
        return AptConfigParser(m_out, m_root, m_root / fs::path(argument).relative_path(), m_depth + 1).parse();
    }

    [[nodiscard]] Result<> set(std::string name, std::string value) {
        if (m_out.m_settings.size() >= most_settings)
            return refuse(fmt::format("there are more than {} settings", most_settings), ErrorCode::limit);
        m_out.m_settings.emplace_back(std::move(name), std::move(value));
        return {};
    }

    AptConfig& m_out;
    fs::path m_root, m_file;
    std::string m_text;
    std::size_t m_at = 0, m_depth;
};

Result<AptConfig> AptConfig::read(const fs::path& root) {
    AptConfig out;
    auto folder = root / "etc/apt";
    auto settings = TRY(parts(folder / "apt.conf.d", {"", ".conf"}));
    settings.push_back(folder / "apt.conf");
    for (const auto& file : settings) TRY(AptConfigParser(out, root, file, 0).parse());

    auto lists = TRY(parts(folder / "sources.list.d", {".list", ".sources"}));
    lists.insert(lists.begin(), folder / "sources.list");
    for (const auto& file : lists) {
        auto text = TRY(read_if_there(file));
        auto read = file.extension() == ".sources" ? read_sources_stanzas : read_sources_list;
        for (auto& source : TRY(read(text, file.string()))) {
            TRY(follow_mirror_list(root, source));
            out.m_sources.push_back(std::move(source));
        }
    }
    return out;
}

std::optional<std::string> AptConfig::find(std::string_view name) const {
    auto wanted = lower(name);
    for (auto it = m_settings.rbegin(); it != m_settings.rend(); ++it)
        if (it->first == wanted) return it->second;
    return std::nullopt;
}

bool AptConfig::find_bool(std::string_view name, bool otherwise) const {
    auto value = find(name);
    return value ? parse_yes_no(*value).value_or(otherwise) : otherwise;
}

std::optional<std::string> AptConfig::proxy_for(std::string_view text) const {
    auto url = net::parse_url(text);
    if (!url) return std::nullopt;
    // apt's https takes http's settings where it has none of its own.
    std::vector<std::string_view> schemes{"http"};
    if (url->scheme == "https") schemes.insert(schemes.begin(), "https");
    for (const auto& suffix : {fmt::format("::{}", url->host), std::string()}) {
        for (auto scheme : schemes) {
            auto proxy = find(fmt::format("Acquire::{}::Proxy{}", scheme, suffix));
            if (proxy == "DIRECT" || proxy == "false") return "";
            if (proxy && !proxy->empty()) return proxy;
        }
    }
    return std::nullopt;
}

}  // namespace pith::pkg::deb
