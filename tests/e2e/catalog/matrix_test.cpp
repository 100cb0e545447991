// Every image of the catalog in both suites, with and without its debug variant, and on arm64 under an emulator.
#include <unistd.h>

#include "e2e/catalog/images.h"
#include "support/emulation.h"

using namespace pith::test;

namespace {

std::vector<CatalogImage> matrix() {
    std::vector<CatalogImage> out;
    for (const char* image : {"static", "base-nossl", "base", "cc", "python3", "nginx"}) {
        for (const char* suite : {"trixie", "bookworm"})
            for (const char* variant : {"", "debug"}) out.push_back({image, suite, "linux/amd64", variant});
        out.push_back({image, "trixie", "linux/arm64"});
    }
    return out;
}

}  // namespace

class CatalogMatrix : public testing::TestWithParam<CatalogImage> {};

TEST_P(CatalogMatrix, PassesItsOwnTests) {
    PITH_NEED(have("podman") && ::geteuid() == 0, "podman as root");
    Emulation emulation;
    PITH_NEED(emulation.missing().empty(), emulation.missing());
    expect_own_tests_pass(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Images, CatalogMatrix, testing::ValuesIn(matrix()),
                         [](const auto& named) { return name_of(named.param); });
