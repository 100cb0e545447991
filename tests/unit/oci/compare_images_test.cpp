// The first place where two images differ, in words.
#include "oci/compare_images.h"

#include <gmock/gmock.h>

#include "support/images.h"
#include "support/support.h"

namespace pith::oci {
namespace {

using namespace pith::test;
using archive::TarEntry;

std::string difference(const Image& published, const Image& rebuilt) {
    Scratch scratch;
    auto cache = Cache::open(scratch / "cache");
    ThreadPool pool(1);
    auto found = first_difference(published, rebuilt, *cache, pool);
    return found ? *found : found.error().text();
}

TEST(CompareImages, NamesTheFirstLayerAndFileThatDiffer) {
    const std::vector<TarEntry> base = {tar_folder("etc/"), tar_file("etc/a", "1"), tar_link("etc/l", "a")};
    struct Case {
        std::vector<TarEntry> other;
        const char* expected;
    };
    auto with = [&](std::size_t i, TarEntry entry) {
        auto out = base;
        out[i] = std::move(entry);
        return out;
    };
    auto shorter = base, longer = base;
    shorter.pop_back();
    longer.push_back(tar_file("etc/z", "1"));
    const Case cases[] = {
        {with(1, tar_file("etc/a", "2")), "layer 2 of 2: /etc/a has other content"},
        {with(1, tar_file("etc/a", "1", 0600)), "layer 2 of 2: /etc/a has the mode 0644 and 0600"},
        {with(1, tar_file("etc/a", "1", 0644, {5, 6})), "layer 2 of 2: /etc/a belongs to 0:0 and to 5:6"},
        {with(1, tar_file("etc/a", "1", 0644, {}, 7)), "layer 2 of 2: /etc/a has the time 1700000000 and 7"},
        {with(1, tar_file("etc/b", "1")), "layer 2 of 2: /etc/a stands where /etc/b is built"},
        {with(1, tar_folder("etc/a")), "layer 2 of 2: /etc/a is of another type"},
        {with(2, tar_link("etc/l", "b")), "layer 2 of 2: /etc/l leads to 'a' and to 'b'"},
        {shorter, "layer 2 of 2: /etc/l is not built again"},
        {longer, "layer 2 of 2: /etc/z was not in it"},
    };
    auto first = layer_of({{tar_file("same", "x")}}, "");
    auto published = image_of({first, layer_of({base}, "")});
    for (const auto& each : cases)
        EXPECT_EQ(difference(published, image_of({first, layer_of({each.other}, "")})), each.expected);
}

TEST(CompareImages, TellsCompressionAndConfigurationFromContent) {
    const std::vector<TarEntry> entries = {tar_file("a", "1")};
    auto gzip = image_of({layer_of({entries}, "")});
    auto zstd = image_of({layer_of({entries}, "", archive::Compression::zstd)});
    EXPECT_EQ(difference(gzip, zstd), "its layers hold the same, and are compressed to other bytes");
    EXPECT_EQ(difference(gzip, image_of({layer_of({entries}, ""), layer_of({entries}, "")})),
              "it has 1 layers, and 2 are built");
    auto other = gzip;
    other.config.user = "1000";
    EXPECT_EQ(difference(gzip, other), "its layers are the same, and its configuration or manifest is not");
}

}  // namespace
}  // namespace pith::oci
