// Artifacts attached to images: the same in registries with and without a list of referrers, and in layouts.
#include "unit/registry/fixture.h"

#include <set>

namespace pith::oci::registry {
namespace {

std::string artifact(const Digest& subject, std::size_t size, std::string_view name) {
    return small_manifest(fmt::format(
        R"(,"artifactType":"application/x-test","subject":{{"mediaType":"{}","digest":"{}","size":{}}},"annotations":{{"name":"{}"}})",
        media_type::manifest, subject.text(), size, name));
}

class Attach : public WithRegistry {
protected:
    // An image under `place`, and two artifacts that belong to it.
    void attach_to(const Destination& place) {
        ASSERT_OK(put({image()}, place));
        auto repository = open_repository(place, Access::push, *m_registries);
        ASSERT_OK(repository);
        auto subject = resolve(**repository, place);
        ASSERT_OK(subject);
        EXPECT_EQ(subject->descriptor.digest, digest_of({image()}));
        auto none = (*repository)->referrers(subject->descriptor.digest);
        ASSERT_OK(none);
        EXPECT_TRUE(none->empty());

        auto blob = (*repository)->push_blob("{}", "application/vnd.oci.empty.v1+json");
        ASSERT_OK(blob);
        EXPECT_EQ((*repository)->blob(*blob).value(), "{}");
        std::set<Digest> pushed;
        for (const char* name : {"a", "b", "a"}) {
            auto text = artifact(subject->descriptor.digest, subject->descriptor.size, name);
            auto done = (*repository)->push_manifest(text);
            ASSERT_OK(done);
            pushed.insert(done->digest);
            EXPECT_EQ((*repository)->manifest(done->digest.text()).value().bytes, text);
        }
        auto found = (*repository)->referrers(subject->descriptor.digest);
        ASSERT_OK(found);
        std::set<Digest> digests;
        for (const auto& each : *found) digests.insert(each.descriptor.digest);
        EXPECT_EQ(digests, pushed);
        EXPECT_EQ(found->size(), 2u);
        EXPECT_TRUE((*repository)->referrers(sha256("other")).value().empty());
        // The name still leads to the image.
        EXPECT_EQ(resolve(**repository, place).value().descriptor.digest, subject->descriptor.digest);
    }
};

TEST_F(Attach, ToARegistryThatListsReferrers) {
    FakeRegistry registry({.has_referrers = true});
    attach_to(place(registry, "app:1"));
    EXPECT_FALSE(registry.manifest("app", referrers_tag(digest_of({image()}))));
}

TEST_F(Attach, ToARegistryThatDoesNot) {
    FakeRegistry registry({});
    attach_to(place(registry, "app:1"));
    auto fallback = registry.manifest("app", referrers_tag(digest_of({image()})));
    ASSERT_TRUE(fallback);
    EXPECT_EQ(fallback->type, media_type::index);
    EXPECT_THAT(fallback->bytes,
                AllOf(HasSubstr(R"("artifactType":"application/x-test")"), HasSubstr(R"("name":"b")")));
}

TEST_F(Attach, ToALayout) {
    attach_to(place("oci", "images:x"));
    attach_to(place("oci", "nameless"));
}

TEST_F(Attach, WhatALayoutsIndexDoesNotNameIsFoundToo) {
    auto where = place("oci", "images:x");
    ASSERT_OK(put({image()}, where));
    auto subject = digest_of({image()});
    auto text = artifact(subject, 100, "hidden");
    spit(m_scratch / "images/blobs/sha256" / sha256(text).hex(), text);
    spit(m_scratch / "images/blobs/sha256" / sha256("other").hex(), text);  // which is not its digest
    auto repository = open_repository(where, Access::push, *m_registries);
    auto found = (*repository)->referrers(subject);
    ASSERT_OK(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->at(0).descriptor.digest, sha256(text));
    EXPECT_EQ(found->at(0).artifact_type, "application/x-test");
}

// Whoever can make the list of referrers fail must not make signatures vanish.
TEST_F(Attach, OnlyAMissingListLeadsToTheTag) {
    for (int status : {500, 403, 401, 400, 405, 502}) {
        FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
            if (request.target.contains("/referrers/")) return HttpAnswer{status};
            return std::nullopt;
        }});
        auto app = client(registry);
        auto found = app->referrers(sha256("x"));
        EXPECT_FALSE(found) << status;
        EXPECT_EQ(registry.count("GET", "/manifests/"), 0u) << status;
    }
    FakeRegistry page({.instead = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.contains("/referrers/")) return HttpAnswer{.body = "<html>hello</html>"};
        return std::nullopt;
    }});
    expect_error(client(page)->referrers(sha256("x")), ErrorCode::format, HasSubstr("a page in HTML"));
    FakeRegistry taken({});
    taken.add_manifest("app", referrers_tag(sha256("x")), std::string(media_type::manifest), small_manifest());
    expect_error(client(taken)->referrers(sha256("x")), ErrorCode::format, HasSubstr("leads to a manifest"));
}

// What is expected is asked for beside something else, once, and found or missed as if it had been asked for in its
// turn.
TEST_F(Attach, WhatIsExpectedIsAskedForOnce) {
    FakeRegistry registry({});
    registry.add_manifest("app", "1", std::string(media_type::manifest), small_manifest());
    auto text = artifact(sha256("x"), 1, "a");
    auto digest = registry.add_manifest("app", sha256(text).text(), std::string(media_type::manifest), text);
    Descriptor blob{"text/plain", read_digest(registry.add_blob("app", "hello")).value(), 5};
    Descriptor absent{"text/plain", sha256("absent"), 6};
    auto app = client(registry);
    app->expect({"1", "2", digest}, {blob, absent});
    EXPECT_EQ(registry.server().requests().size(), 0u);
    ASSERT_OK(app->referrers(sha256("x")));
    EXPECT_EQ(registry.server().requests().size(), 7u);  // the list, the tag in its place, and five that are expected
    EXPECT_EQ(app->manifest("1").value().bytes, small_manifest());
    expect_error(app->manifest("2"), ErrorCode::not_found, HasSubstr("has no '2'"));
    EXPECT_EQ(app->manifest(digest).value().bytes, text);
    EXPECT_EQ(app->blob(blob).value(), "hello");
    EXPECT_EQ(registry.server().requests().size(), 7u);
    expect_error(app->blob(absent), ErrorCode::not_found, HasSubstr(absent.digest.text()));
    EXPECT_EQ(registry.count("GET", absent.digest.text()), 1u);
}

// What somebody else says of a blob that is wrong does not keep it from being read, nor does a manifest that is no
// blob.
TEST_F(Attach, AWrongExpectationHidesNothing) {
    FakeRegistry registry({});
    Descriptor good{"text/plain", read_digest(registry.add_blob("app", "hello")).value(), 5}, wrong = good;
    wrong.size = 1;
    auto text = artifact(sha256("x"), 1, "a");
    auto digest = registry.add_manifest("app", "", std::string(media_type::manifest), text);
    auto app = client(registry);
    app->expect({}, {wrong, {"text/plain", read_digest(digest).value(), text.size()}});
    ASSERT_OK(app->referrers(sha256("x")));
    EXPECT_EQ(app->manifest(digest).value().bytes, text);
    EXPECT_EQ(app->blob(good).value(), "hello");
}

TEST_F(Attach, AFaultOfWhatIsExpectedIsToldInItsTurn) {
    FakeRegistry registry({.instead = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.ends_with("/manifests/1")) return HttpAnswer{403};
        return std::nullopt;
    }});
    auto app = client(registry);
    app->expect({"1"}, {});
    ASSERT_OK(app->referrers(sha256("x")));
    expect_error(app->manifest("1"), ErrorCode::network, HasSubstr("does not give '1' in app to this user"));
}

TEST(ReferrersIndex, KeepsWhatIsThere) {
    Referrer one{{std::string(media_type::manifest), sha256("1"), 1}, "type", {{"k", "v"}}};
    auto first = referrers_index(std::nullopt, one);
    ASSERT_OK(first);
    auto again = referrers_index(*first, one);
    EXPECT_EQ(*again, *first);
    auto foreign = R"({"schemaVersion":2,"manifests":[{"digest":"sha256:zz","own":[1]}],"extra":true})";
    auto kept = referrers_index(foreign, one);
    ASSERT_OK(kept);
    EXPECT_THAT(*kept, AllOf(HasSubstr(R"("own":[1])"), HasSubstr(R"("extra":true)"), HasSubstr(sha256("1").text())));
    EXPECT_FALSE(referrers_index("[]", one));
    EXPECT_FALSE(referrers_index("{}", one));
}

}  // namespace
}  // namespace pith::oci::registry
