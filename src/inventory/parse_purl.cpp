#include <algorithm>

#include "base/text.h"
#include "inventory/purl.h"

namespace pith::inventory {

namespace {

constexpr std::size_t most_purl = 8 * KiB;

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::byte value[1];
        bool code = text[i] == '%' && i + 2 < text.size() && from_hex(text.substr(i + 1, 2), value);
        out += code ? static_cast<char>(value[0]) : text[i];
        if (code) i += 2;
    }
    return out;
}

// "12.2.0-14" of "gcc-12@12.2.0-14".
void read_upstream(const std::string& upstream, Package& package) {
    auto at = upstream.find('@');
    package.source = upstream.empty() ? package.name : upstream.substr(0, at);
    package.source_version = at == upstream.npos ? package.version : upstream.substr(at + 1);
}

}  // namespace

// PURL-SPECIFICATION.rst, "How to parse a purl string in its components": from the right.
std::optional<Purl> parse_purl(std::string_view text) {
    if (!text.starts_with("pkg:") || text.size() > most_purl) return std::nullopt;
    text = text.substr(4, text.find('#') - 4);
    Purl out;
    if (auto mark = text.find('?'); mark != text.npos) {
        for (auto part : split(text.substr(mark + 1), '&')) {
            auto equals = part.find('=');
            if (equals != part.npos && equals > 0)
                out.qualifiers[std::string(part.substr(0, equals))] = decoded(part.substr(equals + 1));
        }
        text = text.substr(0, mark);
    }
    while (text.starts_with('/')) text.remove_prefix(1);
    // A scope of npm may begin with a bare '@'; a version's stands after the last '/'.
    if (auto at = text.rfind('@'); at != text.npos && at > 0 && text[at - 1] != '/' && at > text.find('/')) {
        out.version = decoded(text.substr(at + 1));
        text = text.substr(0, at);
    }
    auto first = text.find('/'), last = text.rfind('/');
    if (first == text.npos || first == 0 || last + 1 == text.size()) return std::nullopt;
    out.type = text.substr(0, first);
    if (last > first) out.space = decoded(text.substr(first + 1, last - first - 1));
    out.name = decoded(text.substr(last + 1));
    return out;
}

Package package_of(const Purl& purl) {
    Package out;
    auto qualifier = [&](std::string_view key) {
        auto found = purl.qualifiers.find(key);
        return found == purl.qualifiers.end() ? std::string() : found->second;
    };
    out.type = purl.type;
    out.name = purl.name;
    out.version = purl.version;
    out.architecture = qualifier("arch");
    bool distribution = purl.type == "deb" || purl.type == "apk" || purl.type == "rpm";
    if (!distribution && !purl.space.empty()) out.name = purl.space + (purl.type == "maven" ? ":" : "/") + purl.name;
    if (purl.type == "maven" && purl.space == purl.name) out.name = purl.name;
    auto epoch = qualifier("epoch");
    if (purl.type == "rpm" && !epoch.empty()) out.version = epoch + ":" + out.version;
    out.source = out.name;
    out.source_version = out.version;
    if (purl.type == "rpm")
        out.source_file = qualifier("upstream");
    else if (distribution)
        read_upstream(qualifier("upstream"), out);
    return out;
}

}  // namespace pith::inventory
