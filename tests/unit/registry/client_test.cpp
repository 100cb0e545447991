// What is read from registries, honest ones and others.
#include "unit/registry/fixture.h"

#include <atomic>
#include <cstdlib>

#include "base/base64.h"

namespace pith::oci::registry {
namespace {

class RegistryClient : public WithRegistry {};

TEST_F(RegistryClient, LogsInAsTheRegistryWantsIt) {
    for (bool basic : {false, true}) {
        FakeRegistry registry({.user = "me", .password = "secret", .basic = basic});
        registry.add_manifest("app", "1", std::string(media_type::manifest), small_manifest());
        forget_cache();
        auto stranger = client(registry)->manifest("1");
        expect_error(stranger, ErrorCode::network,
                     AllOf(HasSubstr(fmt::format("pith login {}", registry.host())), Not(HasSubstr("secret"))));
        ASSERT_OK(store_credentials(registry.host(), {"me", "secret", {}}, m_settings.auth_file));
        auto known = client(registry);
        ASSERT_OK(known->manifest("1"));
        ASSERT_OK(known->tags());
        // The first request says what is wanted; what was got serves for the others.
        EXPECT_EQ(registry.count("GET", "/token"), basic ? 0u : 2u);
        ASSERT_OK(store_credentials(registry.host(), {"me", "wrong", {}}, m_settings.auth_file));
        forget_cache();
        expect_error(client(registry)->manifest("1"), ErrorCode::network,
                     AllOf(HasSubstr("pith login"), Not(HasSubstr("wrong"))));
    }
}

TEST_F(RegistryClient, ATokenThatExpiresIsRenewedOnce) {
    std::atomic<int> tokens = 0;
    std::string realm;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.starts_with("/token"))
            return HttpAnswer{.body = fmt::format(R"({{"access_token":"t{}"}})", ++tokens)};
        if (request.header("authorization") == "Bearer t2") return std::nullopt;
        return HttpAnswer{401, {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", realm)}}};
    }});
    realm = registry.server().url("/token");
    registry.add_manifest("app", "1", std::string(media_type::manifest), small_manifest());
    auto app = client(registry);
    expect_error(app->manifest("1"), ErrorCode::network, HasSubstr("does not give"));  // t1 is not believed
    EXPECT_EQ(tokens, 1);
    ASSERT_OK(app->manifest("1"));
    EXPECT_EQ(tokens, 2);
    EXPECT_EQ(registry.count("GET", "scope=repository:app:pull"), 2u);
}

// Many wait for one token, and the right to push is not asked for where it is not needed.
TEST_F(RegistryClient, ATokenThatCannotBeHadIsAskedForOnce) {
    std::string realm;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.starts_with("/token")) return HttpAnswer{500};
        return HttpAnswer{401, {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", realm)}}};
    }});
    realm = registry.server().url("/token");
    auto app = client(registry);
    std::vector<std::string> many;
    for (int i = 0; i < 20; ++i) many.push_back(fmt::format("t{}", i));
    app->expect(many, {});
    expect_error(app->tags(), ErrorCode::network,
                 AllOf(HasSubstr("the token service"), HasSubstr("fails (HTTP 500"), Not(HasSubstr("log in"))));
    EXPECT_EQ(registry.count("GET", "/token"), 4u);
    EXPECT_EQ(registry.count("GET", "push"), 0u);
    realm = "/token";
    expect_error(client(registry)->tags(), ErrorCode::network, HasSubstr("'/token', which cannot be asked"));
}

// What `docker login` leaves where the registry gives refresh tokens (OAuth2, RFC 6749).
TEST_F(RegistryClient, ARefreshTokenIsExchanged) {
    std::string realm, form;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.starts_with("/token")) {
            if (request.method != "POST") return HttpAnswer{405};
            form = request.body;
            return HttpAnswer{.body = R"({"access_token":"good"})"};
        }
        if (request.header("authorization") == "Bearer good") return std::nullopt;
        return HttpAnswer{401, {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}",service="us & them")", realm)}}};
    }});
    realm = registry.server().url("/token");
    registry.add_manifest("app", "1", std::string(media_type::manifest), small_manifest());
    spit(m_settings.auth_file,
         fmt::format(R"({{"auths": {{"{}": {{"identitytoken": "re/fresh+"}}}}}})", registry.host()));
    ASSERT_OK(client(registry)->manifest("1"));
    EXPECT_EQ(form,
              "grant_type=refresh_token&client_id=pith&service=us%20%26%20them&scope=repository:app:pull"
              "&refresh_token=re/fresh%2B");
}

TEST_F(RegistryClient, AuthorizationStaysBehindARedirect) {
    auto blob = std::string("the blob");
    Loopback elsewhere([&](const HttpRequest&) { return HttpAnswer{.body = blob}; });
    FakeRegistry registry({.user = "me",
                           .password = "secret",
                           .basic = true,
                           .instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
                               if (!request.target.contains("/blobs/") || request.header("authorization").empty())
                                   return std::nullopt;
                               return HttpAnswer{307, {{"Location", elsewhere.url("/data")}}};
                           }});
    ASSERT_OK(store_credentials(registry.host(), {"me", "secret", {}}, m_settings.auth_file));
    auto got = client(registry)->blob({"", sha256(blob), blob.size()});
    ASSERT_OK(got);
    ASSERT_EQ(elsewhere.requests().size(), 1u);
    EXPECT_EQ(elsewhere.requests()[0].header("authorization"), "");
}

TEST_F(RegistryClient, HashesWhateverIsSaidOfAManifest) {
    auto manifest = small_manifest();
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.target.ends_with("/lie"))
            return HttpAnswer{200,
                              {{"Content-Type", std::string(media_type::manifest)},
                               {"Docker-Content-Digest", sha256("other").text()}},
                              manifest};
        return HttpAnswer{200, {{"Content-Type", std::string(media_type::manifest)}}, manifest + " "};
    }});
    expect_error(client(registry)->manifest("lie"), ErrorCode::integrity, HasSubstr("says that it has the digest"));
    expect_error(client(registry)->manifest(sha256(manifest).text()), ErrorCode::integrity, HasSubstr("wrong SHA-256"));
}

TEST_F(RegistryClient, ATagIsResolvedOnce) {
    std::atomic<int> asked = 0;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (!request.target.ends_with("/manifests/1")) return std::nullopt;
        auto changing = small_manifest(fmt::format(R"(,"annotations":{{"n":"{}"}})", ++asked));
        return HttpAnswer{200, {{"Content-Type", std::string(media_type::manifest)}}, changing};
    }});
    auto from = place(registry, "app:1");
    auto first = find_content(from, *m_registries), second = find_content(from, *m_registries);
    ASSERT_OK(first);
    ASSERT_OK(second);
    EXPECT_EQ(first->top.digest, second->top.digest);
    auto text = first->content->document(first->top, "it");
    ASSERT_OK(text);
    EXPECT_EQ(sha256(*text), first->top.digest);
    EXPECT_EQ(asked, 1);
}

TEST_F(RegistryClient, RefusesKindsThatDisagree) {
    struct Case {
        std::string type, body, message;
    };
    auto both = small_manifest(R"(,"manifests":[])");
    auto nameless = fmt::format(R"({{"schemaVersion":2,"manifests":[]}})");
    const Case cases[] = {
        {std::string(media_type::index), small_manifest(), "calls itself"},
        {std::string(media_type::manifest), small_index(), "calls itself"},
        {std::string(media_type::manifest), nameless, "has no configuration"},
        {std::string(media_type::manifest), both, "has both manifests and layers"},
        {"", both, "has both manifests and layers"},
        {"application/json", R"({"schemaVersion":1,"fsLayers":[]})", "has no configuration"},
        {std::string(media_type::manifest), R"({"config":{},"config":{}})", "twice"},
        {"text/html", small_manifest(), "a page in HTML"},
        {std::string(media_type::manifest), "<!DOCTYPE html><title>Log in</title>", "a page in HTML"},
        {std::string(media_type::manifest), R"({"config":)" + std::string(100, '[') + std::string(100, ']') + "}",
         "nested deeper"},
    };
    for (const auto& each : cases) {
        FakeRegistry registry({});
        registry.add_manifest("app", "1", each.type, each.body);
        auto got = client(registry)->manifest("1");
        ASSERT_FALSE(got) << each.message;
        EXPECT_THAT(got.error().text(), HasSubstr(each.message));
    }
}

TEST_F(RegistryClient, TheDescriptorsKindCounts) {
    FakeRegistry registry({});
    auto digest = registry.add_manifest("app", "", std::string(media_type::manifest), small_manifest());
    auto size = small_manifest().size();
    registry.add_manifest(
        "app", "1", std::string(media_type::index),
        fmt::format(
            R"({{"schemaVersion":2,"mediaType":"{0}","manifests":[{{"mediaType":"{0}","digest":"{1}","size":{2}}}]}})",
            media_type::index, digest, size));
    expect_error(copied(place(registry, "app:1"), place("oci", "out")), ErrorCode::format, HasSubstr("calls itself"));
}

TEST_F(RegistryClient, AHugeManifestIsNotTakenIn) {
    std::string huge(4 * MiB + 1, ' ');
    FakeRegistry registry({});
    registry.add_manifest("app", "1", std::string(media_type::manifest), huge);
    expect_error(client(registry)->manifest("1"), ErrorCode::limit,
                 HasSubstr("larger than 4.0 MiB, the most that is fetched"));
}

TEST_F(RegistryClient, DigestsThatNamePathsAreRefused) {
    FakeRegistry registry({});
    for (const auto& digest : {std::string("sha256:../../../../etc/passwd"), "sha256:" + std::string(64, 'A'),
                               std::string("sha256:ab"), std::string(64, 'a')}) {
        registry.add_manifest(
            "app", "1", std::string(media_type::manifest),
            fmt::format(R"({{"config":{{"mediaType":"x","digest":"{}","size":2}},"layers":[]}})", digest));
        auto got = client(registry)->manifest("1");
        ASSERT_FALSE(got) << digest;
        EXPECT_THAT(got.error().text(), HasSubstr("is not a")) << digest;
    }
}

TEST_F(RegistryClient, ListsTagsOverPages) {
    FakeRegistry registry({.page = 2});
    for (const char* tag : {"a", "b", "c", "d", "e"})
        registry.add_manifest("app", tag, std::string(media_type::manifest), small_manifest());
    auto tags = client(registry)->tags();
    ASSERT_OK(tags);
    EXPECT_THAT(*tags, testing::ElementsAre("a", "b", "c", "d", "e"));
    EXPECT_EQ(registry.count("GET", "/tags/list"), 3u);
}

TEST_F(RegistryClient, PagesWithoutEndEnd) {
    std::atomic<int> pages = 0;
    std::string next;
    FakeRegistry registry({.instead = [&](const HttpRequest&) {
        auto link = next.empty() ? fmt::format("</v2/app/tags/list?last={}>; rel=next", ++pages) : next;
        return std::optional(HttpAnswer{200, {{"Link", link}}, R"({"name":"app","tags":["a"]})"});
    }});
    expect_error(client(registry)->tags(), ErrorCode::limit, HasSubstr("more than 1000 pages"));
    next = "</v2/app/tags/list>; rel=next";
    expect_error(client(registry)->tags(), ErrorCode::format, HasSubstr("in a circle"));
    next = "<http://127.0.0.2:1/v2/app/tags/list>; rel=next";
    expect_error(client(registry)->tags(), ErrorCode::format, HasSubstr("goes on elsewhere"));
}

TEST_F(RegistryClient, WaitsWhenItIsToldTo) {
    std::atomic<int> asked = 0;
    FakeRegistry registry({.instead = [&](const HttpRequest&) -> std::optional<HttpAnswer> {
        ++asked;
        if (asked == 1) return HttpAnswer{429, {{"Retry-After", "1"}}};
        if (asked == 2) return HttpAnswer{503};
        return std::nullopt;
    }});
    registry.add_manifest("app", "1", std::string(media_type::manifest), small_manifest());
    auto begin = std::chrono::steady_clock::now();
    ASSERT_OK(client(registry)->manifest("1"));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
    EXPECT_EQ(asked, 3);
}

TEST_F(RegistryClient, SaysWhatTheRegistrySays) {
    FakeRegistry registry({.instead = [&](const HttpRequest&) {
        return std::optional(HttpAnswer{403, {}, R"({"errors":[{"code":"DENIED","message":"go \u001b[31m away"}]})"});
    }});
    expect_error(client(registry)->manifest("1"), ErrorCode::network,
                 AllOf(HasSubstr("HTTP 403, DENIED: go \\x1b[31m away"), HasSubstr("pith login")));
    FakeRegistry empty({});
    expect_error(client(empty)->manifest("1"), ErrorCode::not_found, HasSubstr("pith tags"));
}

TEST_F(RegistryClient, ACutBlobIsTakenUpOrRefusedAndNeverHalf) {
    std::string bytes(300'000, 'x');
    std::atomic<int> cuts = 1;
    FakeRegistry registry({.instead = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (!request.target.contains("/blobs/") || cuts-- <= 0) return std::nullopt;
        return HttpAnswer{.body = bytes, .cut_after = 100'000};
    }});
    registry.add_blob("app", bytes);
    Descriptor blob{"", sha256(bytes), bytes.size()};
    ASSERT_OK(client(registry)->bring({blob}, m_progress));
    EXPECT_EQ(registry.server().requests().back().header("range"), "bytes=100000-");
    EXPECT_EQ(m_progress.advanced, bytes.size());
    EXPECT_TRUE(m_cache.blob(blob.digest));
    // What is there moves no bytes; what is damaged is fetched again.
    auto before = registry.server().requests().size();
    ASSERT_OK(client(registry)->bring({blob, blob}, m_progress));
    EXPECT_EQ(registry.server().requests().size(), before);
    spit(m_cache.blob_path(blob.digest), std::string(300'000, 'y'));
    ASSERT_OK(client(registry)->bring({blob}, m_progress));
    EXPECT_TRUE(m_cache.blob(blob.digest));

    forget_cache();
    cuts = 1000;
    expect_error(client(registry)->bring({blob}, m_progress), ErrorCode::network, HasSubstr("tried 4 times"));
    EXPECT_FALSE(m_cache.blob_size(blob.digest));
}

TEST_F(RegistryClient, ALyingBlobIsRefused) {
    FakeRegistry registry({.instead = [](const HttpRequest&) { return std::optional(HttpAnswer{.body = "lies"}); }});
    expect_error(client(registry)->bring({{"", sha256("true"), 4}}, m_progress), ErrorCode::integrity,
                 HasSubstr("wrong SHA-256"));
    expect_error(client(registry)->blob({"", sha256("true"), 4}), ErrorCode::integrity, HasSubstr("wrong SHA-256"));
    expect_error(client(registry)->blob({"", sha256("lies"), 3}), ErrorCode::integrity, HasSubstr("longer than"));
    expect_error(client(registry)->blob({"", sha256("lies"), 65 * MiB}), ErrorCode::limit, HasSubstr("64.0 MiB"));
}

// A public registry, as far as a client behind a proxy can tell, that leads to this machine.
TEST_F(RegistryClient, APublicRegistryDoesNotLeadToThisMachine) {
    Loopback secret([](const HttpRequest&) { return HttpAnswer{.body = R"({"token":"x"})"}; });
    std::string challenge, location;
    Loopback proxy([&](const HttpRequest& request) {
        if (request.target.contains("127.0.0.1") || request.target.contains("inside.localhost"))
            return HttpAnswer{.body = R"({"token":"x"})"};
        if (!location.empty()) return HttpAnswer{307, {{"Location", location}}};
        return HttpAnswer{401, {{"WWW-Authenticate", challenge}}};
    });
    ::setenv("http_proxy", proxy.url("").c_str(), 1);
    m_settings.plain_http = true;
    auto ask = [&] {
        auto app = Client::open({"registry.example", "app", {}, {}}, m_settings, m_cache, Access::pull);
        return (*app)->manifest("1");
    };
    for (const std::string& inside : {secret.url("/token"), std::string("http://inside.localhost/token"),
                                      std::string("http://[::ffff:127.0.0.1]/token")}) {
        challenge = fmt::format(R"(Bearer realm="{}")", inside);
        location.clear();
        expect_error(ask(), ErrorCode::network, HasSubstr("an address of this machine or a private network"));
        location = inside;
        expect_error(ask(), ErrorCode::network, HasSubstr("an address of this machine or a private network"));
    }
    ::unsetenv("http_proxy");
    EXPECT_TRUE(secret.requests().empty());
    for (const auto& request : proxy.requests()) EXPECT_TRUE(request.target.starts_with("http://registry.example"));
}

TEST_F(RegistryClient, OfflineOpensNoConnection) {
    FakeRegistry registry({});
    auto digest = registry.add_manifest("app", "1", std::string(media_type::manifest), small_manifest());
    ASSERT_OK(client(registry)->manifest("1"));
    auto before = registry.server().connections();
    m_settings.net.offline = true;
    expect_error(client(registry)->manifest("1"), ErrorCode::offline, HasSubstr("--offline"));
    ASSERT_OK(client(registry)->manifest(digest));  // the cache has it, and its name says what it is
    EXPECT_EQ(registry.server().connections(), before);
}

}  // namespace
}  // namespace pith::oci::registry
