#include "report/verification_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pith::report {

namespace {

using Json = nlohmann::ordered_json;

Json checks_json(const std::vector<trust::Check>& checks, const char* detail) {
    auto out = Json::array();
    for (const auto& each : checks) out.push_back({{"check", each.what}, {detail, each.detail}});
    return out;
}

std::string written(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string to_text(const trust::Verified& verified, const Digest& artifact) {
    auto out = fmt::format("verified: {}\n", artifact.text());
    if (verified.statement) out += fmt::format("statement: {}\n", printable(verified.statement->predicate_type));
    for (const auto& each : verified.checks) out += fmt::format("  {:<18} {}\n", each.what, each.detail);
    if (!verified.left_out.empty()) out += "not checked:\n";
    for (const auto& each : verified.left_out) out += fmt::format("  {:<18} {}\n", each.what, each.detail);
    return out;
}

std::string to_json(const trust::Verified& verified, const Digest& artifact) {
    Json out = {{"verified", true}, {"artifact", artifact.text()}, {"signer", verified.signer}};
    if (!verified.issuer.empty()) out["issuer"] = verified.issuer;
    out["key"] = verified.key_id.text();
    if (verified.statement) out["predicate_type"] = verified.statement->predicate_type;
    for (auto time : verified.times) out["signed_at"].push_back(trust::to_text(time));
    out["checks"] = checks_json(verified.checks, "found");
    if (!verified.left_out.empty()) out["not_checked"] = checks_json(verified.left_out, "reason");
    return written(out);
}

std::string refusal_json(const Error& error, const Digest& artifact) {
    return written({{"verified", false}, {"artifact", artifact.text()}, {"error", error.text()}});
}

}  // namespace pith::report
