// The files that a definition brings along from its own folder (`contents.files` with a `source`), as they are on disk.
// Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "compose/definition/definition.h"

namespace pith::compose {

struct SourceFile {
    enum class Type { file, folder, link } type = Type::file;
    std::string path;     // below the source: "/conf.d/site.conf"; empty for the source itself
    std::string content;  // of a file; of a link, where it leads
    bool executable = false;

    bool operator==(const SourceFile&) const = default;
};

// A file, or a folder and all in it that is not excluded, in the order of the names. Links are given as links.
// Errors: not_found, io; usage for what is neither file, folder nor link; limit (files of 1 GiB, 100,000 of them).
[[nodiscard]] Result<> visit_source(const FileSource& source, const std::function<Result<>(SourceFile)>& visit);

}  // namespace pith::compose
