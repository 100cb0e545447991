// What rates vulnerabilities whatever the package they are in.
//
// CISA's catalogue of known exploited vulnerabilities: {"dateReleased", "vulnerabilities": [{"cveID", "dateAdded",
// "knownRansomwareCampaignUse"}]} (known_exploited_vulnerabilities_schema.json).
// EPSS: CSV after a comment "#model_version:…,score_date:…": "cve,epss,percentile" (first.org/epss/data_stats).
// Ratings gathered from elsewhere: {ID: {"severity", "source", "cvss"}}, a shape of our own (docs/advisories.md).
#include "advisory/cvss.h"
#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"
#include "base/text.h"

namespace pith::advisory::feeds {

namespace {

// "0.00043" in 1/100,000; more digits are cut.
std::optional<std::uint32_t> share(std::string_view text) {
    auto dot = text.find('.');
    std::string digits(dot == text.npos ? std::string_view() : text.substr(dot + 1, 5));
    digits.resize(5, '0');
    auto whole = parse_number(text.substr(0, dot)), rest = parse_number(digits);
    if (!whole || *whole > 1 || !rest) return std::nullopt;
    return static_cast<std::uint32_t>(*whole * 100'000 + *rest);
}

Result<> add_exploited(json::object entry, FeedData& out) {
    std::string_view id;
    Fact fact;
    for (auto field : entry) {
        auto key = raw_key(field);
        if (key == "cveID") id = text_of(field.value());
        if (key == "dateAdded") fact.exploited_since = text_of(field.value());
        if (key == "knownRansomwareCampaignUse") fact.ransomware = text_of(field.value()) == "Known";
    }
    out.count_record();
    if (!is_date(fact.exploited_since)) {
        out.skip("without a date");
        return {};
    }
    return out.add(id, fact);
}

}  // namespace

Result<> read_kev(const Document& document, FeedData& out) {
    return read_json(document, [&](json::document& catalogue) -> Result<> {
        for (auto field : catalogue.get_object()) {
            auto key = raw_key(field);
            if (key == "dateReleased") out.date(text_of(field.value()));
            if (key != "vulnerabilities") continue;
            for (auto entry : field.value().get_array()) TRY(add_exploited(entry.get_object(), out));
        }
        return {};
    });
}

Result<> read_epss(const Document& document, FeedData& out) {
    TRY(check_last_line(document));
    auto rest = as_text(document.bytes);
    while (!rest.empty()) {
        auto end = rest.find('\n');
        auto line = trim(rest.substr(0, end));
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        constexpr std::string_view date = "score_date:";
        if (auto at = line.find(date); line.starts_with('#') && at != line.npos)
            out.date(line.substr(at + date.size()));
        if (line.empty() || line.starts_with('#') || line.starts_with("cve,")) continue;
        out.count_record();
        auto first = line.find(','), second = line.find(',', first + 1);
        auto epss = second == line.npos ? std::nullopt : share(line.substr(first + 1, second - first - 1));
        auto percentile = second == line.npos ? std::nullopt : share(line.substr(second + 1));
        if (!epss || !percentile) {
            out.skip("lines that are not \"cve,epss,percentile\"");
            continue;
        }
        Fact fact;
        fact.epss = *epss;
        fact.percentile = *percentile;
        TRY(out.add(line.substr(0, first), fact));
    }
    return {};
}

Result<> read_ratings(const Document& document, FeedData& out) {
    return read_json(document, [&](json::document& ratings) -> Result<> {
        for (auto entry : ratings.get_object()) {
            std::string_view id = entry.unescaped_key();
            Fact fact;
            for (auto field : entry.value().get_object()) {
                auto key = raw_key(field);
                if (key == "severity") fact.severity = severity_of(text_of(field.value()));
                if (key == "source") fact.severity_source = text_of(field.value());
                double score = 0;
                if (key == "cvss" && field.value().get_double().get(score) == simdjson::SUCCESS)
                    fact.score = tenths(score);
            }
            out.count_record();
            TRY(out.add(id, fact));
        }
        return {};
    });
}

}  // namespace pith::advisory::feeds
