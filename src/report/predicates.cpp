#include "report/predicates.h"

#include <nlohmann/json.hpp>

#include "report/findings_report.h"

namespace pith::report {

using json = nlohmann::ordered_json;

namespace {

// Of the feeds that say it, the newest day.
std::string newest_feed(const advisory::Findings& findings) {
    std::string out;
    for (const auto& feed : findings.feeds) out = std::max(out, feed.date);
    return out;
}

std::string dump(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::string to_vuln_predicate(const advisory::Findings& findings, const std::string& version, const std::string& time) {
    json scanner = {{"uri", "pkg:generic/pith@" + version},
                    {"version", version},
                    {"db", {{"uri", "urn:pith:advisories:" + findings.database}, {"version", findings.database}}},
                    {"result", json::parse(to_json(findings, nullptr))}};
    if (auto date = newest_feed(findings); !date.empty()) scanner["db"]["lastUpdate"] = date;
    return dump({{"invocation", {{"parameters", json::array()}, {"uri", ""}, {"event_id", ""}, {"builder.id", ""}}},
                 {"scanner", scanner},
                 {"metadata", {{"scanStartedOn", time}, {"scanFinishedOn", time}}}});
}

std::string to_test_predicate(const runner::TestReport& report, const std::string& definition, const Digest& digest) {
    json passed = json::array(), failed = json::array();
    for (const auto& result : report.results) (result.passed() ? passed : failed).push_back(result.name);
    json configuration = {{"name", definition}, {"digest", {{"sha256", digest.hex()}}}};
    return dump({{"result", report.passed() ? "PASSED" : "FAILED"},
                 {"configuration", json::array({configuration})},
                 {"passedTests", passed},
                 {"warnedTests", json::array()},
                 {"failedTests", failed}});
}

}  // namespace pith::report
