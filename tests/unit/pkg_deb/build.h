// Packages made in memory, member by member and entry by entry, so that a test can make them wrong.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "archive/tar.h"
#include "base/bytes.h"

namespace pith::test {

inline std::string make_ar(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string out = "!<arch>\n";
    for (const auto& [name, content] : members) {
        out += fmt::format("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", name, 0, 0, 0, 100644, content.size()) + content;
        if (content.size() % 2) out += '\n';
    }
    return out;
}

inline std::string make_tar(const std::vector<archive::TarEntry>& entries) {
    Bytes out;
    for (const auto& entry : entries) archive::append_tar_entry(out, entry);
    append(out, archive::tar_end());
    return std::string(as_text(out));
}

inline archive::TarEntry file(std::string path, std::string_view content = "", std::uint32_t mode = 0644) {
    return {.path = std::move(path), .mode = mode, .content = as_bytes(content)};
}
inline archive::TarEntry folder(std::string path, std::uint32_t mode = 0755) {
    return {.path = std::move(path), .type = archive::EntryType::directory, .mode = mode};
}
inline archive::TarEntry link_to(std::string path, std::string target,
                                 archive::EntryType type = archive::EntryType::symlink) {
    return {.path = std::move(path), .type = type, .mode = 0777, .link = std::move(target)};
}

// The control.tar of package "hello", with further files.
inline std::string control_tar(const std::vector<archive::TarEntry>& more = {}) {
    std::vector<archive::TarEntry> entries{folder("./"),
                                           file("./control", "Package: hello\nVersion: 1.0-1\nArchitecture: amd64\n")};
    entries.insert(entries.end(), more.begin(), more.end());
    return make_tar(entries);
}

inline std::string make_deb(const std::string& data_tar, const std::string& control = control_tar()) {
    return make_ar({{"debian-binary", "2.0\n"}, {"control.tar", control}, {"data.tar", data_tar}});
}

}  // namespace pith::test
