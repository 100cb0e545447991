// The step from locks to images, for the commands that build: `pith build`, and `pith verify --rebuild`.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/commands.h"
#include "compose/build.h"

namespace pith::cli {

// $SOURCE_DATE_EPOCH; nothing where it is not set.
[[nodiscard]] Result<std::optional<std::int64_t>> source_date_epoch();

// One image a lock. The cache holds the packages; files from URLs are fetched into it.
[[nodiscard]] Result<std::vector<compose::BuiltImage>> build_images(const compose::Definition& definition,
                                                                    const std::vector<compose::Lock>& locks,
                                                                    std::optional<std::int64_t> epoch,
                                                                    Session& session);

[[nodiscard]] std::vector<oci::Image> images_of(const std::vector<compose::BuiltImage>& built);

}  // namespace pith::cli
