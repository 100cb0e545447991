// The National Vulnerability Database's JSON 2.0 (csrc.nist.gov, nvd/api/2.0, cve_api_json_2.0.schema), for severities:
//   {"timestamp", "vulnerabilities": [{"cve": {"id", "metrics": {"cvssMetricV31": [{"type", "cvssData": {…}}], …}}}]}
#include <array>

#include "advisory/cvss.h"
#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"

namespace pith::advisory::feeds {

namespace {

// The first of these that a record has is its rating: version 3 before 4, which few records have, and before 2.
constexpr auto metrics =
    std::to_array<std::string_view>({"cvssMetricV31", "cvssMetricV30", "cvssMetricV40", "cvssMetricV2"});

struct Rating {
    Severity severity = Severity::unknown;
    std::uint8_t score = 0;
    bool primary = false;
};

Rating read_metric(json::object metric) {
    Rating out;
    auto take = [&](auto& field) {
        auto key = raw_key(field);
        double score = 0;
        if (key == "baseScore" && field.value().get_double().get(score) == simdjson::SUCCESS) out.score = tenths(score);
        if (key == "baseSeverity") out.severity = severity_of(text_of(field.value()));
        if (key == "type") out.primary = text_of(field.value()) == "Primary";
    };
    for (auto member : metric) {
        take(member);
        if (raw_key(member) != "cvssData") continue;
        for (auto part : member.value().get_object()) take(part);
    }
    return out;
}

Rating read_metrics(json::object all) {
    std::array<Rating, metrics.size()> found{};
    for (auto member : all) {
        auto key = raw_key(member);
        for (std::size_t i = 0; i < metrics.size(); ++i) {
            if (key != metrics[i]) continue;
            for (auto metric : member.value().get_array()) {
                auto rating = read_metric(metric.get_object());
                if (found[i].score == 0 || (rating.primary && !found[i].primary)) found[i] = rating;
            }
        }
    }
    for (const auto& each : found)
        if (each.score != 0) return each;
    return {};
}

Result<> read_cve(json::object cve, FeedData& out) {
    std::string_view id;
    Rating rating;
    for (auto field : cve) {
        auto key = raw_key(field);
        if (key == "id") id = text_of(field.value());
        if (key == "metrics") rating = read_metrics(field.value().get_object());
    }
    out.count_record();
    if (rating.score == 0) {
        out.skip("not rated yet");
        return {};
    }
    Fact fact;
    fact.score = rating.score;
    fact.severity = rating.severity == Severity::unknown ? severity_of_score(rating.score) : rating.severity;
    return out.add(id, fact);
}

}  // namespace

Result<> read_nvd(const Document& document, FeedData& out) {
    return read_json(document, [&](json::document& nvd) -> Result<> {
        for (auto field : nvd.get_object()) {
            auto key = raw_key(field);
            if (key == "timestamp") out.date(text_of(field.value()));
            if (key != "vulnerabilities") continue;
            for (auto each : field.value().get_array())
                for (auto member : each.get_object())
                    if (raw_key(member) == "cve") TRY(read_cve(member.value().get_object(), out));
        }
        return {};
    });
}

}  // namespace pith::advisory::feeds
