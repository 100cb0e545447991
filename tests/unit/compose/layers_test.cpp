#include "compose/layers.h"

#include <gmock/gmock.h>

#include "archive/inflate.h"
#include "compose/build.h"
#include "oci/output.h"
#include "unit/compose/world.h"

using namespace pith;
using namespace pith::test;
using testing::ElementsAre;

namespace {

// The bytes of a layer's blob, put together from its pieces.
std::string blob_of(const oci::Layer& layer) {
    std::string out;
    for (const auto& piece : layer.pieces) {
        if (const auto* path = std::get_if<std::filesystem::path>(&piece))
            out += slurp(*path);
        else
            out += as_text(*std::get<std::shared_ptr<const Bytes>>(piece));
    }
    return out;
}

Result<compose::Layers> layers_of(World& world, unsigned jobs, archive::Compression compression, unsigned budget = 60) {
    ThreadPool pool(jobs);
    Progress progress;
    auto plan = world.plan();
    if (!plan) return std::unexpected(plan.error());
    auto groups = compose::group_packages(world.lock.packages, budget);
    return compose::make_layers(*plan, groups, {compression}, world.cache, pool, progress);
}

void fill(World& world) {
    static const std::string big(700'000, 'b');
    for (const char* name : {"a", "b", "c", "d"})
        world.add(name, {file(fmt::format("./usr/bin/{}", name),
                              std::string_view(big).substr(0, 300'000 + 100'000 * (name[0] - 'a')), 0755)});
}

}  // namespace

TEST(Layers, DigestAndDiffIdAreThoseOfTheBytes) {
    for (auto compression : {archive::Compression::gzip, archive::Compression::zstd}) {
        for (unsigned budget : {60U, 3U}) {
            World world;
            fill(world);
            auto layers = layers_of(world, 2, compression, budget);
            ASSERT_OK(layers);
            EXPECT_EQ(layers->layers.size(), std::min<std::size_t>(budget, 5));
            for (const auto& layer : layers->layers) {
                auto blob = blob_of(layer);
                EXPECT_EQ(sha256(blob), layer.descriptor.digest);
                EXPECT_EQ(blob.size(), layer.descriptor.size);
                auto tar = archive::inflate(as_bytes(blob), compression);
                ASSERT_OK(tar);
                EXPECT_EQ(sha256(tar->bytes()), layer.diff_id);
                EXPECT_EQ(tar->bytes().size(), layer.tar_size);
            }
        }
    }
}

TEST(Layers, TheSameBytesForAnyJobsAndAnyFolder) {
    std::vector<std::vector<std::string>> digests;
    for (unsigned jobs : {1U, 8U, 2U}) {
        World world;  // its own scratch folder and cache each time
        fill(world);
        auto layers = layers_of(world, jobs, archive::Compression::gzip);
        ASSERT_OK(layers);
        auto& mine = digests.emplace_back();
        for (const auto& layer : layers->layers) mine.push_back(layer.descriptor.digest.text());
    }
    EXPECT_EQ(digests[0], digests[1]);
    EXPECT_EQ(digests[0], digests[2]);
}

// A small image's digest, byte for byte: the tar, the compressor (a static library of known version) and the JSON.
TEST(Layers, ASmallImageHasItsKnownDigest) {
    World world("entrypoint: [/usr/bin/a]");
    fill(world);
    ThreadPool pool(2);
    Progress progress;
    auto built = compose::build_image(
        {world.definition, world.lock, world.effects, world.cache, pool, 1'000'000'000, nullptr}, progress);
    ASSERT_OK(built);
    std::string text;
    for (const auto& layer : built->image.layers)
        text += fmt::format("layer {} {} {}\n", layer.descriptor.digest.text(), layer.diff_id.text(),
                            layer.descriptor.size);
    text += fmt::format("image {}\n", oci::digest_of({built->image}).text());
    expect_golden(fmt::format("compose/small_image_{}.txt", sha256(archive::Compressor{}.identity()).brief()), text);
}

TEST(Layers, ASecondBuildMakesNothingAndAnUpdateOneMember) {
    World world;
    fill(world);
    auto first = layers_of(world, 2, archive::Compression::gzip);
    ASSERT_OK(first);
    EXPECT_EQ(first->members_new, 5u);
    auto second = layers_of(world, 2, archive::Compression::gzip);
    ASSERT_OK(second);
    EXPECT_EQ(second->members_new, 0u);
    EXPECT_EQ(second->members_reused, 5u);

    world.lock.packages.pop_back();
    world.add("d", {file("./usr/bin/d", "changed", 0755)});
    auto third = layers_of(world, 2, archive::Compression::gzip);
    ASSERT_OK(third);
    EXPECT_THAT(third->made, ElementsAre("d"));
    EXPECT_EQ(third->members_reused, 4u);
}

TEST(Layers, AMemberIsTheSameInAnotherImage) {
    World world;
    fill(world);
    auto all = layers_of(world, 2, archive::Compression::gzip);
    world.lock.packages.erase(world.lock.packages.begin());
    auto fewer = layers_of(world, 2, archive::Compression::gzip);
    ASSERT_OK(all);
    ASSERT_OK(fewer);
    EXPECT_THAT(fewer->made, ElementsAre());
    EXPECT_EQ(all->layers[1].descriptor.digest, fewer->layers[0].descriptor.digest);
}

TEST(Layers, TheSmallestPackagesShareALayerBeyondTheBudget) {
    std::vector<compose::LockedPackage> packages(5);
    for (std::size_t i = 0; i < packages.size(); ++i) packages[i].package.size = 100 + i;
    packages[4].role = compose::LockedPackage::Role::certificates;
    EXPECT_THAT(compose::group_packages(packages, 60),
                ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3)));
    EXPECT_THAT(compose::group_packages(packages, 4), ElementsAre(ElementsAre(0, 1), ElementsAre(2), ElementsAre(3)));
    EXPECT_THAT(compose::group_packages(packages, 2), ElementsAre(ElementsAre(0, 1, 2, 3)));
}

TEST(Layers, APackageWithoutAFileIsInNoLayer) {
    World world;
    fill(world);
    world.add("e", {file("./usr/share/man/man1/e.1.gz", "left out")});
    auto layers = layers_of(world, 1, archive::Compression::gzip);
    ASSERT_OK(layers);
    EXPECT_EQ(layers->layers.size(), 5u);
}
