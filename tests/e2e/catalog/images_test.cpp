// Each image of the catalog passes its own tests; the whole matrix of suites, variants and architectures is with the
// slow tests.
#include <unistd.h>

#include "e2e/catalog/images.h"
#include "support/emulation.h"

using namespace pith::test;

class Catalog : public testing::TestWithParam<CatalogImage> {};

TEST_P(Catalog, PassesItsOwnTests) {
    PITH_NEED(have("podman") && ::geteuid() == 0, "podman as root");
    expect_own_tests_pass(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Images, Catalog,
                         testing::Values(CatalogImage{"static"}, CatalogImage{"base-nossl", "bookworm"},
                                         CatalogImage{"base"}, CatalogImage{"cc", "bookworm"}, CatalogImage{"python3"},
                                         CatalogImage{"python3", "bookworm"}, CatalogImage{"nginx"},
                                         CatalogImage{"nginx", "bookworm", "linux/amd64", "debug"}),
                         [](const auto& named) { return name_of(named.param); });

TEST(CatalogOfArm64, PassesItsTestsOnAnotherArchitecture) {
    PITH_NEED(have("podman") && ::geteuid() == 0, "podman as root");
    Emulation emulation;
    PITH_NEED(emulation.missing().empty(), emulation.missing());
    expect_own_tests_pass({"cc", "trixie", "linux/arm64"});
}
