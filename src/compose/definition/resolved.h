// A definition as one document that stands for itself: includes, variant and suite are applied, the files that it
// brings from its folder are part of it, and it names no mirror. What an image's provenance records, and what the image
// is built from again.
// Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "compose/source_files.h"

namespace pith::compose {

struct ResolvedDefinition {
    std::string name;      // the file's, without ".yaml"
    std::string document;  // JSON of an object; each `source` in it is the path of one of the files, or their folder's
    std::vector<SourceFile> files;  // by "files/0/conf.d/site.conf": the number is the item's in contents.files
    bool operator==(const ResolvedDefinition&) const = default;
};

constexpr std::string_view no_mirror = "https://mirror.invalid/";

// Of what load_definition() reads from there. A one-line source of packages gets `no_mirror` for its address, and files
// with keys of repositories stay where they are: a lock says what they led to.
// Errors: those of load_definition() and visit_source(); limit: 16 MiB of files, 10,000 of them.
[[nodiscard]] Result<ResolvedDefinition> resolve_definition(const std::filesystem::path& path,
                                                            const DefinitionOptions& options);

// Writes it and its files into an empty folder and loads it from there. Nothing outside of the folder is written.
// Errors: format for a path that is not below "files/", or stands twice; those of load_definition().
[[nodiscard]] Result<Definition> unpack_definition(const ResolvedDefinition& resolved,
                                                   const std::filesystem::path& folder);

}  // namespace pith::compose
