// The images of the catalog as tests name them: built from the live archive, and put through the tests of their own
// definitions in containers.
#pragma once

#include <ostream>
#include <string>

#include "e2e/build/pith.h"

namespace pith::test {

struct CatalogImage {
    std::string image, suite = "trixie", platform = "linux/amd64", variant{};
};

inline void PrintTo(const CatalogImage& image, std::ostream* out) { *out << image.image << " of " << image.suite; }

// For the name of a test: "base_nossl_trixie_arm64_debug".
[[nodiscard]] std::string name_of(const CatalogImage& image);
// The arguments that choose it: "catalog/base.yaml --suite trixie --platform linux/amd64".
[[nodiscard]] std::string arguments(const CatalogImage& image);

// Builds it, and runs `pith test` on it. Needs podman as root, and for another architecture an Emulation.
void expect_own_tests_pass(const CatalogImage& image);

}  // namespace pith::test
