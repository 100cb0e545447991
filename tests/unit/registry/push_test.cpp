// What is sent to registries, by all the ways that the specification has.
#include "unit/registry/fixture.h"

#include <atomic>

namespace pith::oci::registry {
namespace {

class Push : public WithRegistry {
protected:
    static Blob blob_of(std::string_view bytes) {
        auto held = std::make_shared<const Bytes>(to_bytes(bytes));
        return {{"application/octet-stream", sha256(*held), held->size()}, {held}, "the blob"};
    }
    Result<std::vector<BlobOutcome>> push(const FakeRegistry& registry, const Blob& blob,
                                          const std::string& source = {}) {
        return client(registry, "app", Access::push)->push_blobs({blob}, source, m_progress);
    }
    static std::string bytes(std::size_t size) {
        std::string out;
        for (std::size_t i = 0; out.size() < size; ++i) out += fmt::format("{} ", i);
        out.resize(size);
        return out;
    }
};

TEST_F(Push, SendsABlobOnceAndInOnePiece) {
    FakeRegistry registry({});
    auto blob = blob_of("hello");
    auto outcome = push(registry, blob);
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome->at(0), BlobOutcome::sent);
    EXPECT_TRUE(registry.has_blob("app", sha256("hello").text()));
    EXPECT_EQ(registry.count("PUT", "state=begun"), 1u);  // the Location's own query is kept
    EXPECT_EQ(registry.count("PATCH", ""), 0u);
    EXPECT_EQ(m_progress.advanced, 5u);
    EXPECT_EQ(push(registry, blob)->at(0), BlobOutcome::existed);
    EXPECT_EQ(registry.count("PUT", ""), 1u);
    EXPECT_EQ(push(registry, blob_of(""))->at(0), BlobOutcome::sent);
}

TEST_F(Push, SendsALargeBlobInParts) {
    m_settings.chunk_bytes = 100'000;
    for (std::size_t least : {0, 130'000}) {
        FakeRegistry registry({.least_chunk = least});
        auto text = bytes(250'001);
        ASSERT_OK(push(registry, blob_of(text)));
        EXPECT_TRUE(registry.has_blob("app", sha256(text).text()));
        std::vector<std::string> ranges;
        for (const auto& request : registry.server().requests())
            if (request.method == "PATCH") ranges.push_back(request.header("content-range"));
        if (least == 0)
            EXPECT_THAT(ranges, testing::ElementsAre("0-99999", "100000-199999", "200000-250000"));
        else
            EXPECT_THAT(ranges, testing::ElementsAre("0-129999", "130000-250000"));
    }
}

// Cut, in one piece or in parts: what arrived is not sent again.
TEST_F(Push, ACutUploadGoesOnWhereItIs) {
    for (std::uint64_t chunk : {std::uint64_t{100'000}, 64 * MiB}) {
        m_settings.chunk_bytes = chunk;
        std::atomic<int> cuts = 1;
        FakeRegistry registry({.cutter = [&](const HttpRequest& request) -> std::optional<std::size_t> {
            bool sends = request.method == "PATCH" || request.method == "PUT";
            if (sends && cuts-- > 0) return 60'000;
            return std::nullopt;
        }});
        auto text = bytes(250'001);
        ASSERT_OK(push(registry, blob_of(text)));
        EXPECT_TRUE(registry.has_blob("app", sha256(text).text()));
        EXPECT_EQ(registry.count("POST", "/blobs/uploads/"), 1u);
        EXPECT_EQ(registry.count("GET", "/blobs/uploads/"), 1u);
        bool resumed = false;
        for (const auto& request : registry.server().requests())
            resumed |= request.header("content-range").starts_with("60000-");
        EXPECT_TRUE(resumed);
    }
}

TEST_F(Push, APartOutOfPlaceIsAskedForAgain) {
    m_settings.chunk_bytes = 100'000;
    std::atomic<bool> lost = false;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        // The second part is not taken, as if a server in between had another state.
        if (request.method == "PATCH" && request.header("content-range").starts_with("100000-") && !lost.exchange(true))
            return HttpAnswer{416, {{"Range", "0-99999"}}};
        return std::nullopt;
    }});
    auto text = bytes(250'001);
    ASSERT_OK(push(registry, blob_of(text)));
    EXPECT_TRUE(lost);
    EXPECT_TRUE(registry.has_blob("app", sha256(text).text()));
    EXPECT_EQ(registry.count("GET", "/blobs/uploads/"), 1u);
}

TEST_F(Push, AnUploadThatIsGoneBeginsAgainAndNotForEver) {
    m_settings.net.retries = 0;
    std::atomic<int> gone = 1;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        bool upload = request.target.contains("/blobs/uploads/upload-");
        if (request.method == "PUT" && upload && gone > 0) return HttpAnswer{500};
        if (request.method == "GET" && upload && gone-- > 0) return HttpAnswer{404};
        return std::nullopt;
    }});
    ASSERT_OK(push(registry, blob_of("hello")));
    EXPECT_EQ(registry.count("POST", "/blobs/uploads/"), 2u);
    gone = 1000;
    expect_error(push(registry, blob_of("other")), ErrorCode::network, HasSubstr("HTTP 500"));
    EXPECT_LT(registry.server().requests().size(), 60u);
}

// A registry that is away for a while is not asked again at once, and not for ever.
TEST_F(Push, WaitsBetweenUploadsThatFail) {
    m_settings.net.retry_pause = std::chrono::milliseconds(40);
    std::atomic<int> failing = 2;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.method == "PUT" && failing-- > 0) return HttpAnswer{502};
        return std::nullopt;
    }});
    auto begin = std::chrono::steady_clock::now();
    ASSERT_OK(push(registry, blob_of("hello")));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(40 + 80));
    failing = 1000;
    expect_error(push(registry, blob_of("other")), ErrorCode::network, HasSubstr("HTTP 502"));
    EXPECT_EQ(1000 - failing, 4);
}

// The right to read the other repository is asked for, whatever token is there already.
TEST_F(Push, MountsWithATokenForBoth) {
    std::string realm;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.starts_with("/token")) {
            bool both = request.target.contains("app:pull,push") && request.target.contains("base:pull");
            return HttpAnswer{.body = fmt::format(R"({{"token":"{}"}})", both ? "both" : "own")};
        }
        auto token = request.header("authorization");
        if (token.empty()) return HttpAnswer{401, {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", realm)}}};
        if (request.target.contains("mount=") && token != "Bearer both") return HttpAnswer{202, {{"Location", "/x"}}};
        return std::nullopt;
    }});
    realm = registry.server().url("/token");
    registry.add_blob("base", "hello");
    auto app = client(registry, "app", Access::push);
    ASSERT_OK(app->referrers(sha256("x")));
    auto outcome = app->push_blobs({blob_of("hello")}, "base", m_progress);
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome->at(0), BlobOutcome::mounted);
}

// Who may not read the other repository gets a token all the same, and sends.
TEST_F(Push, SendsWhereNoTokenIsGivenForBoth) {
    std::string realm;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.starts_with("/token"))
            return request.target.contains("base:pull") ? HttpAnswer{403} : HttpAnswer{.body = R"({"token":"own"})"};
        if (request.header("authorization").empty())
            return HttpAnswer{401, {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", realm)}}};
        if (request.target.contains("mount=")) return HttpAnswer{403};
        return std::nullopt;
    }});
    realm = registry.server().url("/token");
    auto outcome = client(registry, "app", Access::push)->push_blobs({blob_of("hello")}, "base", m_progress);
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome->at(0), BlobOutcome::sent);
}

TEST_F(Push, MountsWhatAnotherRepositoryHas) {
    FakeRegistry registry({});
    registry.add_blob("base", "hello");
    auto blob = blob_of("hello");
    EXPECT_EQ(push(registry, blob, "base")->at(0), BlobOutcome::mounted);
    EXPECT_EQ(registry.count("POST", "from=base"), 1u);
    EXPECT_EQ(registry.count("PUT", ""), 0u);
    // Where it was seen is remembered, by registry.
    auto other = client(registry, "other", Access::push)->push_blobs({blob}, {}, m_progress);
    ASSERT_OK(other);
    EXPECT_EQ(other->at(0), BlobOutcome::mounted);
    EXPECT_EQ(registry.count("POST", "from=app"), 1u);
    FakeRegistry second({});
    ASSERT_OK(push(second, blob));
    EXPECT_EQ(second.count("POST", "mount="), 0u);
}

TEST_F(Push, SendsWhatIsNotMounted) {
    auto blob = blob_of("hello");
    FakeRegistry refuses({.mounts = false});
    refuses.add_blob("base", "hello");
    EXPECT_EQ(push(refuses, blob, "base")->at(0), BlobOutcome::sent);
    EXPECT_EQ(refuses.count("POST", "/blobs/uploads/"), 1u);  // the upload that was begun instead is used
    FakeRegistry forbids({.instead = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.contains("mount=")) return HttpAnswer{403};
        return std::nullopt;
    }});
    EXPECT_EQ(push(forbids, blob, "base")->at(0), BlobOutcome::sent);
    // Without bytes it says that they are wanted.
    auto absent = blob;
    absent.pieces.clear();
    FakeRegistry empty({});
    EXPECT_EQ(push(empty, absent, "base")->at(0), BlobOutcome::wanted);
}

TEST_F(Push, SaysThatTheCacheIsDamaged) {
    FakeRegistry registry({});
    auto blob = blob_of("hello");
    blob.descriptor.digest = sha256("HELLO");
    expect_error(push(registry, blob), ErrorCode::damaged, HasSubstr("the blob"));
    blob.descriptor.size = 6;
    expect_error(push(registry, blob), ErrorCode::damaged, HasSubstr("has 5 bytes"));
    auto sound = blob_of("hello");
    FakeRegistry broken({.instead = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.method == "PUT") return HttpAnswer{400};
        return std::nullopt;
    }});
    expect_error(push(broken, sound), ErrorCode::network, HasSubstr("HTTP 400"));
}

TEST_F(Push, IsRefusedWithTheWayToLogIn) {
    FakeRegistry registry({.instead = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.method == "POST") return HttpAnswer{403, {}, R"({"errors":[{"code":"DENIED"}]})"};
        return std::nullopt;
    }});
    expect_error(push(registry, blob_of("x")), ErrorCode::network, AllOf(HasSubstr("DENIED"), HasSubstr("pith login")));
}

TEST_F(Push, AnUploadIsNotLedToPlainHttpOrNowhere) {
    std::string location;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.method != "POST") return std::nullopt;
        HttpAnswer out{202};
        if (!location.empty()) out.headers.emplace_back("Location", location);
        return out;
    }});
    for (const char* where : {"", "file:///etc/passwd", "ftp://127.0.0.1/x"}) {
        location = where;
        expect_error(push(registry, blob_of("x")), ErrorCode::network, HasSubstr("does not say where"));
    }
}

TEST_F(Push, AnUploadThatGoesOnElsewhereGetsNoAuthorization) {
    Loopback elsewhere([](const HttpRequest&) { return HttpAnswer{201}; });
    FakeRegistry registry({.user = "me",
                           .password = "secret",
                           .basic = true,
                           .instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
                               if (request.method != "POST" || request.header("authorization").empty())
                                   return std::nullopt;
                               return HttpAnswer{202, {{"Location", elsewhere.url("/up?x=y")}}};
                           }});
    ASSERT_OK(store_credentials(registry.host(), {"me", "secret", {}}, m_settings.auth_file));
    ASSERT_OK(push(registry, blob_of("x")));
    ASSERT_EQ(elsewhere.requests().size(), 1u);
    EXPECT_EQ(elsewhere.requests()[0].header("authorization"), "");
}

TEST_F(Push, AnImageIsPushedWithItsManifestLast) {
    FakeRegistry registry({});
    auto to = place(registry, "app:1");
    auto images = std::vector{image("two", "amd64"), image("two", "arm64")};
    auto written = put(images, to);
    ASSERT_OK(written);
    EXPECT_EQ(written->digest, digest_of(images));
    auto requests = registry.server().requests();
    EXPECT_EQ(requests.back().target, "/v2/app/manifests/1");
    ASSERT_TRUE(registry.manifest("app", "1"));
    EXPECT_EQ(registry.manifest("app", "1")->type, media_type::index);
    EXPECT_EQ(sha256(registry.manifest("app", "1")->bytes), digest_of(images));
    // A second image that shares a layer moves only what differs.
    auto uploads = registry.count("POST", "/blobs/uploads/");
    ASSERT_OK(put({image("three")}, place(registry, "app:2")));
    EXPECT_EQ(registry.count("POST", "/blobs/uploads/") - uploads, 2u);  // its second layer and its configuration
    auto other = Reference::parse(registry.host() + "/app@" + sha256("other").text());
    expect_error(put(images, {Destination::Kind::registry, {}, other->text()}), ErrorCode::usage,
                 HasSubstr("cannot be written under another"));
}

}  // namespace
}  // namespace pith::oci::registry
