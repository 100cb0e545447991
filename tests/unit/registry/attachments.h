// An image of two platforms with signatures and artifacts attached to it, in any place.
#pragma once

#include "unit/registry/fixture.h"

namespace pith::oci::registry {

inline std::string cosign_tag(const Digest& digest, std::string_view suffix) {
    return referrers_tag(digest).append(suffix);
}

constexpr std::string_view bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";

class WithAttachments : public WithRegistry {
protected:
    // A manifest with a subject and without layers, but for those given.
    static std::string artifact(const Digest& subject, std::string_view name, std::string_view layers = "") {
        return fmt::format(
            R"({{"schemaVersion":2,"mediaType":"{0}","artifactType":"application/x-test","config":{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{1}","size":2}},"layers":[{2}],"subject":{{"mediaType":"{0}","digest":"{3}","size":9}},"annotations":{{"name":"{4}"}}}})",
            media_type::manifest, sha256("{}").text(), layers, subject.text(), name);
    }

    struct Made {
        Descriptor index, platform;       // the image, and its manifest for amd64
        Digest bundle;                    // attached to the index, with a layer that is a bundle
        Digest second;                    // attached to `bundle`
        Digest of_platform;               // attached to the manifest
        std::vector<std::string> tagged;  // cosign's tags
    };
    Made make(const Destination& where) {
        EXPECT_OK(put({image(), image("two", "arm64")}, where));
        auto repository = open_repository(where, Access::push, *m_registries);
        EXPECT_OK(repository);
        auto& to = **repository;
        auto index = resolve(to, where).value();
        Made out{index.descriptor, to.manifest(digest_of({image()}).text()).value().descriptor, {}, {}, {}, {}};
        EXPECT_OK(to.push_blob("{}", "application/vnd.oci.empty.v1+json"));
        auto bundle = to.push_blob("a bundle", bundle_type).value();
        auto layer =
            fmt::format(R"({{"mediaType":"{}","digest":"{}","size":8}})", bundle.media_type, bundle.digest.text());
        out.bundle = to.push_manifest(artifact(out.index.digest, "bundle", layer)).value().digest;
        out.second = to.push_manifest(artifact(out.bundle, "second")).value().digest;
        out.of_platform = to.push_manifest(artifact(out.platform.digest, "of the platform")).value().digest;
        for (const auto& [subject, suffix] :
             {std::pair(out.index.digest, ".sig"), {out.index.digest, ".att"}, {out.platform.digest, ".sig"}}) {
            out.tagged.push_back(cosign_tag(subject, suffix));
            sign_under(to, out.tagged.back());
        }
        return out;
    }

    // As cosign makes them: with the configuration of an image.
    static void sign_under(Repository& to, const std::string& tag) {
        auto config = to.push_blob(R"({"os":"","architecture":""})", media_type::config).value();
        EXPECT_OK(to.push_manifest(
            fmt::format(
                R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"{}","digest":"{}","size":{}}},"layers":[],"annotations":{{"of":"{}"}}}})",
                media_type::manifest, config.media_type, config.digest.text(), config.size, tag),
            tag));
    }
};

}  // namespace pith::oci::registry
