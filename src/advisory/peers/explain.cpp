// What our advisories say of a vulnerability that another scanner reports and we do not.
#include <fmt/format.h>

#include <algorithm>

#include "advisory/codec.h"
#include "advisory/order.h"
#include "advisory/peers/agreement.h"
#include "advisory/ranges.h"
#include "advisory/worlds.h"

namespace pith::advisory {

namespace {

inventory::Package package_of(const ReportedPackage& reported) {
    inventory::Package out;
    out.type = reported.type;
    out.name = reported.name;
    out.version = reported.version;
    out.source = reported.source.empty() ? reported.name : reported.source;
    out.source_version = reported.source_version.empty() ? reported.version : reported.source_version;
    return out;
}

bool names(const Claim& claim, const ReportedFinding& finding) {
    auto known = [&](std::string_view name) {
        return name == finding.id || std::ranges::count(finding.aliases, name) > 0;
    };
    return known(claim.id) || std::ranges::any_of(claim.aliases, known);
}

std::string said_by(const Claim& claim, const Query& query) {
    if (claim.state == State::not_affected) return fmt::format("not affected: {}", claim.reason);
    auto compare = order_of(query.stream);
    if (compare && holds(claim, query.version, compare, query.stream)) return {};
    std::string fixed;
    for (const auto& range : claim.ranges)
        if (!range.fixed.empty()) fixed = range.fixed;
    return fixed.empty() ? fmt::format("{} is in no range that is affected", query.version)
                         : fmt::format("{} is not affected, fixed in {}", query.version, fixed);
}

}  // namespace

Explain explain_with(Database& database, std::string distribution) {
    return [&database, distribution = std::move(distribution)](const ReportedPackage& reported,
                                                               const ReportedFinding& finding) -> Result<std::string> {
        inventory::Inventory image;
        auto colon = distribution.find(':');
        image.distribution.id = distribution.substr(0, colon);
        if (colon != distribution.npos) image.distribution.version_id = distribution.substr(colon + 1);
        auto package = package_of(reported);
        auto query = query_of(package, image.distribution);
        for (const auto& stream : database.streams()) {
            if (stream.name != query.stream) continue;
            ClaimReader reader(TRY(database.claims(stream, query.key)));
            Claim claim;
            while (!reader.at_end()) {
                TRY(reader.next(claim));
                if (!names(claim, finding)) continue;
                auto said = said_by(claim, query);
                return said.empty() ? narrowed(package, image) : said;
            }
        }
        return std::string();
    };
}

}  // namespace pith::advisory
