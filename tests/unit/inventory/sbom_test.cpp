// Both documents of a small image, byte for byte.
#include "inventory/sbom.h"

#include <gmock/gmock.h>

#include "unit/inventory/small_image.h"

namespace pith::inventory {
namespace {

using namespace pith::test;

Inventory joined(const Scratch& scratch) {
    auto inventory = inventory_of(small_image(), scratch);
    EXPECT_OK(inventory);
    BuiltPackage tool{"tool",     "1:2.0-1+b1",
                      "amd64",    sha256("the package file"),
                      100,        "debian sprout main pool/t/tool_2.0-1+b1_amd64.deb",
                      "asked for"};
    join(*inventory, {{tool}, {"left out package perl: only scripts use it (needed by tool)"}});
    return std::move(*inventory);
}

TEST(Sbom, IsWhatItWas) {
    Scratch scratch;
    auto inventory = joined(scratch);
    expect_golden("inventory/small.spdx.json", to_spdx(inventory, "1.0"));
    expect_golden("inventory/small.cdx.json", to_cyclonedx(inventory, "1.0"));
    EXPECT_EQ(to_purls(inventory),
              "pkg:deb/debian/data@3?arch=all&distro=debian-12\n"
              "pkg:deb/debian/tool@1%3A2.0-1%2Bb1?arch=amd64&distro=debian-12&upstream="
              "toolkit%401%3A2.0-1\n");
}

TEST(Sbom, OtherContentHasAnotherName) {
    Scratch scratch;
    auto inventory = joined(scratch);
    auto name = document_digest(inventory, "spdx");
    EXPECT_NE(document_digest(inventory, "cyclonedx"), name);
    inventory.packages[1].built->why = "needed by another";
    EXPECT_NE(document_digest(inventory, "spdx"), name);
}

}  // namespace
}  // namespace pith::inventory
