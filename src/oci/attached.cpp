#include "oci/attached.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace pith::oci {

namespace {

constexpr std::size_t most_manifests = 1000;
constexpr std::string_view suffixes[] = {".sig", ".att", ".sbom"};

// A list that is walked while it grows, for a chain of attachments may be long and a manifest is large.
class Walk {
public:
    explicit Walk(Repository& repository) : m_repository(repository) {}

    Result<std::vector<Top>> from(const Descriptor& top) {
        TRY(add(top.digest));
        for (std::size_t i = 0; i < m_manifests.size(); ++i) TRY(visit(m_manifests[i]));
        return std::move(m_out);
    }

private:
    Result<> visit(Digest digest) {
        auto document = TRY(m_repository.manifest(digest.text()));
        for (const auto& each : TRY(facts_of(document)).manifests) TRY(add(each.digest));
        std::vector<std::string> tags, manifests;
        for (auto suffix : suffixes) tags.push_back(referrers_tag(digest).append(suffix));
        m_repository.expect(tags, {});
        auto referrers = TRY(m_repository.referrers(digest));
        TRY(check(m_seen.size() + referrers.size()));
        for (const auto& referrer : referrers) manifests.push_back(referrer.descriptor.digest.text());
        m_repository.expect(manifests, {});
        for (const auto& referrer : referrers) TRY(add_referrer(referrer, digest));
        for (auto& tag : tags) TRY(add_tagged(std::move(tag)));
        return {};
    }

    // The list of referrers may say anything; the manifest itself says to what it belongs.
    Result<> add_referrer(const Referrer& referrer, const Digest& subject) {
        auto text = referrer.descriptor.digest.text();
        auto document = TRY(context(m_repository.manifest(text), fmt::format("what refers to {}", subject.text())));
        auto facts = TRY(facts_of(document));
        if (!facts.subject || facts.subject->digest != subject) return {};
        // In a layout's index.json it must not be taken for another image.
        auto type = facts.artifact_type.empty() ? facts.media_type : facts.artifact_type;
        m_out.push_back({document.descriptor, {}, std::move(type)});
        return add(document.descriptor.digest);
    }

    Result<> add_tagged(std::string tag) {
        auto document = m_repository.manifest(tag);
        if (!document && document.error().code == ErrorCode::not_found) return {};
        if (!document) return std::unexpected(std::move(document).error());
        auto facts = TRY(facts_of(*document));
        m_out.push_back({document->descriptor, {}, std::move(facts.artifact_type), std::move(tag)});
        return add(document->descriptor.digest);
    }

    Result<> add(const Digest& digest) {
        if (!m_seen.insert(digest).second) return {};
        TRY(check(m_seen.size()));
        m_manifests.push_back(digest);
        return {};
    }

    static Result<> check(std::size_t manifests) {
        if (manifests <= most_manifests) return {};
        return fail(ErrorCode::limit,
                    fmt::format("the image and what is attached to it are more than {} manifests", most_manifests));
    }

    static Result<ManifestFacts> facts_of(const Document& document) {
        return read_facts(document.bytes, document.descriptor.media_type,
                          fmt::format("manifest {}", document.descriptor.digest.text()));
    }

    Repository& m_repository;
    std::set<Digest> m_seen;
    std::vector<Digest> m_manifests;
    std::vector<Top> m_out;
};

}  // namespace

Result<std::vector<Top>> attached_to(Repository& repository, const Descriptor& top) {
    return Walk(repository).from(top);
}

bool is_attached(const IndexEntry& entry) {
    auto kind = entry.annotations.find(std::string(cosign::kind));
    if (kind != entry.annotations.end() && (kind->second == cosign::signatures || kind->second == cosign::attestations))
        return true;
    constexpr std::string_view prefix = "sha256-";
    const auto& name = entry.name;
    return std::ranges::any_of(suffixes, [&](auto suffix) {
        if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
        auto hex = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
        return read_digest("sha256:" + hex).has_value();
    });
}

}  // namespace pith::oci
