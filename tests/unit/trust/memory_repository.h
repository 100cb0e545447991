// A repository in memory, which a test can let lie.
#pragma once

#include <map>

#include "oci/repository.h"

namespace pith::test {

class MemoryRepository : public oci::Repository {
public:
    std::map<std::string, std::string> blobs;        // by digest
    std::map<std::string, oci::Document> manifests;  // by digest and by tag
    std::vector<std::pair<Digest, oci::Referrer>> listed;
    std::optional<Error> referrers_fault, blobs_fault;

    std::string name() const override { return "registry.test/app"; }

    Result<oci::Document> manifest(const std::string& wanted) override {
        auto found = manifests.find(wanted);
        if (found == manifests.end()) return fail(ErrorCode::not_found, "there is no " + wanted);
        return found->second;
    }
    Result<std::string> blob(const oci::Descriptor& descriptor) override {
        if (blobs_fault) return std::unexpected(*blobs_fault);
        auto found = blobs.find(descriptor.digest.text());
        if (found == blobs.end()) return fail(ErrorCode::not_found, "there is no blob " + descriptor.digest.text());
        if (sha256(found->second) != descriptor.digest)
            return fail(ErrorCode::integrity, "damaged is " + descriptor.digest.text());
        return found->second;
    }
    Result<std::vector<std::string>> tags() override { return std::vector<std::string>(); }
    Result<std::vector<oci::Referrer>> referrers(const Digest& subject) override {
        if (referrers_fault) return std::unexpected(*referrers_fault);
        std::vector<oci::Referrer> out;
        for (const auto& [digest, referrer] : listed)
            if (digest == subject) out.push_back(referrer);
        return out;
    }
    void expect(const std::vector<std::string>&, const std::vector<oci::Descriptor>&) override {}
    Result<oci::Descriptor> push_blob(std::string_view bytes, std::string_view media_type) override {
        oci::Descriptor out{std::string(media_type), sha256(bytes), bytes.size()};
        blobs[out.digest.text()] = bytes;
        return out;
    }
    Result<oci::Descriptor> push_manifest(std::string_view bytes, const std::string& tag) override {
        auto facts = TRY(oci::read_facts(bytes, "", "manifest"));
        oci::Document document{{facts.media_type, sha256(bytes), bytes.size()}, std::string(bytes)};
        manifests[document.descriptor.digest.text()] = document;
        if (!tag.empty()) manifests[tag] = document;
        if (facts.subject)
            listed.emplace_back(facts.subject->digest,
                                oci::Referrer{document.descriptor, facts.artifact_type, facts.annotations});
        return document.descriptor;
    }
};

}  // namespace pith::test
