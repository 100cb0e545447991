#include "report/verification_report.h"

#include <set>

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

std::string checks_text(const trust::Verified& verified) {
    std::string out;
    if (verified.statement) out += fmt::format("statement: {}\n", printable(verified.statement->predicate_type));
    for (const auto& each : verified.checks) out += fmt::format("  {:<18} {}\n", each.what, each.detail);
    if (!verified.left_out.empty()) out += "not checked:\n";
    for (const auto& each : verified.left_out) out += fmt::format("  {:<18} {}\n", each.what, each.detail);
    return out;
}

void add_facts(Json& out, const trust::Verified& verified) {
    out["signer"] = verified.signer;
    if (!verified.issuer.empty()) out["issuer"] = verified.issuer;
    out["key"] = verified.key->id().text();
    if (verified.statement) out["predicate_type"] = verified.statement->predicate_type;
    for (auto time : verified.times) out["signed_at"].push_back(trust::to_text(time));
    out["checks"] = checks_json(verified.checks, "found");
    if (!verified.left_out.empty()) out["not_checked"] = checks_json(verified.left_out, "reason");
}

// As in-toto writes it (spec/v1/statement.md).
Json statement_json(const trust::Statement& statement) {
    Json subjects = Json::array();
    for (const auto& subject : statement.subjects) {
        Json one = Json::object();
        if (!subject.name.empty()) one["name"] = subject.name;
        for (const auto& [algorithm, hex] : subject.digests) one["digest"][algorithm] = hex;
        subjects.push_back(std::move(one));
    }
    return {{"_type", "https://in-toto.io/Statement/v1"},
            {"subject", std::move(subjects)},
            {"predicateType", statement.predicate_type},
            {"predicate", Json::parse(statement.predicate, nullptr, false)}};
}

}  // namespace

std::string to_text(const trust::Verified& verified, const Digest& artifact) {
    return fmt::format("verified: {}\n", artifact.text()) + checks_text(verified);
}

std::string to_json(const trust::Verified& verified, const Digest& artifact) {
    Json out = {{"verified", true}, {"artifact", artifact.text()}};
    add_facts(out, verified);
    return written(out);
}

std::string to_text(const trust::VerifiedImage& verified, const Digest& image) {
    auto out = fmt::format("verified: {}\n", image.text());
    for (const auto& each : verified.held) out += fmt::format("by {}\n", each.place) + checks_text(each.verified);
    for (const auto& each : verified.refused) out += fmt::format("refused: {}\n", each);
    return out;
}

std::string to_json(const trust::VerifiedImage& verified, const Digest& image) {
    Json held = Json::array();
    for (const auto& each : verified.held) {
        Json one = {{"place", each.place}};
        add_facts(one, each.verified);
        if (each.verified.statement) one["statement"] = statement_json(*each.verified.statement);
        held.push_back(std::move(one));
    }
    return written(
        {{"verified", true}, {"image", image.text()}, {"held", std::move(held)}, {"refused", verified.refused}});
}

std::string statements_text(const trust::VerifiedImage& verified, const Digest& /*image*/) {
    std::string out;
    std::set<std::string> seen;  // most are attached in both formats
    for (const auto& each : verified.held) {
        if (!each.verified.statement) continue;
        auto line = statement_json(*each.verified.statement).dump(-1, ' ', false, Json::error_handler_t::replace);
        if (seen.insert(line).second) out += line + "\n";
    }
    return out;
}

std::string refusal_json(const Error& error, const Digest& artifact) {
    return written({{"verified", false}, {"artifact", artifact.text()}, {"error", error.text()}});
}

}  // namespace pith::report
