// Paths of archives, made safe to join to a root.
#include <fmt/format.h>

#include "archive/tar.h"
#include "base/text.h"

namespace pith::archive {

namespace {

constexpr std::size_t most_component = 255;  // NAME_MAX of Linux

}  // namespace

Result<std::string> clean_path(std::string_view path) {
    auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::format, fmt::format("path '{}' in an archive {}", printable(path), why));
    };
    if (path.starts_with('/')) return refuse("is absolute");
    if (path.find('\0') != path.npos) return refuse("has a NUL byte");
    std::string out;
    for (auto part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == "..") return refuse("has '..', which can lead out of the root");
        if (part.size() > most_component)
            return refuse(fmt::format("has a component of more than {} bytes", most_component));
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

}  // namespace pith::archive
