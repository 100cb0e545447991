// What an image says of itself, and what a repository holds, for people and as JSON. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oci/inspect.h"
#include "oci/repository.h"

namespace pith::report {

[[nodiscard]] std::string to_text(const oci::Inspected& image, std::string_view name);
[[nodiscard]] std::string to_json(const oci::Inspected& image, std::string_view name);

[[nodiscard]] std::string tags_text(const std::vector<std::string>& tags);
[[nodiscard]] std::string tags_json(std::string_view repository, const std::vector<std::string>& tags);

[[nodiscard]] std::string referrers_text(const oci::Descriptor& subject, const std::vector<oci::Referrer>& referrers);
[[nodiscard]] std::string referrers_json(const oci::Descriptor& subject, const std::vector<oci::Referrer>& referrers);

}  // namespace pith::report
