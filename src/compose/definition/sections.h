// The readers of a definition's larger sections. Errors as in fields.h.
#pragma once

#include <filesystem>
#include <vector>

#include "compose/definition/definition.h"
#include "compose/definition/fields.h"

namespace pith::compose {

// `contents`; paths of files beside the definition are below `folder`.
[[nodiscard]] Result<> read_contents(const yaml::Node& node, const std::filesystem::path& folder,
                                     Definition::Contents& contents);

// One item of `tests`.
[[nodiscard]] Result<> read_test(const yaml::Node& node, std::vector<Test>& tests);

// A key of apko that pith does not follow, refused with the reason rather than ignored.
[[nodiscard]] Field refused(std::string_view key, std::string_view why);

}  // namespace pith::compose
