#include "trust/image/attachments.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "trust/image/tagged_manifest.h"
#include "trust/json.h"
#include "trust/pem.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_attachments = 1'000, most_referrers = 1'000;
constexpr std::uint64_t most_bytes = 128 * MiB;
constexpr std::uint64_t most_at_once = 4 * MiB;  // of a blob that is fetched together with others

// What is to be read, and how messages call it.
struct BundleAt {
    std::string place;
    oci::Descriptor blob;
};
struct LayerAt {
    std::string place;
    TaggedLayer layer;
};

class Reader {
public:
    Reader(oci::Repository& repository, const Digest& image) : m_repository(repository), m_image(image) {}

    // Manifests are asked for at once, and then what they name.
    Result<> read(Attached kind);
    Attachments take() { return std::move(m_out); }

private:
    Result<> find_layers(const std::string& tag, Attached kind);
    Result<> find_bundles(const oci::Referrer& referrer);
    bool take_up(const oci::Descriptor& blob);
    Result<Attachment> read_bundle_at(const BundleAt& at);
    Result<Attachment> read_layer_at(const LayerAt& at);
    Result<std::string> fetch(const oci::Descriptor& blob);
    Result<> keep(const std::string& place, Result<Attachment> attachment);
    Result<> tell(const std::string& place, Error error);

    oci::Repository& m_repository;
    const Digest& m_image;
    std::vector<BundleAt> m_bundles;
    std::vector<LayerAt> m_layers;
    std::vector<oci::Descriptor> m_soon;  // what there is to read, and small enough
    std::uint64_t m_soon_bytes = 0, m_bytes = 0;
    std::size_t m_left = 0;  // what was not looked at, since it is too much
    Attachments m_out;
};

// Whether it is to be read.
bool Reader::take_up(const oci::Descriptor& blob) {
    if (m_bundles.size() + m_layers.size() >= most_attachments) {
        ++m_left;
        return false;
    }
    if (blob.size <= most_at_once && blob.size <= most_bytes - m_soon_bytes) {
        m_soon_bytes += blob.size;
        m_soon.push_back(blob);
    }
    return true;
}

Result<std::string> Reader::fetch(const oci::Descriptor& blob) {
    if (blob.size > most_bytes - m_bytes)
        return fail(ErrorCode::limit, fmt::format("signatures and attestations of more than {} were read before it",
                                                  human_size(most_bytes)));
    auto text = TRY(m_repository.blob(blob));
    m_bytes += text.size();
    return text;
}

// A fault of the network must not look like an image without signatures; one of the attachment is nobody's but its own.
Result<> Reader::tell(const std::string& place, Error error) {
    constexpr ErrorCode its_own[] = {ErrorCode::format, ErrorCode::integrity, ErrorCode::limit, ErrorCode::not_found,
                                     ErrorCode::unsupported};
    if (std::ranges::count(its_own, error.code) == 0) return std::unexpected(std::move(error));
    m_out.unreadable.push_back(place + ": " + error.text());
    return {};
}

Result<> Reader::keep(const std::string& place, Result<Attachment> attachment) {
    if (!attachment) return tell(place, std::move(attachment).error());
    m_out.found.push_back(std::move(*attachment));
    return {};
}

Result<> Reader::read(Attached kind) {
    auto tag = cosign::tag_of(m_image, kind);
    m_repository.expect({tag}, {});
    auto referrers = TRY(m_repository.referrers(m_image));
    if (referrers.size() > most_referrers) {
        m_left = referrers.size() - most_referrers;
        referrers.resize(most_referrers);
    }
    TRY(find_layers(tag, kind));
    std::vector<std::string> manifests;
    for (const auto& referrer : referrers) manifests.push_back(referrer.descriptor.digest.text());
    m_repository.expect(manifests, std::exchange(m_soon, {}));
    for (const auto& referrer : referrers) TRY(find_bundles(referrer));
    m_repository.expect({}, m_soon);
    for (const auto& each : m_bundles) TRY(keep(each.place, read_bundle_at(each)));
    for (const auto& each : m_layers) TRY(keep(each.place, read_layer_at(each)));
    if (m_left > 0)
        m_out.unreadable.push_back(
            fmt::format("{} more are not looked at; take old ones away in the registry, or copy "
                        "the image to another repository and sign it there",
                        m_left));
    return {};
}

Result<> Reader::find_bundles(const oci::Referrer& referrer) {
    auto place = fmt::format("the referrer {}", referrer.descriptor.digest.text());
    auto document = m_repository.manifest(referrer.descriptor.digest.text());
    if (!document) return tell(place, std::move(document).error());
    auto facts = oci::read_facts(document->bytes, document->descriptor.media_type, place);
    // The list of referrers may say anything; the manifest itself says to what it belongs.
    if (!facts || !facts->subject || facts->subject->digest != m_image) return {};
    for (const auto& layer : facts->blobs) {
        if (!layer.media_type.starts_with(cosign::bundle_prefix)) continue;
        if (layer.size > most_bundle) {
            TRY(tell(place, {ErrorCode::limit, fmt::format("a bundle of {}", human_size(layer.size))}));
            continue;
        }
        if (take_up(layer)) m_bundles.push_back({place, layer});
    }
    return {};
}

Result<Attachment> Reader::read_bundle_at(const BundleAt& at) {
    auto text = TRY(fetch(at.blob));
    auto bundle = TRY(read_bundle(text));
    return Attachment{at.place, std::move(bundle), {}};
}

Result<> Reader::find_layers(const std::string& tag, Attached kind) {
    auto found = find_tagged(m_repository, tag);
    if (!found) return tell(fmt::format("the tag {}", tag), std::move(found).error());
    if (!*found) return {};
    auto& manifest = *found;
    auto wanted = kind == Attached::signature ? cosign::signature_layer : cosign::attestation_layer;
    for (std::size_t i = 0; i < manifest->layers.size(); ++i) {
        auto& layer = manifest->layers[i];
        if (layer.descriptor.media_type != wanted) continue;
        if (!take_up(layer.descriptor)) continue;
        m_layers.push_back({fmt::format("layer {} of the tag {}", i + 1, tag), std::move(layer)});
    }
    return {};
}

// Rekor's answer as cosign keeps it in an annotation, as a bundle of version 0.1 has it.
Result<LogEntry> read_log_annotation(std::string_view text) {
    auto json = TRY(parse_json(text, cosign::log_annotation, 4 * MiB));
    auto document = TRY(JsonObject::of(json, "bundle"));
    LogEntry out;
    out.signed_entry_timestamp = TRY(document.base64("SignedEntryTimestamp"));
    auto payload = TRY(document.object("Payload"));
    out.body = TRY(payload.base64("body"));
    out.index = TRY(payload.number("logIndex"));
    out.integrated_time = TRY(payload.time("integratedTime"));
    auto id = TRY(payload.text("logID"));
    out.log_id.resize(id.size() / 2);
    if (!from_hex(id, out.log_id)) return fail(ErrorCode::format, "bundle.Payload.logID is not hexadecimal");
    auto body = TRY(parse_json(as_text(out.body), "the log entry", 4 * MiB));
    auto entry = TRY(JsonObject::of(body, "entry"));
    out.kind = TRY(entry.text("kind"));
    out.version = TRY(entry.text("apiVersion"));
    return out;
}

Result<Attachment> Reader::read_layer_at(const LayerAt& at) {
    const auto& layer = at.layer;
    Attachment out{at.place, {}, {}, true};
    out.bundle.minor_version = 1;
    auto content = TRY(fetch(layer.descriptor));
    if (layer.descriptor.media_type == cosign::signature_layer) {
        auto signature = from_base64(layer.annotation(cosign::signature_annotation));
        if (!signature || signature->empty()) return fail(ErrorCode::format, "its annotation holds no signature");
        out.bundle.content = MessageSignature{{}, {}, std::move(*signature)};
        out.payload = std::move(content);
    } else {
        auto envelope = TRY(read_envelope(content));
        if (envelope.signatures.size() != 1) return fail(ErrorCode::unsupported, "it has several signatures");
        out.bundle.content = std::move(envelope);
    }
    if (auto pem = layer.annotation(cosign::certificate_annotation); !pem.empty()) {
        auto block = TRY(read_pem(pem));
        auto der = block.content.bytes();
        out.bundle.certificates.emplace_back(der.begin(), der.end());
    }
    if (auto log = layer.annotation(cosign::log_annotation); !log.empty())
        out.bundle.log_entries.push_back(TRY(read_log_annotation(log)));
    if (auto text = layer.annotation(cosign::timestamp_annotation); !text.empty()) {
        auto json = TRY(parse_json(text, cosign::timestamp_annotation, MiB));
        auto document = TRY(JsonObject::of(json, "timestamp"));
        out.bundle.timestamps.push_back(TRY(document.base64("SignedRFC3161Timestamp")));
    }
    return out;
}

}  // namespace

Result<Attachments> attachments_of(oci::Repository& repository, const Digest& image, Attached kind) {
    Reader reader(repository, image);
    TRY(reader.read(kind));
    return reader.take();
}

}  // namespace pith::trust
