// An image and all that is attached to it go to a folder and come back as they were, or not at all.
#include "trust/image/saved_image.h"

#include <algorithm>

#include "unit/registry/attachments.h"

namespace pith::trust {
namespace {

namespace fs = std::filesystem;
using namespace pith::oci;
using namespace pith::oci::registry;

constexpr FileKind letter{"application/x-letter", "letter"};

class Saved : public WithAttachments {
protected:
    Result<SavedImage> saved(const Destination& from, const std::string& folder,
                             const std::vector<CarriedFile>& files = {}, const std::optional<Platform>& platform = {}) {
        return save_image(from, platform, files, m_scratch / folder, *m_registries, m_progress);
    }
    std::map<std::string, std::string> state_of(const std::string& folder) {
        std::map<std::string, std::string> out;
        for (const auto& each : fs::recursive_directory_iterator(m_scratch / folder))
            if (each.is_regular_file()) out[each.path().lexically_relative(m_scratch / folder)] = slurp(each.path());
        return out;
    }
    // The annotation "kind" of each entry of index.json that has one.
    std::map<std::string, std::string> kinds_in(const std::string& folder) {
        std::map<std::string, std::string> out;
        auto entries = read_index(slurp(m_scratch / folder / "index.json"), "index.json").value();
        for (const auto& each : entries)
            if (auto kind = each.annotations.find("kind"); kind != each.annotations.end())
                out[each.name] = kind->second;
        return out;
    }
    std::vector<std::string> left_beside() {
        std::vector<std::string> out;
        for (const auto& each : fs::directory_iterator(m_scratch.path()))
            if (each.path().filename().string().starts_with(".")) out.push_back(each.path());
        return out;
    }
    fs::path blob(const std::string& folder, const Digest& digest) {
        return m_scratch / folder / "blobs/sha256" / digest.hex();
    }
};

TEST_F(Saved, ComesBackAsItWas) {
    FakeRegistry origin({});
    auto made = make(place(origin, "app:1"));
    spit(m_scratch / "dear.txt", "dear reader");
    auto done = saved(place(origin, "app:1"), "out", {{letter, m_scratch / "dear.txt"}});
    ASSERT_OK(done);
    EXPECT_EQ(done->written.digest, made.index.digest);
    EXPECT_EQ(done->attached.size(), 6u);
    for (const auto& [path, bytes] : state_of("out"))
        if (path.starts_with("blobs")) {
            EXPECT_EQ(sha256(bytes).hex(), fs::path(path).filename());
        }
    EXPECT_EQ(resolve(**open_repository(place("oci", "out"), Access::push, *m_registries), place("oci", "out"))
                  ->descriptor.digest,
              made.index.digest);
    EXPECT_OK(find_content(place("oci", "out:1"), *m_registries));  // its tag is kept

    new_run();
    forget_cache();
    ASSERT_OK(saved(place(origin, "app:1"), "again/", {{letter, m_scratch / "dear.txt"}}));
    EXPECT_EQ(state_of("again"), state_of("out"));

    FakeRegistry old({}), modern({.has_referrers = true});
    for (const auto& to : {place(old, "inside:2"), place(modern, "inside:2"), place("oci", "other:2")}) {
        SCOPED_TRACE(to.text());
        auto loaded = load_image(m_scratch / "out", to, *m_registries, m_progress);
        ASSERT_OK(loaded);
        auto repository = open_repository(to, Access::push, *m_registries);
        EXPECT_EQ(resolve(**repository, to)->descriptor.digest, made.index.digest);
        EXPECT_EQ((*repository)->referrers(made.index.digest).value().at(0).descriptor.digest, made.bundle);
        EXPECT_EQ((*repository)->referrers(made.bundle).value().at(0).descriptor.digest, made.second);
        EXPECT_EQ((*repository)->referrers(made.platform.digest).value().at(0).descriptor.digest, made.of_platform);
        for (const auto& tag : made.tagged)
            EXPECT_EQ((*repository)->manifest(tag)->bytes, origin.manifest("app", tag)->bytes);
        ASSERT_OK(saved(to, "back"));
        EXPECT_EQ(kinds_in("back").size(), 3u);
        fs::remove_all(m_scratch / "back");
    }
    // Who finds the name finds the signatures.
    auto requests = modern.server().requests();
    auto puts = [&](std::string_view what) {
        std::size_t last = 0;
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (requests[i].method == "PUT" && requests[i].target.ends_with(what)) last = i;
        return last;
    };
    EXPECT_GT(puts("/manifests/2"), puts(".sig"));
    EXPECT_GT(puts("/manifests/2"), puts(made.second.text()));
}

TEST_F(Saved, IsMarkedForCosign) {
    auto where = place("oci", "images:x");
    auto made = make(where);
    ASSERT_OK(saved(where, "bundles"));
    EXPECT_EQ(kinds_in("bundles"), (std::map<std::string, std::string>{
                                       {"x", "dev.cosignproject.cosign/image"},
                                       {cosign_tag(made.index.digest, ".sig"), "dev.cosignproject.cosign/sigs"},
                                       {cosign_tag(made.index.digest, ".att"), "dev.cosignproject.cosign/atts"}}));
    ASSERT_OK(saved(where, "platform", {}, Platform{"linux", "amd64", ""}));
    EXPECT_EQ(kinds_in("platform"), (std::map<std::string, std::string>{
                                        {"x", "dev.cosignproject.cosign/image"},
                                        {cosign_tag(made.platform.digest, ".sig"), "dev.cosignproject.cosign/sigs"}}));
    // An index without bundles.
    auto plain = place("oci", "plain:x");
    ASSERT_OK(put({image(), image("two", "arm64")}, plain));
    sign_under(**open_repository(plain, Access::push, *m_registries), cosign_tag(made.index.digest, ".sig"));
    ASSERT_OK(saved(plain, "tags"));
    EXPECT_EQ(kinds_in("tags"), (std::map<std::string, std::string>{
                                    {"x", "dev.cosignproject.cosign/imageIndex"},
                                    {cosign_tag(made.index.digest, ".sig"), "dev.cosignproject.cosign/sigs"}}));
}

TEST_F(Saved, NeedsAnEmptyFolder) {
    auto where = place("oci", "images:x");
    make(where);
    fs::create_directory(m_scratch / "empty");
    EXPECT_OK(saved(where, "empty"));
    spit(m_scratch / "letters/letter.txt", "dear");
    spit(m_scratch / "file", "x");
    for (const char* taken : {"letters", "file", "empty"})
        expect_error(saved(where, taken), ErrorCode::usage, HasSubstr("is not an empty folder"));
    EXPECT_EQ(state_of("letters").size(), 1u);
}

TEST_F(Saved, IsNotThereAfterAnError) {
    auto where = place("oci", "images:x");
    auto made = make(where);
    auto layer = image().layers[0].descriptor.digest;
    struct Case {
        std::string what;
        Digest blob;
        std::string content;  // empty: it is missing
        ErrorCode code;
        std::string message;
    };
    auto other_bytes = slurp(blob("images", layer));
    other_bytes[other_bytes.size() / 2] ^= 1;
    for (const auto& each : {
             Case{"a layer is missing", layer, "", ErrorCode::not_found, layer.hex()},
             Case{"a layer is another", layer, other_bytes, ErrorCode::integrity, "is damaged where it is copied from"},
             Case{"a layer is short", layer, "x", ErrorCode::integrity, "its descriptor says"},
             Case{"a bundle is missing", sha256("a bundle"), "", ErrorCode::not_found, sha256("a bundle").hex()},
             Case{"a bundle is another", sha256("a bundle"), "a Bundle", ErrorCode::integrity, "is damaged"},
         }) {
        SCOPED_TRACE(each.what);
        auto path = blob("images", each.blob);
        auto before = slurp(path);
        fs::remove(path);
        if (!each.content.empty()) spit(path, each.content);
        expect_error(saved(where, "out"), each.code, HasSubstr(each.message));
        expect_error(load_image(m_scratch / "images", place("oci", "new:x"), *m_registries, m_progress), each.code,
                     HasSubstr(each.message));
        EXPECT_FALSE(fs::exists(m_scratch / "out"));
        EXPECT_FALSE(fs::exists(m_scratch / "new"));
        EXPECT_THAT(left_beside(), testing::IsEmpty());
        spit(path, before);
    }
    EXPECT_OK(saved(where, "out"));
    expect_error(saved(where, "more", {{letter, m_scratch / "missing"}}), ErrorCode::not_found, HasSubstr("missing"));
    EXPECT_FALSE(fs::exists(m_scratch / "more"));
}

TEST_F(Saved, IsHeldToBounds) {
    FakeRegistry registry({});
    auto where = place(registry, "app:1");
    ASSERT_OK(put({image()}, where));
    auto repository = open_repository(where, Access::push, *m_registries);
    auto attach = [&](std::uint64_t size) {
        auto layer = fmt::format(R"({{"mediaType":"x","digest":"{}","size":{}}})", sha256("huge").text(), size);
        EXPECT_OK((*repository)->push_manifest(artifact(digest_of({image()}), std::to_string(size), layer)));
    };
    attach(5 * GiB);
    expect_error(saved(where, "out"), ErrorCode::limit, HasSubstr("attached to the image is larger than 4.0 GiB"));
    EXPECT_EQ(registry.count("GET", "/blobs/"), 0u);
}

// What one program took for a manifest would be a blob to another.
TEST_F(Saved, NothingIsBothAManifestAndABlob) {
    for (auto type : {media_type::manifest, media_type::layer}) {
        FakeRegistry registry({});
        auto where = place(registry, "app:1");
        auto second = artifact(sha256("x"), "second");
        auto listed =
            fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})", type, sha256(second).text(), second.size());
        auto first = small_manifest();
        auto layers = first.find(R"("layers":[)") + 10;
        first.insert(layers, listed);
        registry.add_manifest("app", "1", std::string(media_type::manifest), first);
        registry.add_manifest("app", cosign_tag(sha256(first), ".sig"), std::string(media_type::manifest), second);
        expect_error(saved(where, "out"), ErrorCode::format, HasSubstr("is both a manifest and a blob"));
    }
}

TEST_F(Saved, OnlyWhereArtifactsAreKept) {
    auto where = place("oci", "images:x");
    make(where);
    ASSERT_OK(copied(where, place("oci-archive", "x.tar")));
    expect_error(saved(place("oci-archive", "x.tar"), "out"), ErrorCode::usage, HasSubstr("holds no signatures"));
    expect_error(load_image(m_scratch / "images", place("oci-archive", "y.tar"), *m_registries, m_progress),
                 ErrorCode::usage, HasSubstr("holds no signatures"));
}

TEST_F(Saved, FilesAreFoundByTheirType) {
    auto where = place("oci", "images:x");
    make(where);
    spit(m_scratch / "dear.txt", "dear reader");
    ASSERT_OK(saved(where, "out", {{letter, m_scratch / "dear.txt"}}));
    auto found = carried_file(m_scratch / "out", letter);
    ASSERT_OK(found);
    ASSERT_TRUE(*found);
    auto written = write_blob(**found, m_scratch / "taken.txt");
    ASSERT_OK(written);
    ASSERT_OK(written->commit());
    EXPECT_EQ(slurp(m_scratch / "taken.txt"), "dear reader");
    EXPECT_FALSE(carried_file(m_scratch / "out", {"application/x-other", "letter"}).value());

    spit(blob("out", sha256("dear reader")), "Dear reader");
    auto damaged = carried_file(m_scratch / "out", letter);
    ASSERT_OK(damaged);
    expect_error(write_blob(**damaged, m_scratch / "bad.txt"), ErrorCode::integrity, HasSubstr("letter is damaged"));
    spit(blob("out", sha256("dear reader")), "Dear");
    expect_error(carried_file(m_scratch / "out", letter), ErrorCode::integrity, HasSubstr("'letter'"));

    // A manifest that is not what index.json calls it.
    auto index = slurp(m_scratch / "out/index.json");
    auto type = index.find("application/x-test");
    ASSERT_NE(type, index.npos);
    index.replace(type, 18, "application/x-odds");
    spit(m_scratch / "out/index.json", index);
    expect_error(carried_file(m_scratch / "out", {"application/x-odds", "odds"}), ErrorCode::format,
                 HasSubstr("should have the type application/x-odds"));
}

}  // namespace
}  // namespace pith::trust
