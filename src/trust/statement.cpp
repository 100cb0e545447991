#include "trust/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "trust/json.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_subjects = 1'024, most_digests = 32;
constexpr std::string_view type_1 = "https://in-toto.io/Statement/v1", type_0_1 = "https://in-toto.io/Statement/v0.1";

}  // namespace

Subject Subject::of(std::string name, const Digest& digest) { return {std::move(name), {{"sha256", digest.hex()}}}; }

bool Subject::is(const Digest& digest) const {
    return std::ranges::find(digests, std::pair(std::string("sha256"), digest.hex())) != digests.end();
}

const Subject* Statement::find(const Digest& digest) const {
    auto found = std::ranges::find_if(subjects, [&](const Subject& each) { return each.is(digest); });
    return found == subjects.end() ? nullptr : &*found;
}

Result<Statement> read_statement(std::string_view text) {
    auto json = TRY(parse_json(text, "the statement", most_statement));
    auto document = TRY(JsonObject::of(json, "statement"));
    auto type = TRY(document.text("_type"));
    if (type != type_1 && type != type_0_1)
        return fail(ErrorCode::format, fmt::format("'{}' is not the type of an in-toto statement", printable(type)));
    Statement out;
    for (const auto& each : TRY(document.objects("subject", most_subjects))) {
        auto name = each.has("name") ? TRY(each.text("name")) : "";
        auto digests = TRY(each.texts("digest", most_digests));
        out.subjects.push_back({std::move(name), std::move(digests)});
    }
    if (out.subjects.empty()) return fail(ErrorCode::format, "the statement has no subject: it is about nothing");
    out.predicate_type = TRY(document.text("predicateType"));
    if (out.predicate_type.empty()) return fail(ErrorCode::format, "the statement's predicateType is empty");
    const auto* predicate = document.value("predicate");
    if (predicate && !predicate->is_object()) return fail(ErrorCode::format, "the statement's predicate is no object");
    out.predicate = predicate ? dump_json(*predicate) : "{}";
    return out;
}

Result<std::string> write_statement(const Statement& statement) {
    auto predicate = TRY(parse_json(statement.predicate, "the predicate", most_statement));
    if (!predicate.is_object()) return fail(ErrorCode::format, "the predicate is not a JSON object");
    auto subjects = Json::array();
    for (const auto& each : statement.subjects) {
        auto subject = Json::object();
        if (!each.name.empty()) subject["name"] = each.name;
        for (const auto& [algorithm, digits] : each.digests) subject["digest"][algorithm] = digits;
        subjects.push_back(std::move(subject));
    }
    return dump_json({{"_type", type_1},
                      {"subject", std::move(subjects)},
                      {"predicateType", statement.predicate_type},
                      {"predicate", std::move(predicate)}});
}

}  // namespace pith::trust
