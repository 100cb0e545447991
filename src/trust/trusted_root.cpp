#include "trust/trusted_root.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "trust/json.h"

namespace pith::trust {

namespace {

constexpr std::uint64_t most_bytes = 4 * MiB;
constexpr std::size_t most_entries = 256, most_chain = 10;
constexpr std::string_view media_types[] = {"application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                                            "application/vnd.dev.sigstore.trustedroot.v0.1+json",
                                            "application/vnd.dev.sigstore.trustedroot.v0.2+json"};

Result<Validity> read_validity(const JsonObject& parent) {
    Validity out;
    if (!parent.has("validFor")) return out;
    auto object = TRY(parent.object("validFor"));
    if (object.has("start")) out.from = TRY(context(parse_time(TRY(object.text("start"))), object.path_of("start")));
    if (object.has("end")) out.until = TRY(context(parse_time(TRY(object.text("end"))), object.path_of("end")));
    return out;
}

// "https://HOST[:PORT]/PATH"
std::string host_of(std::string_view url) {
    auto begin = url.find("://");
    url.remove_prefix(begin == std::string_view::npos ? 0 : begin + 3);
    return std::string(url.substr(0, url.find('/')));
}

Result<Log> read_log(const JsonObject& object) {
    auto key = TRY(object.object("publicKey"));
    auto valid = TRY(read_validity(key));
    if (!valid.from)
        return fail(ErrorCode::format,
                    fmt::format("'{}' does not say from when the key is valid", key.path_of("validFor.start")));
    auto der = TRY(key.base64("rawBytes"));
    auto details = key.has("keyDetails") ? TRY(key.text("keyDetails")) : "";
    auto id = TRY(TRY(object.object("logId")).base64("keyId"));
    auto checkpoint_id =
        object.has("checkpointKeyId") ? TRY(TRY(object.object("checkpointKeyId")).base64("keyId")) : id;
    auto parsed = TRY(context(details.starts_with("PKCS1_") ? PublicKey::from_pkcs1(der) : PublicKey::from_der(der),
                              key.path_of("rawBytes")));
    auto url = TRY(object.text("baseUrl"));
    return Log{host_of(url), std::move(id), std::move(checkpoint_id), std::move(parsed), valid};
}

Result<std::vector<Log>> read_logs(const JsonObject& document, std::string_view field) {
    std::vector<Log> out;
    for (const auto& each : TRY(document.objects(field, most_entries))) out.push_back(TRY(read_log(each)));
    return out;
}

Result<Authority> read_authority(const JsonObject& object) {
    Authority out;
    out.name = object.has("uri") ? TRY(object.text("uri")) : "";
    out.valid = TRY(read_validity(object));
    auto chain = TRY(object.object("certChain"));
    for (const auto& each : TRY(chain.objects("certificates", most_chain)))
        out.chain.push_back(
            TRY(context(Certificate::from_der(TRY(each.base64("rawBytes"))), each.path_of("rawBytes"))));
    if (out.chain.empty()) return fail(ErrorCode::format, fmt::format("'{}' is empty", chain.path_of("certificates")));
    return out;
}

Result<std::vector<Authority>> read_authorities(const JsonObject& document, std::string_view field) {
    std::vector<Authority> out;
    for (const auto& each : TRY(document.objects(field, most_entries))) out.push_back(TRY(read_authority(each)));
    return out;
}

}  // namespace

Result<TrustedRoot> read_trusted_root(std::string_view text) {
    auto json = TRY(parse_json(text, "the trusted root", most_bytes));
    auto document = TRY(JsonObject::of(json, "root"));
    auto media_type = TRY(document.text("mediaType"));
    if (std::ranges::find(media_types, media_type) == std::end(media_types))
        return fail(
            ErrorCode::unsupported,
            fmt::format("its media type '{}' is not that of a trusted root that pith reads", printable(media_type)));
    TrustedRoot out;
    out.logs = TRY(read_logs(document, "tlogs"));
    out.certificate_logs = TRY(read_logs(document, "ctlogs"));
    out.certificate_authorities = TRY(read_authorities(document, "certificateAuthorities"));
    out.timestamp_authorities = TRY(read_authorities(document, "timestampAuthorities"));
    return out;
}

Result<TrustedRoot> read_trusted_root_file(const std::filesystem::path& file) {
    return read_trusted_root(TRY(read_text(file, most_bytes)));
}

}  // namespace pith::trust
