// What images of the catalog share: blobs on disk, and work when one package changes.
#include <gmock/gmock.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "e2e/catalog/images.h"
#include "support/debian_archive.h"

using namespace pith::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* images[] = {"static", "base-nossl", "base", "cc", "python3", "nginx"};

std::uint64_t size_of_blobs(const fs::path& layout) {
    std::uint64_t size = 0;
    for (const auto& entry : fs::recursive_directory_iterator(layout / "blobs"))
        if (entry.is_regular_file()) size += entry.file_size();
    return size;
}

}  // namespace

TEST(CatalogSharing, TogetherTheImagesWeighLessThanSixTenthsOfTheirSum) {
    Scratch scratch;
    std::uint64_t sum = 0;
    for (const char* image : images) {
        built(fmt::format("catalog/{0}.yaml -q -o oci:{1}/{0}:x -o oci:{1}/all:{0}", image, scratch.path().string()));
        auto size = size_of_blobs(scratch / image);
        sum += size;
        std::cout << fmt::format("{:>12} bytes: {}\n", size, image);
    }
    auto all = size_of_blobs(scratch / "all");
    std::cout << fmt::format("{:>12} bytes: their sum\n{:>12} bytes: all in one layout, {:.1f} %\n", sum, all,
                             100.0 * static_cast<double>(all) / static_cast<double>(sum));
    EXPECT_LT(all * 10, sum * 6);
}

namespace {

// The .deb of a locked package, in the cache.
fs::path cached_deb(const nlohmann::json& lock, const std::string& architecture, const std::string& package) {
    if (!lock.is_structured()) return {};
    if (lock.is_object() && lock.contains("sha256") && lock.value("name", "") == package &&
        lock.value("architecture", "") == architecture) {
        auto digest = lock["sha256"].get<std::string>().substr(std::string("sha256:").size());
        return shared_cache() / "blobs/sha256" / digest.substr(0, 2) / digest;
    }
    for (const auto& child : lock)
        if (auto found = cached_deb(child, architecture, package); !found.empty()) return found;
    return {};
}

// An archive with the library of both architectures in a newer version, one of whose files is another.
void publish_newer_libssl(const fs::path& folder, const SigningKey& key, const nlohmann::json& lock) {
    DebianArchive archive(folder / "archive", key);
    for (const char* architecture : {"amd64", "arm64"}) {
        auto deb = cached_deb(lock, architecture, "libssl3t64").string();
        auto repacked = sh(fmt::format(
            "cd {0} && rm -rf tree && dpkg-deb -R {1} tree && sed -i 's/^Version: .*/&+newer/' tree/DEBIAN/control && "
            "printf x >>tree/usr/share/doc/libssl3t64/copyright && dpkg-deb -Znone --root-owner-group -b tree new.deb "
            ">&2 && dpkg-deb -f new.deb Version && grep -E "
            "'^(Pre-)?(Depends|Breaks|Replaces|Provides|Multi-Arch|Source):' tree/DEBIAN/control",
            folder.string(), deb));
        ASSERT_EQ(repacked.exit_code, 0) << repacked.err;
        auto end = repacked.out.find('\n');
        archive.add("libssl3t64", repacked.out.substr(0, end), architecture, slurp(folder / "new.deb"),
                    repacked.out.substr(end + 1));
    }
    archive.publish();
}

}  // namespace

// Four images of two architectures hold the library, so eight change. Of their packages the library alone is made anew,
// once for each architecture; besides it each image has its own last layer.
TEST(CatalogSharing, AChangeOfLibsslMakesTwoMembersForEightImages) {
    PITH_NEED(have("dpkg-deb"), "dpkg-deb");
    Scratch scratch;
    auto folder = scratch.path().string();
    for (const char* image : {"base", "cc", "python3", "nginx"}) built(fmt::format("catalog/{}.yaml -q", image));
    auto locked = run_pith(fmt::format("lock catalog/base.yaml -q --lock {}/versions.json", folder));
    ASSERT_EQ(locked.exit_code, 0) << locked.err;
    SigningKey key;
    spit(scratch / "key.gpg", key.public_key());
    publish_newer_libssl(scratch.path(), key, nlohmann::json::parse(slurp(scratch / "versions.json")));
    copy_downloads(scratch / "cache");  // what is made of the packages comes back with the images as they were
    auto cache = fmt::format("--cache-dir {}/cache", folder);

    std::vector<std::string> made;
    std::size_t own = 0, of_images = 0;
    for (const char* image : {"base", "cc", "python3", "nginx"})
        built(fmt::format("catalog/{}.yaml -q {}", image, cache));
    for (const char* image : {"base", "cc", "python3", "nginx"}) {
        auto definition = scratch / fmt::format("{}.yaml", image);
        spit(definition, fmt::format("include: {}/catalog/{}.yaml\ncontents:\n  repositories: ['deb [signed-by={}] "
                                     "file://{}/archive stable main']\n",
                                     source_dir().string(), image, (scratch / "key.gpg").string(), folder));
        auto ran = run_pith(fmt::format("build {} -q --format json {}", definition.string(), cache));
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        auto report = nlohmann::json::parse(ran.out);
        for (const auto& platform : report["platforms"]) {
            ++of_images;
            own += platform["membersNew"].get<std::size_t>();
            for (const auto& package : platform["packages"])
                if (package["new"].get<bool>())
                    made.push_back(fmt::format("{} {}", package["name"].get<std::string>(),
                                               platform["platform"].get<std::string>()));
        }
    }
    EXPECT_EQ(of_images, 8u);
    EXPECT_THAT(made, testing::UnorderedElementsAre("libssl3t64 linux/amd64", "libssl3t64 linux/arm64"));
    EXPECT_LE(own - made.size(), 8u) << "no more than the images' own last layers";
}
