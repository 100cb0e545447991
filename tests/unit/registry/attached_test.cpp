// What is attached to an image is found, whatever a repository says of it, and never taken for an image.
#include "oci/attached.h"

#include "unit/registry/attachments.h"

namespace pith::oci::registry {
namespace {

std::vector<std::string> names_of(const std::vector<Top>& tops) {
    std::vector<std::string> out;
    for (const auto& each : tops) out.push_back(each.name.empty() ? each.descriptor.digest.text() : each.name);
    return out;
}

using AttachedTo = WithAttachments;

TEST_F(AttachedTo, AnIndexAndItsPlatformsAndOneAnother) {
    FakeRegistry without_list({}), with_list({.has_referrers = true});
    std::vector<std::vector<std::string>> found;
    for (const auto& where : {place("oci", "images:x"), place("oci", "nameless"), place(without_list, "app:1"),
                              place(with_list, "app:1")}) {
        SCOPED_TRACE(where.text());
        auto made = make(where);
        auto repository = open_repository(where, Access::push, *m_registries);
        ASSERT_OK(repository);
        auto attached = attached_to(**repository, made.index);
        ASSERT_OK(attached);
        EXPECT_THAT(
            names_of(*attached),
            testing::UnorderedElementsAre(made.bundle.text(), made.second.text(), made.of_platform.text(),
                                          cosign_tag(made.index.digest, ".sig"), cosign_tag(made.index.digest, ".att"),
                                          cosign_tag(made.platform.digest, ".sig")));
        found.push_back(names_of(*attached));
        EXPECT_EQ(resolve(**repository, where).value().descriptor.digest, made.index.digest);

        auto of_platform = attached_to(**repository, made.platform);
        ASSERT_OK(of_platform);
        EXPECT_THAT(names_of(*of_platform),
                    testing::UnorderedElementsAre(made.of_platform.text(), cosign_tag(made.platform.digest, ".sig")));
    }
    for (const auto& each : found) EXPECT_EQ(each, found[0]);
}

TEST_F(AttachedTo, ATagThatLeadsBackToTheImageEnds) {
    auto where = place("oci", "images:x");
    auto made = make(where);
    auto repository = open_repository(where, Access::push, *m_registries);
    auto bytes = (*repository)->manifest(made.index.digest.text()).value().bytes;
    ASSERT_OK((*repository)->push_manifest(bytes, cosign_tag(made.index.digest, ".sbom")));
    auto attached = attached_to(**repository, made.index);
    ASSERT_OK(attached);
    EXPECT_THAT(names_of(*attached), testing::Contains(cosign_tag(made.index.digest, ".sbom")));
}

TEST_F(AttachedTo, AListThatLiesIsNotBelieved) {
    // The fallback tag of the image lists a manifest that belongs to something else, or is not there.
    FakeRegistry registry({});
    auto where = place(registry, "app:1");
    ASSERT_OK(put({image()}, where));
    auto repository = open_repository(where, Access::push, *m_registries);
    auto top = resolve(**repository, where).value().descriptor;
    auto foreign = (*repository)->push_manifest(artifact(sha256("else"), "foreign"));
    ASSERT_OK(foreign);
    auto list = [&](const Descriptor& listed) {
        registry.add_manifest("app", referrers_tag(top.digest), std::string(media_type::index),
                              referrers_index(std::nullopt, {listed, "", {}}).value());
        return attached_to(**repository, top);
    };
    EXPECT_TRUE(list(*foreign).value().empty());
    expect_error(list({std::string(media_type::manifest), sha256("missing"), 7}), ErrorCode::not_found,
                 HasSubstr("what refers to " + top.digest.text()));
}

TEST_F(AttachedTo, TooManyAreRefused) {
    auto where = place("oci", "images:x");
    ASSERT_OK(put({image()}, where));
    auto top = digest_of({image()});
    for (int i = 0; i < 1000; ++i) {
        auto text = artifact(top, std::to_string(i));
        spit(m_scratch / "images/blobs/sha256" / sha256(text).hex(), text);
    }
    auto repository = open_repository(where, Access::push, *m_registries);
    expect_error(attached_to(**repository, resolve(**repository, where).value().descriptor), ErrorCode::limit,
                 HasSubstr("more than 1000 manifests"));
}

TEST(ChooseName, DoesNotTakeAttachmentsForImages) {
    std::string hex(64, 'a');
    auto entry = [](std::string name, Annotations annotations = {}) {
        return IndexEntry{{std::string(media_type::manifest), sha256(name), 1}, {}, name, {}, std::move(annotations)};
    };
    auto image = entry("1");
    for (const auto& other : {entry("sha256-" + hex + ".sig"), entry("sha256-" + hex + ".att"),
                              entry("sha256-" + hex + ".sbom"), entry("", {{"kind", std::string(cosign::signatures)}}),
                              entry("", {{"kind", std::string(cosign::attestations)}})}) {
        auto chosen = choose_name({other, image, other}, "");
        ASSERT_OK(chosen);
        EXPECT_EQ(chosen->name, "1");
    }
    for (const auto& other :
         {entry("sha256-" + hex + ".zip"), entry("sha256-" + hex.substr(1) + ".sig"), entry("sha256-.sig"),
          entry(".sig"), entry("web.sig"), entry("sha256-" + hex), entry("", {{"kind", std::string(cosign::image)}})})
        expect_error(choose_name({other, image}, ""), ErrorCode::usage, HasSubstr("several images"));
}

}  // namespace
}  // namespace pith::oci::registry
