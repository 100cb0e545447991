#include "trust/simple_signing.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "trust/json.h"

namespace pith::trust {

namespace {

constexpr std::uint64_t most_bytes = 64 * KiB;
constexpr std::size_t most_annotations = 1'024;
constexpr std::string_view signature_type = "cosign container image signature";

}  // namespace

Result<SimpleSigning> read_simple_signing(std::string_view text) {
    auto json = TRY(parse_json(text, "the payload", most_bytes));
    auto document = TRY(JsonObject::of(json, "payload"));
    auto critical = TRY(document.object("critical"));
    auto type = TRY(critical.text("type"));
    if (type != signature_type)
        return fail(ErrorCode::format, fmt::format("'{}' is not the type of a cosign signature", printable(type)));
    auto digest = TRY(TRY(critical.object("image")).text("docker-manifest-digest"));
    auto manifest = Digest::parse(digest);
    if (!manifest || manifest->text() != digest)
        return fail(ErrorCode::format,
                    fmt::format("'{}' is not a digest: 'sha256:' and 64 digits in lower case", printable(digest)));
    SimpleSigning out{TRY(TRY(critical.object("identity")).text("docker-reference")), *manifest};
    if (document.has("optional")) out.annotations = TRY(document.texts("optional", most_annotations));
    return out;
}

std::string write_simple_signing(const SimpleSigning& payload) {
    Json optional;
    for (const auto& [key, value] : payload.annotations) optional[key] = value;
    return dump_json({{"critical",
                       {{"identity", {{"docker-reference", payload.reference}}},
                        {"image", {{"docker-manifest-digest", payload.manifest.text()}}},
                        {"type", signature_type}}},
                      {"optional", std::move(optional)}});
}

}  // namespace pith::trust
