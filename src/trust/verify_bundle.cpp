#include "trust/verify_bundle.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "trust/log/entry_body.h"
#include "trust/log/verify_entry.h"
#include "trust/sct.h"
#include "trust/timestamp.h"

namespace pith::trust {

namespace {

struct Verifier {
    const Bundle& bundle;
    const Artifact& artifact;
    const Policy& policy;
    Verified out{};

    void checked(std::string what, std::string detail) { out.checks.push_back({std::move(what), std::move(detail)}); }
    void left_out(std::string what, std::string reason) {
        out.left_out.push_back({std::move(what), std::move(reason)});
    }
};

// --- content --------------------------------------------------------------------------------------------------------

// What was signed: the file, or what an envelope encodes to (which `encoded` keeps).
Artifact signed_message(const Verifier& verifier, Bytes& encoded) {
    const auto* envelope = std::get_if<Envelope>(&verifier.bundle.content);
    if (!envelope) return verifier.artifact;
    encoded = pre_authentication_encoding(envelope->payload_type, envelope->payload);
    return Artifact::of(encoded);
}

// The digest that a bundle names is not signed; one that is wrong still tells that the file is not what was meant.
Result<> check_named_digest(const MessageSignature& message, const Artifact& artifact) {
    if (message.digest_algorithm.empty()) return {};
    auto hash = hash_named(message.digest_algorithm);
    if (!hash)
        return fail(ErrorCode::unsupported,
                    fmt::format("its digest's algorithm '{}' is not one of SHA-256, SHA-384 and SHA-512",
                                printable(message.digest_algorithm)));
    if (TRY(artifact.hash(*hash)) != message.digest)
        return fail(ErrorCode::integrity, "the bundle is for a file with another digest");
    return {};
}

Result<> check_content(Verifier& verifier) {
    if (const auto* message = std::get_if<MessageSignature>(&verifier.bundle.content))
        return check_named_digest(*message, verifier.artifact);
    const auto& envelope = std::get<Envelope>(verifier.bundle.content);
    if (envelope.payload_type != in_toto_payload_type)
        return fail(ErrorCode::unsupported,
                    fmt::format("the envelope holds '{}', not an in-toto statement", printable(envelope.payload_type)));
    auto statement = TRY(read_statement(as_text(envelope.payload)));
    const auto* subject = statement.find(verifier.artifact.sha256);
    if (!subject)
        return fail(ErrorCode::integrity, fmt::format("none of the statement's {} subjects is {}",
                                                      statement.subjects.size(), verifier.artifact.sha256.text()));
    auto count = statement.subjects.size();
    auto name = subject->name.empty() ? std::string() : fmt::format("'{}', ", printable(subject->name));
    auto which = count == 1 ? "the statement's only one" : fmt::format("one of {} in the statement", count);
    verifier.checked("subject", name + which);
    verifier.out.statement = std::move(statement);
    return {};
}

// --- when, and in which log -----------------------------------------------------------------------------------------

void check_timestamps(Verifier& verifier) {
    for (const auto& each : verifier.bundle.timestamps) {
        auto timestamp =
            verify_timestamp(each, verifier.bundle.signature(), verifier.policy.root->timestamp_authorities);
        if (!timestamp) {
            verifier.left_out("timestamp", timestamp.error().text());
            continue;
        }
        verifier.out.times.push_back(timestamp->time);
        verifier.checked("timestamp",
                         fmt::format("{}, by {}", to_text(timestamp->time), printable(timestamp->authority)));
    }
}

// `known` are the times that timestamps proved.
Result<> check_log_entries(Verifier& verifier, const SignedContent& content) {
    auto known = verifier.out.times;
    if (known.empty()) known.push_back(verifier.policy.now);
    for (const auto& entry : verifier.bundle.log_entries) {
        TRY(check_entry_body(entry, content));
        auto verified = TRY(verify_entry(entry, verifier.policy.root->logs, known));
        if (verified.included)
            verifier.checked("log inclusion", fmt::format("{}, entry {}", printable(verified.log), entry.index));
        if (!verified.time) continue;
        verifier.out.times.push_back(*verified.time);
        verifier.checked("log's time",
                         fmt::format("{}, signed by {}", to_text(*verified.time), printable(verified.log)));
    }
    return {};
}

Result<> check_log_and_time(Verifier& verifier, const SignedContent& content) {
    check_timestamps(verifier);
    return context(check_log_entries(verifier, content), "transparency log");
}

// --- by an identity -------------------------------------------------------------------------------------------------

// The issuing certificate, of the first authority that was valid at all times and under which the chain holds then.
Result<Certificate> check_chain(Verifier& verifier, const Chain& chain) {
    const Chain between(chain.begin() + 1, chain.end());
    std::optional<Error> fault;
    for (const auto& authority : verifier.policy.root->certificate_authorities) {
        std::optional<Certificate> issuer;
        for (auto time : verifier.out.times) {
            auto found = authority.valid.contains(time)
                             ? issuer_of(chain[0], between, authority.chain, time)
                             : fail(ErrorCode::integrity,
                                    fmt::format("the authority '{}' is valid {}, and this was signed at {}",
                                                printable(authority.name), to_text(authority.valid), to_text(time)));
            if (!found) {
                fault = std::move(found).error();
                issuer.reset();
                break;
            }
            issuer = std::move(*found);
        }
        if (!issuer) continue;
        verifier.checked("certificate chain",
                         fmt::format("{}, valid {}", printable(authority.name), to_text(chain[0].validity())));
        return std::move(*issuer);
    }
    if (fault) return std::unexpected(std::move(*fault));
    return fail(ErrorCode::integrity, "the trusted root has no certificate authority");
}

Result<> check_identity(Verifier& verifier, const Certificate& leaf, const IdentityPolicy& policy) {
    auto names = TRY(leaf.identities());
    auto name = std::ranges::find_if(names, [&](const std::string& each) { return policy.identity.accepts(each); });
    if (name == names.end())
        return fail(ErrorCode::integrity, fmt::format("the certificate speaks for '{}', not for {}",
                                                      printable(join(names, "', '")), policy.identity.text()));
    auto issuer = TRY(leaf.issuer_claim());
    if (!policy.issuer.accepts(issuer))
        return fail(ErrorCode::integrity, fmt::format("the identity is vouched for by '{}', not by {}",
                                                      printable(issuer), policy.issuer.text()));
    verifier.out.signer = *name;
    verifier.out.issuer = issuer;
    verifier.checked("identity", fmt::format("{}, vouched for by {}", printable(*name), printable(issuer)));
    return {};
}

Result<Chain> read_chain(const std::vector<Bytes>& certificates) {
    Chain out;
    for (const auto& der : certificates) {
        out.push_back(TRY(Certificate::from_der(der)));
        if (out.back().is_self_signed())
            return fail(ErrorCode::integrity,
                        "the bundle brings a root certificate; roots come from the trusted root alone");
    }
    return out;
}

Result<> verify_key_signature(const PublicKey& key, const Artifact& message, ByteView signature) {
    if (key.needs_message() && message.bytes) return key.verify(*message.bytes, signature);
    auto verified = key.verify_digest(message.sha256, signature);
    // A signature over a longer hash needs the message, too.
    return verified || !message.bytes ? verified : key.verify(*message.bytes, signature);
}

Result<Verified> verify_identity(Verifier verifier, const Artifact& message, const IdentityPolicy& policy) {
    const auto& bundle = verifier.bundle;
    if (bundle.certificates.empty())
        return fail(ErrorCode::integrity, "the bundle was signed with a key, not by an identity: give --key");
    auto chain = TRY(context(read_chain(bundle.certificates), "certificate chain"));
    const auto& leaf = chain[0];
    TRY(check_log_and_time(verifier, {bundle, message, leaf.der(), "CERTIFICATE"}));
    if (bundle.log_entries.empty()) return fail(ErrorCode::integrity, "the bundle has no entry of a transparency log");
    if (verifier.out.times.empty()) {
        const auto& unusable = verifier.out.left_out;
        return fail(ErrorCode::integrity,
                    "nothing proves when it was signed: the bundle has no timestamp that can be verified" +
                        (unusable.empty() ? std::string() : fmt::format(" ({})", unusable.front().detail)));
    }
    auto issuer = TRY(context(check_chain(verifier, chain), "certificate chain"));
    if (!leaf.signs_code() || leaf.is_authority())
        return fail(ErrorCode::integrity, "the certificate is not one for signing (extended key usage codeSigning)");
    auto log =
        TRY(context(verify_embedded_sct(leaf, issuer, verifier.policy.root->certificate_logs), "certificate log"));
    verifier.checked("certificate log", fmt::format("signed certificate timestamp of {}", printable(log)));
    TRY(context(check_identity(verifier, leaf, policy), "identity"));
    auto key = TRY(leaf.public_key());
    TRY(context(verify_key_signature(key, message, bundle.signature()), "signature"));
    verifier.out.key = key;
    verifier.checked("signature", fmt::format("{}, by the certificate's key", key.kind()));
    return std::move(verifier.out);
}

// --- by a key -------------------------------------------------------------------------------------------------------

Result<Verified> verify_key(Verifier verifier, const Artifact& message, const KeyRing& ring) {
    const auto& bundle = verifier.bundle;
    if (!bundle.certificates.empty())
        return fail(ErrorCode::integrity,
                    "the bundle was signed by an identity, not with a key: give "
                    "--certificate-identity and --certificate-oidc-issuer");
    const auto& key = *TRY(context(
        signer(ring, [&](const PublicKey& each) { return verify_key_signature(each, message, bundle.signature()); }),
        "signature"));
    if (verifier.policy.root)
        TRY(check_log_and_time(verifier, {bundle, message, key.key.der(), "PUBLIC KEY"}));
    else if (!bundle.log_entries.empty() || !bundle.timestamps.empty())
        verifier.left_out("log and timestamps", "no trusted root was given");
    auto proved = !verifier.out.times.empty();
    TRY(context(check_valid(key, proved ? verifier.out.times : std::vector{verifier.policy.now}, proved), "key"));
    verifier.out.signer = key.name;
    verifier.out.key = key.key;
    if (key.valid.from || key.valid.until)
        verifier.checked("key's time", fmt::format("valid {}, held to {}", to_text(key.valid),
                                                   proved ? "the time of signing" : "the time of this check"));
    verifier.checked("signature", fmt::format("{}, key '{}'", key.key.kind(), printable(key.name)));
    return std::move(verifier.out);
}

}  // namespace

Result<Verified> verify_bundle(const Bundle& bundle, const Artifact& artifact, const Policy& policy) {
    Verifier verifier{bundle, artifact, policy};
    TRY(context(check_content(verifier), "content"));
    Bytes encoded;
    auto message = signed_message(verifier, encoded);
    if (const auto* identity = std::get_if<IdentityPolicy>(&policy.signer)) {
        if (!policy.root) return fail(ErrorCode::usage, "an identity can be verified only against a trusted root");
        return verify_identity(std::move(verifier), message, *identity);
    }
    return verify_key(std::move(verifier), message, std::get<KeyRing>(policy.signer));
}

}  // namespace pith::trust
