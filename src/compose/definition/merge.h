// From several YAML documents to one: `include` and `variants`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/yaml.h"

namespace pith::compose {

// `child` on top of `base`: mappings merge, lists concatenate (the base's items first), a child's single
// value wins. The lists of `entrypoint` and `cmd` are one value each.
[[nodiscard]] yaml::Node merge(yaml::Node base, const yaml::Node& child);

// The document with its includes below it and the variant on top, both keys removed. At most 8
// includes deep, and 100 files.
struct Merged {
    yaml::Node document;
    std::vector<std::string> variants;  // names of those there are, sorted
};
[[nodiscard]] Result<Merged> merge_document(const std::string& text, const std::string& file_name,
                                            const std::filesystem::path& folder, const std::string& variant);

}  // namespace pith::compose
