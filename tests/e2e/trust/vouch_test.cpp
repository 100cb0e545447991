// What `pith build --push --sign --attest` leaves in a registry, and proving an image from it by building it again.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "e2e/registry/real_registry.h"
#include "e2e/trust/signed_images.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;
using Json = nlohmann::json;

namespace {

// Nothing answers there.
constexpr auto no_mirror =
    "--mirror debian=http://127.0.0.1:9/debian --mirror debian-security=http://127.0.0.1:9/debian-security";

constexpr auto vex = R"({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1",
"author": "us", "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [{"vulnerability":
{"name": "CVE-2020-0001"}, "products": [{"@id": "pkg:deb/debian/tzdata"}], "status": "not_affected",
"justification": "component_not_present"}]})";

class Vouching : public SignedImages {
protected:
    Vouching() : m_registry(m_scratch / "registry") {}

    std::string image(std::string_view name) const { return fmt::format("{}/team/{}:1", m_registry.host(), name); }
    std::string store() const { return m_registry.host() + "/team/packages"; }

    // Builds, pushes and attests; the digest.
    std::string build(const std::string& arguments) {
        auto ran =
            run_pith("build -q --sbom none --key " + in("release.key") + " " + arguments, "PITH_PASSWORD=secret");
        EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.err;
        return ran.out.substr(0, ran.out.find('\n'));
    }
    // The statements of a type that hold; none where none does.
    std::vector<Json> statements(const std::string& of, const std::string& type) {
        auto ran = run(fmt::format("verify-attestation {} --type {} --key {}", of, type, in("release.pub")));
        std::vector<Json> out;
        if (ran.exit_code != 0) return out;
        for (auto line : split(ran.out, '\n'))
            if (line.starts_with('{')) out.push_back(Json::parse(line));
        return out;
    }
    // With an empty cache and no mirror.
    Ran rebuild(const std::string& of, const std::string& more = "") {
        return run(fmt::format("verify {} --key {} --rebuild --cache-dir {} {} {}", of, in("release.pub"),
                               in(fmt::format("cache-{}", ++m_caches)), no_mirror, more));
    }

    RealRegistry m_registry;
    int m_caches = 0;
};

}  // namespace

TEST_F(Vouching, EachImageAndTheIndexGetWhatCanBeSaidOfThem) {
    spit(m_scratch / "ours.vex.json", vex);
    auto digest =
        build(fmt::format("catalog/static.yaml --push {} --sign --attest --vex {} --test --builder-id "
                          "https://example.org/builder",
                          image("static"), in("ours.vex.json")));
    auto index = fmt::format("{}/team/static@{}", m_registry.host(), digest);
    EXPECT_THAT(done(fmt::format("verify {} --key {}", image("static"), in("release.pub"))), HasSubstr(digest));

    std::vector<std::string> subjects{index};
    auto inspected = Json::parse(run("inspect " + index + " --format json").out);
    for (const auto& each : inspected["platforms"])
        subjects.push_back(fmt::format("{}/team/static@{}", m_registry.host(), each["digest"].get<std::string>()));
    ASSERT_EQ(subjects.size(), 3U);
    // Those for other processors run only where emulation is registered.
    EXPECT_EQ(statements(subjects[1], "test-result").size(), 1U);
    for (const auto& subject : subjects) {
        done(fmt::format("verify {} --key {}", subject, in("release.pub")));
        auto said = subject.substr(subject.find('@') + 8);
        for (const auto& [type, count] : std::map<std::string, std::size_t>{{"spdxjson", 1},
                                                                            {"cyclonedx", 1},
                                                                            {"slsaprovenance1", 1},
                                                                            {"openvex", 1},
                                                                            {"vuln", subject == index ? 0 : 1}}) {
            auto found = statements(subject, type);
            EXPECT_EQ(found.size(), count) << type << " of " << subject;
            for (const auto& each : found) EXPECT_EQ(each["subject"][0]["digest"]["sha256"], said) << type;
        }
        auto provenance = statements(subject, "slsaprovenance1").at(0)["predicate"];
        EXPECT_EQ(provenance["runDetails"]["builder"]["id"], "https://example.org/builder");
        std::set<std::string> packages;
        for (const auto& each : provenance["buildDefinition"]["resolvedDependencies"]) {
            EXPECT_EQ(each["digest"]["sha256"].get<std::string>().size(), 64U);
            if (auto uri = each.value("uri", ""); uri.starts_with("pkg:deb/debian/base-files@")) packages.insert(uri);
        }
        EXPECT_EQ(packages.size(), subject == index ? 2U : 1U);
    }
}

TEST_F(Vouching, PackagesAreKeptOnceAndProveTheImageWhenTheMirrorHasThemNoMore) {
    auto digest =
        build(fmt::format("catalog/python3.yaml --push {} --sign --attest --packages {}", image("python3"), store()));
    auto ran = rebuild(image("python3"), "--packages " + store());
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("the same digest"));
    EXPECT_THAT(ran.out + ran.err, HasSubstr(digest));

    // The same again attaches nothing to the index: only the scans of its images are of another time.
    auto attached = Json::parse(run("referrers " + image("python3") + " --format json").out).dump();
    auto written = build(fmt::format("catalog/python3.yaml --push {} --sign --attest", image("python3")));
    EXPECT_EQ(written, digest);
    EXPECT_EQ(Json::parse(run("referrers " + image("python3") + " --format json").out).dump(), attached);

    // A second image moves those packages alone that the store lacks.
    auto kept = Json::parse(run("tags " + store() + " --format json").out).dump();
    m_registry.forget();
    build(fmt::format("catalog/python3.yaml --push {} --attest --packages {}", image("again"), store()));
    EXPECT_EQ(m_registry.count("PUT /v2/team/packages/"), 0U);
    EXPECT_EQ(m_registry.count("POST /v2/team/packages/"), 0U);
    EXPECT_EQ(Json::parse(run("tags " + store() + " --format json").out).dump(), kept);

    // Without the store they are named.
    ran = rebuild(image("python3"));
    EXPECT_NE(ran.exit_code, 0);
    EXPECT_THAT(ran.err,
                testing::AllOf(HasSubstr("cannot be had"), HasSubstr("libpython3-stdlib"), HasSubstr("--packages")));

    // An image that nothing is attested of is not proved.
    auto bare = fmt::format("{}/other/python3:1", m_registry.host());
    done(fmt::format("copy -q {} {}", image("python3"), bare));
    done(fmt::format("sign -q {} --key {}", bare, in("release.key")));
    EXPECT_EQ(rebuild(bare, "--packages " + store()).exit_code, 12);

    // What is attested must be what the image was built from.
    auto provenance = statements(image("python3"), "slsaprovenance1").at(0)["predicate"];
    auto& lock = provenance["buildDefinition"]["internalParameters"]["lock"];
    auto text = lock.dump();
    auto changed = [&](std::string_view before, std::string_view after) {
        auto at = text.find(before);
        EXPECT_NE(at, text.npos) << before << " in " << text;
        auto copy = text;
        copy.replace(at, before.size(), after);
        return copy;
    };
    constexpr std::string_view before_digits = R"("sha256":"sha256:)";
    auto digits = text.find(before_digits);
    ASSERT_NE(digits, text.npos) << text;
    auto digit = text.substr(digits, before_digits.size() + 1);
    auto other_digit = std::string(before_digits) + (digit.back() == '0' ? '1' : '0');
    std::size_t tried = 0;
    for (const auto& other : {changed(digit, other_digit), changed("\"base-files\"", "\"base-filez\"")}) {
        lock = Json::parse(other);
        spit(m_scratch / "changed.json", provenance.dump());
        auto place = fmt::format("{}/changed/{}:1", m_registry.host(), ++tried);
        done(fmt::format("copy -q {} {}", image("python3"), place));
        done(fmt::format("sign -q {} --key {}", place, in("release.key")));
        done(fmt::format("attest -q {} --key {} --type slsaprovenance1 --predicate {}", place, in("release.key"),
                         in("changed.json")));
        ran = rebuild(place, "--packages " + store());
        EXPECT_NE(ran.exit_code, 0) << other;
        EXPECT_THAT(ran.err, testing::AnyOf(HasSubstr("cannot be had"), HasSubstr("'base-filez' is no package")));
    }
}

TEST_F(Vouching, ADefinitionOtherThanTheAttestedOneNamesTheFileThatDiffers) {
    std::filesystem::create_directories(m_scratch / "site");
    spit(m_scratch / "site/page", "one\n");
    spit(m_scratch / "site/image.yaml",
         "contents:\n  repositories: [debian:bookworm]\n  packages: [netbase]\n"
         "  files:\n    - {source: page, path: /srv/page}\n");
    auto build_it = [&](const std::string& name) {
        build(fmt::format("{} --platform linux/amd64 --push {} --attest --sign --packages {}", in("site/image.yaml"),
                          image(name), store()));
    };
    build_it("one");
    auto ran = rebuild(image("one"), "--packages " + store());
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    auto provenance = statements(image("one"), "slsaprovenance1").at(0)["predicate"];

    // The published image has another page than the definition that was attested.
    spit(m_scratch / "site/page", "two\n");
    build(fmt::format("{} --platform linux/amd64 --push {} --sign --packages {}", in("site/image.yaml"), image("two"),
                      store()));
    spit(m_scratch / "one.json", provenance.dump());
    done(fmt::format("attest -q {} --key {} --type slsaprovenance1 --predicate {}", image("two"), in("release.key"),
                     in("one.json")));
    ran = rebuild(image("two"), "--packages " + store());
    EXPECT_EQ(ran.exit_code, 12) << ran.err;
    EXPECT_THAT(ran.err, testing::AllOf(HasSubstr("another image"), HasSubstr("srv/page")));
}

TEST_F(Vouching, ALockKeepsItsPackagesInAStore) {
    std::filesystem::create_directories(m_scratch / "site");
    spit(m_scratch / "site/image.yaml",
         "contents:\n  repositories: [debian:bookworm]\n  packages: [netbase, media-types]\narchs: [amd64]\n");
    auto ran = run_pith(fmt::format("lock {} --store {}", in("site/image.yaml"), store()));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    auto locked = slurp(m_scratch / "site/image.lock.json");
    auto tags = run("tags " + store()).out;
    EXPECT_THAT(tags, testing::AllOf(HasSubstr("netbase_"), HasSubstr("media-types_")));
    // From the store alone, with an empty cache.
    ran = run(fmt::format("build -q {} --locked --sbom none --packages {} {} --cache-dir {} -o oci:{}:x",
                          in("site/image.yaml"), store(), no_mirror, in("empty"), in("out")));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(slurp(m_scratch / "site/image.lock.json"), locked);
}

TEST_F(Vouching, OptionsThatDoNotGoTogetherAreSaidBeforeAnythingIsBuilt) {
    auto refuses = [&](const std::string& arguments, std::string_view why) {
        auto ran = run_pith("build catalog/static.yaml " + arguments);
        EXPECT_EQ(ran.exit_code, 2) << arguments << ran.err;
        EXPECT_THAT(ran.err, HasSubstr(why)) << arguments;
    };
    refuses("--sign -o oci:" + in("never"), "--key");
    refuses(
        fmt::format("--attest --key {} --platform linux/amd64 -o docker-archive:{}", in("release.key"), in("never")),
        "--push");
    refuses("--push", "--push");
    refuses("--packages oci:" + in("never") + " -o oci:" + in("never"), "registry");
    EXPECT_FALSE(std::filesystem::exists(m_scratch / "never"));
}
