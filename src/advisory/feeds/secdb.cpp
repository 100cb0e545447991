// secdb, as Alpine, Wolfi and Chainguard write it (alpine-secdb, README):
//   {"distroversion": "v3.18", "reponame": "main", "packages": [{"pkg": {"name", "secfixes": {VERSION: [ID, …]}}}]}
// The version "0" means that the package never was affected. One text may hold several names of one vulnerability.
// Only what was fixed or found false is in it; what is open is not.
#include <algorithm>

#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"
#include "advisory/order.h"
#include "base/text.h"

namespace pith::advisory::feeds {

namespace {

// Rolling distributions have no version; they are known by their names in the repository's.
Result<std::string> stream_of(json::document& secdb, std::string& repository) {
    std::string release, place;
    for (auto field : secdb.get_object()) {
        auto key = raw_key(field);
        if (key == "distroversion") release = text_of(field.value());
        if (key == "reponame") repository = text_of(field.value());
        if (key == "urlprefix") place = text_of(field.value());
    }
    secdb.rewind();
    if (!release.empty()) return "alpine:" + release.substr(release.starts_with('v') ? 1 : 0);
    for (std::string_view name : {"wolfi", "chainguard"})
        if ((place + repository).find(name) != std::string::npos) return std::string(name);
    return fail(ErrorCode::format, "it names neither a distroversion nor a distribution that is known here");
}

Result<> add_fixes(std::string_view stream, std::string_view package, std::string_view version, json::value ids,
                   FeedData& out) {
    for (auto each : ids.get_array()) {
        auto names = words(text_of(each.value()));
        if (names.empty()) continue;
        Claim claim{.id = names.front(),
                    .aliases = {names.begin() + 1, names.end()},
                    .reason = {},
                    .ranges = {},
                    .versions = {}};
        if (version == "0") {
            claim.state = State::not_affected;
            claim.reason = "the distribution found that it does not affect this package";
        } else if (!is_version(stream, version)) {
            TRY(out.add_unclear(stream, package, std::move(claim), "fixed without a version"));
            continue;
        } else {
            claim.ranges.push_back({{}, version, {}});
        }
        TRY(out.add(stream, package, std::move(claim)));
    }
    return {};
}

Result<> read_package(std::string_view stream, json::object package, FeedData& out) {
    // Of two members, in any order.
    std::string_view name;
    for (auto field : package)
        if (raw_key(field) == "name") name = text_of(field.value());
    out.count_record();
    package.reset();
    for (auto field : package) {
        if (raw_key(field) != "secfixes") continue;
        json::value fixes = field.value();
        if (fixes.type() != json::json_type::object) continue;  // null where there is none
        for (auto fix : fixes.get_object()) {
            std::string_view version = fix.unescaped_key();
            TRY(add_fixes(stream, name, version, fix.value(), out));
        }
    }
    return {};
}

}  // namespace

Result<> read_secdb(const Document& document, FeedData& out) {
    return read_json(document, [&](json::document& secdb) -> Result<> {
        std::string repository;
        auto stream = TRY(stream_of(secdb, repository));
        out.cover(stream);
        if (stream.starts_with("alpine:")) out.cover(stream + "/" + repository);
        for (auto field : secdb.get_object()) {
            if (raw_key(field) != "packages") continue;
            for (auto each : field.value().get_array())
                for (auto member : each.get_object())
                    if (raw_key(member) == "pkg") TRY(read_package(stream, member.value().get_object(), out));
        }
        return {};
    });
}

}  // namespace pith::advisory::feeds
