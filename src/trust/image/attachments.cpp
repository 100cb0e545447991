#include "trust/image/attachments.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "trust/image/tagged_manifest.h"
#include "trust/json.h"
#include "trust/pem.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_attachments = 256;
constexpr std::uint64_t most_bytes = 128 * MiB, most_bundle = 32 * MiB;

class Reader {
public:
    Reader(oci::Repository& repository, const Digest& image) : m_repository(repository), m_image(image) {}

    Result<> read_bundles();
    Result<> read_tag(Attached kind);
    Attachments take() { return std::move(m_out); }

private:
    Result<std::string> fetch(const oci::Descriptor& descriptor);
    Result<> read_referrer(const oci::Referrer& referrer);
    Result<Attachment> read_layer(const TaggedLayer& layer, std::string place);
    void unreadable(const std::string& place, const Error& error) {
        m_out.unreadable.push_back(place + ": " + error.text());
    }

    oci::Repository& m_repository;
    const Digest& m_image;
    std::size_t m_count = 0;
    std::uint64_t m_bytes = 0;
    Attachments m_out;
};

Result<std::string> Reader::fetch(const oci::Descriptor& descriptor) {
    if (++m_count > most_attachments)
        return fail(ErrorCode::limit, fmt::format("more than {} signatures and attestations", most_attachments));
    m_bytes += descriptor.size;
    if (m_bytes > most_bytes)
        return fail(ErrorCode::limit,
                    fmt::format("signatures and attestations of more than {}", human_size(most_bytes)));
    return m_repository.blob(descriptor);
}

// A fault of the network must not look like an image without signatures; one of the attachment is nobody's but its own.
bool is_of_the_attachment(const Error& error) {
    return error.code == ErrorCode::format || error.code == ErrorCode::integrity ||
           error.code == ErrorCode::not_found || error.code == ErrorCode::unsupported;
}

Result<> Reader::read_referrer(const oci::Referrer& referrer) {
    auto place = fmt::format("the referrer {}", referrer.descriptor.digest.text());
    auto document = m_repository.manifest(referrer.descriptor.digest.text());
    if (!document) {
        if (!is_of_the_attachment(document.error())) return std::unexpected(std::move(document).error());
        unreadable(place, document.error());
        return {};
    }
    auto facts = oci::read_facts(document->bytes, document->descriptor.media_type, place);
    // The list of referrers may say anything; the manifest itself says to what it belongs.
    if (!facts || !facts->subject || facts->subject->digest != m_image) return {};
    for (const auto& layer : facts->blobs) {
        if (!layer.media_type.starts_with(cosign::bundle_prefix)) continue;
        if (layer.size > most_bundle) {
            unreadable(place, {ErrorCode::limit, fmt::format("a bundle of {}", human_size(layer.size))});
            continue;
        }
        auto text = fetch(layer);
        if (!text) {
            if (!is_of_the_attachment(text.error())) return std::unexpected(std::move(text).error());
            unreadable(place, text.error());
            continue;
        }
        auto bundle = read_bundle(*text);
        if (bundle)
            m_out.found.push_back({place, std::move(*bundle), {}});
        else
            unreadable(place, bundle.error());
    }
    return {};
}

Result<> Reader::read_bundles() {
    for (const auto& referrer : TRY(m_repository.referrers(m_image))) TRY(read_referrer(referrer));
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

Result<Attachment> Reader::read_layer(const TaggedLayer& layer, std::string place) {
    Attachment out{std::move(place), {}, {}};
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

Result<> Reader::read_tag(Attached kind) {
    auto tag = cosign::tag_of(m_image, kind);
    auto manifest = TRY(find_tagged(m_repository, tag));
    if (!manifest) return {};
    auto wanted = kind == Attached::signature ? cosign::signature_layer : cosign::attestation_layer;
    for (std::size_t i = 0; i < manifest->layers.size(); ++i) {
        const auto& layer = manifest->layers[i];
        if (layer.descriptor.media_type != wanted) continue;
        auto place = fmt::format("layer {} of the tag {}", i + 1, tag);
        auto attachment = read_layer(layer, place);
        if (attachment)
            m_out.found.push_back(std::move(*attachment));
        else if (is_of_the_attachment(attachment.error()))
            unreadable(place, attachment.error());
        else
            return std::unexpected(std::move(attachment).error());
    }
    return {};
}

}  // namespace

Result<Attachments> attachments_of(oci::Repository& repository, const Digest& image, Attached kind) {
    Reader reader(repository, image);
    TRY(reader.read_bundles());
    TRY(reader.read_tag(kind));
    return reader.take();
}

}  // namespace pith::trust
