// What a reader of one ecosystem declares: which paths it wants, what it keeps of them, and how it reads them. The
// table of all readers is in catalog.cpp; an ecosystem is one file beside it.
//
// A layer is a stream, so a reader works twice. While the layer passes by, its selectors choose files, and `reduce`
// makes something small of a large one (an executable, an archive): that is what the cache keeps. When all layers are
// merged, `read` sees what is left of each chosen file. Thread-safety: functions without state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/inventory.h"
#include "oci/view.h"

namespace pith::inventory::packages {

struct InstalledPackage {
    Package package;                 // without purl (but see there), files, and layers
    std::vector<std::string> paths;  // that it owns, clean: files, and folders where its list has them
};

// A path that is chosen. `pattern` has a star at its beginning, its end, or at both: "*/package.json" is a name in any
// folder, "*.jar" the end of a name, "var/lib/dpkg/status.d/*" what is below, "*/python*" the beginning of a name.
struct Selector {
    std::string_view pattern;
    std::uint64_t most;          // the largest file
    bool beside = false;         // kept for what reads another path, and not read by itself
    std::string_view head = {};  // what the content begins with
};

[[nodiscard]] bool matches_selector(std::string_view pattern, std::string_view path);

// One file that a reader chose, and where it puts what it finds, and what it finds missing.
struct Source {
    const std::string& path;
    std::string_view content;  // what was kept
    const oci::View& view;
    std::vector<InstalledPackage>& found;
    std::vector<Unread>& unread;
};

struct Reader {
    std::string_view name;
    std::span<const Selector> selectors;
    Result<> (*read)(const Source& source);
    std::optional<std::string> (*reduce)(std::string_view path, ByteView content) = nullptr;
    // A distribution's database: its packages own files, and what is wrong with it ends the inventory. Elsewhere it is
    // counted under what could not be read.
    bool distribution = false;
};

// What was kept of a path in the merged view, links followed; empty if there is none.
[[nodiscard]] std::string_view kept(const oci::View& view, std::string_view path);

// A path as databases write it ("/usr/bin/x", "./usr/bin/x"), clean; empty for one that leads out of the root.
[[nodiscard]] std::string database_path(std::string_view path);

// A package with its name for a source, and no architecture.
[[nodiscard]] InstalledPackage language_package(std::string_view type, std::string_view name, std::string_view version,
                                                const std::string& evidence);

}  // namespace pith::inventory::packages
