// A small image with packages in both of dpkg's forms, for tests.
#pragma once

#include "inventory/read_image.h"
#include "oci/blobs.h"
#include "support/images.h"
#include "support/support.h"

namespace pith::test {

inline constexpr std::string_view os_release =
    "PRETTY_NAME=\"Test 12 (sprout)\"\nID=debian\nVERSION_ID='12'\nVERSION_CODENAME=sprout\n";
inline constexpr std::string_view free_copyright =
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\n"
    "License: Expat and odd\n The odd text.\n";

// One package a layer in status.d, as pith makes them, and a layer with a file of nobody.
inline oci::Image small_image() {
    auto first =
        layer_of({{tar_file("usr/bin/tool", "a tool", 0755), tar_link("usr/bin/alias", "tool"),
                   tar_file("etc/tool.conf", "x=1\n"), tar_file("usr/share/doc/tool/copyright", free_copyright),
                   tar_file("var/lib/dpkg/status.d/tool",
                            "Package: tool\nVersion: 1:2.0-1+b1\nSource: toolkit (1:2.0-1)\nArchitecture: "
                            "amd64\nMaintainer: Test Maintainers <team@example.org>\nHomepage: "
                            "https://example.org/\nConffiles:\n /etc/tool.conf "
                            "0000000000000000000000000000000a\nDescription: a tool\n"),
                   tar_file("var/lib/dpkg/status.d/tool.md5sums",
                            "0000000000000000000000000000000a  usr/bin/tool\n"
                            "0000000000000000000000000000000b  usr/share/doc/tool/copyright\n"
                            "0000000000000000000000000000000c  usr/share/tool/gone\n")}},
                 "pith: tool 1:2.0-1+b1");
    auto second =
        layer_of({{tar_file("usr/lib/data", "some data"), tar_file("usr/share/doc/data/copyright", "Prose.\n"),
                   tar_file("var/lib/dpkg/status.d/data",
                            "Package: data\nVersion: 3\nArchitecture: all\nMaintainer: A Person "
                            "<person@example.org>\n"),
                   tar_file("var/lib/dpkg/status.d/data.md5sums",
                            "0000000000000000000000000000000d  lib/data\n"
                            "0000000000000000000000000000000e  usr/share/doc/data/copyright\n")}},
                 "pith: data 3");
    auto last = layer_of({{tar_folder("usr"), tar_link("lib", "usr/lib"), tar_file("etc/os-release", os_release),
                           tar_file("etc/passwd", "root:x:0:0::/:/sbin/nologin\n")}},
                         "pith: the image's own files");
    return image_of({std::move(first), std::move(second), std::move(last)});
}

inline Result<inventory::Inventory> inventory_of(const oci::Image& image, const Scratch& scratch) {
    auto cache = Cache::open(scratch / "cache");
    ThreadPool pool(2);
    return inventory::read_image({image, oci::digest_of({image})}, "small", *cache, pool);
}

}  // namespace pith::test
