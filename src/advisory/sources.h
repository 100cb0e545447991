// Where feeds are published, by name; the addresses are defaults that configuration replaces. Thread-safe.
#pragma once

#include <span>
#include <string_view>

namespace pith::advisory {

struct KnownSource {
    std::string_view name, url, what;
    bool usual = true;  // fetched where nobody says which
};

[[nodiscard]] std::span<const KnownSource> known_sources();

}  // namespace pith::advisory
