// Package URLs, row by row as Syft 1.57 writes them.
#include "inventory/purl.h"

#include <gtest/gtest.h>

namespace pith::inventory {
namespace {

TEST(Purl, IsSyfts) {
    const Distribution trixie{"debian", "13", "trixie", "", "13.8"}, bookworm{"debian", "12", "", "", ""};
    struct Row {
        const char *name, *version, *architecture, *source, *source_version;
        const Distribution& distribution;
        const char* purl;
    };
    const Row rows[] = {
        {"netbase", "6.5", "all", "netbase", "6.5", trixie, "pkg:deb/debian/netbase@6.5?arch=all&distro=debian-13.8"},
        {"libcrypt1", "1:4.4.38-1", "amd64", "libxcrypt", "1:4.4.38-1", trixie,
         "pkg:deb/debian/libcrypt1@1%3A4.4.38-1?arch=amd64&distro=debian-13.8&upstream=libxcrypt"},
        {"libpcre2-8-0", "10.46-1~deb13u3", "amd64", "pcre2", "10.46-1~deb13u3", trixie,
         "pkg:deb/debian/libpcre2-8-0@10.46-1~deb13u3?arch=amd64&distro=debian-13.8&upstream=pcre2"},
        {"libstdc++6", "12.2.0-14+b1", "arm64", "gcc-12", "12.2.0-14", bookworm,
         "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bb1?arch=arm64&distro=debian-12&upstream=gcc-12%4012.2.0-14"},
        {"x", "1", "", "x", "1", Distribution{}, "pkg:deb/debian/x@1"},
    };
    for (const auto& row : rows) {
        Package package;
        package.name = row.name;
        package.version = row.version;
        package.architecture = row.architecture;
        package.source = row.source;
        package.source_version = row.source_version;
        EXPECT_EQ(deb_purl(package, row.distribution), row.purl);
    }
}

TEST(Purl, EncodesWhatIsNotPlain) { EXPECT_EQ(percent_encoded("a b/ü?&=\n~"), "a%20b%2F%C3%BC%3F%26%3D%0A~"); }

}  // namespace
}  // namespace pith::inventory
