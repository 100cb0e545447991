// Which paths of a package do not belong in an image, whatever the package: documentation, translations, and
// what only an init system or a packaging tool reads. The table is in path_rules.cpp; docs/composition.md
// shows it to users. Copyright files are always kept. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/tar.h"

namespace pith::compose {

struct PathRuleInfo {
    std::string_view name, reason;
};

[[nodiscard]] const std::vector<PathRuleInfo>& path_rules();

// The index of the rule that leaves the path out (a leading '/' and no trailing one), or nothing. `keep` are the
// definition's own globs, which win.
[[nodiscard]] std::optional<std::size_t> left_out_by(std::string_view path, archive::EntryType type,
                                                     const std::vector<std::string>& keep);

// On a merged /usr (Debian policy 10.1) the folders /bin, /sbin, /lib… are links into /usr, so what packages
// ship there stands below usr/. "bin/x" → "usr/bin/x"; other paths stay.
[[nodiscard]] std::string merge_usr(std::string_view path);
// Is it one of those folders ("bin", "lib64")?
[[nodiscard]] bool is_merged_folder(std::string_view path);

}  // namespace pith::compose
