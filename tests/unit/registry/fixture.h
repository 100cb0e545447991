// What tests of the registry client share: quick settings, a cache, small images in a fake registry.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "oci/copy.h"
#include "oci/registry/registries.h"
#include "support/fake_registry.h"
#include "support/images.h"
#include "support/support.h"

namespace pith::oci::registry {

using namespace pith::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Counting : Progress {
    std::uint64_t advanced = 0;
    void advance(std::uint64_t amount) override { advanced += amount; }
};

class WithRegistry : public testing::Test {
protected:
    WithRegistry() {
        ::unsetenv("REGISTRY_AUTH_FILE");
        m_settings.net.retry_pause = std::chrono::milliseconds(5);
        m_settings.net.stall_timeout = std::chrono::seconds(2);
        m_settings.auth_file = m_scratch / "auth.json";
        new_run();
    }
    // As another command that shares the cache.
    void new_run() { m_registries.emplace(m_settings, m_cache, m_progress); }
    void forget_cache() {
        std::filesystem::remove_all(m_scratch / "cache/blobs");
        std::filesystem::remove_all(m_scratch / "cache/records");
    }

    std::unique_ptr<Client> client(const FakeRegistry& registry, const std::string& repository = "app",
                                   Access access = Access::pull) {
        auto out = Client::open({registry.host(), repository, {}, {}}, m_settings, m_cache, access);
        EXPECT_OK(out);
        return std::move(*out);
    }
    Destination place(const FakeRegistry& registry, const std::string& name) {
        auto out = Destination::parse(fmt::format("docker://{}/{}", registry.host(), name));
        EXPECT_OK(out);
        return *out;
    }
    Destination place(const std::string& form, const std::string& name) {
        auto out = Destination::parse(fmt::format("{}:{}", form, (m_scratch / name).string()));
        EXPECT_OK(out);
        return *out;
    }
    Result<Written> put(const std::vector<Image>& images, const Destination& to) {
        return write(images, to, *m_registries, m_progress);
    }
    Result<Written> copied(const Destination& from, const Destination& to,
                           const std::optional<Platform>& platform = {}) {
        return copy(from, to, platform, *m_registries, m_progress);
    }
    static Image image(std::string_view second = "two", std::string architecture = "amd64") {
        return image_of({layer_of({{tar_file("a", "one")}}, "first"), layer_of({{tar_file("b", second)}}, "second")},
                        std::move(architecture));
    }

    Scratch m_scratch;
    Cache m_cache = *Cache::open(m_scratch / "cache");
    Counting m_progress;
    Settings m_settings;
    std::optional<Registries> m_registries;
};

template <class T>
void expect_error(const Result<T>& result, ErrorCode code, const testing::Matcher<std::string>& text) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().text();
    EXPECT_THAT(result.error().text(), text);
}

inline std::string small_manifest(std::string_view extra = "") {
    return fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"{}","digest":"{}","size":2}},"layers":[]{}}})",
        media_type::manifest, "application/vnd.oci.empty.v1+json", sha256("{}").text(), extra);
}
inline std::string small_index() {
    return fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[]}})", media_type::index);
}

}  // namespace pith::oci::registry
