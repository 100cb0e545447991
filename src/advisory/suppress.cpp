#include "advisory/suppress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "advisory/feeds/json.h"
#include "base/text.h"
#include "base/yaml.h"
#include "inventory/purl.h"

namespace pith::advisory {

namespace {

constexpr std::size_t most_bytes = 16 * MiB;

namespace json = feeds::json;
using feeds::raw_key;
using feeds::text_of;

struct Statement {
    std::vector<std::string> names, products;
    std::string status, reason, timestamp;
};

// "CVE-1", {"name": …, "aliases": […]}; version 0.0.1 of the specification had the bare text.
std::vector<std::string> names_of(json::value value) {
    std::vector<std::string> out;
    if (value.type() == json::json_type::string) {
        out.emplace_back(text_of(value));
        return out;
    }
    for (auto field : value.get_object()) {
        auto key = raw_key(field);
        if (key == "name") out.emplace_back(text_of(field.value()));
        if (key == "aliases")
            for (auto alias : field.value().get_array()) out.emplace_back(text_of(alias.value()));
    }
    return out;
}

// Of a product with subcomponents, those: the product alone would suppress every package of the image.
void add_product(json::value value, std::vector<std::string>& out) {
    if (value.type() == json::json_type::string) {
        out.emplace_back(text_of(value));
        return;
    }
    std::string id;
    std::vector<std::string> parts;
    for (auto field : value.get_object()) {
        auto key = raw_key(field);
        if (key == "@id") id = text_of(field.value());
        if (key == "subcomponents")
            for (auto part : field.value().get_array()) add_product(part.value(), parts);
    }
    if (parts.empty())
        out.push_back(std::move(id));
    else
        for (const auto& part : parts) out.push_back(id + " " + part);
}

Statement read_statement(json::object object, const std::string& timestamp) {
    Statement out;
    out.timestamp = timestamp;
    std::string justification, impact;
    for (auto field : object) {
        auto key = raw_key(field);
        if (key == "vulnerability") out.names = names_of(field.value());
        if (key == "status") out.status = text_of(field.value());
        if (key == "timestamp") out.timestamp = text_of(field.value());
        if (key == "justification") justification = text_of(field.value());
        if (key == "impact_statement") impact = text_of(field.value());
        if (key == "products")
            for (auto product : field.value().get_array()) add_product(product.value(), out.products);
    }
    out.reason = justification + (justification.empty() || impact.empty() ? "" : ": ") + impact;
    return out;
}

Result<> read_document(json::document& document, std::vector<Statement>& out) {
    bool vex = false;
    std::string timestamp;
    for (auto field : document.get_object()) {
        auto key = raw_key(field);
        if (key == "@context") vex = text_of(field.value()).find("openvex") != std::string_view::npos;
        if (key == "timestamp") timestamp = text_of(field.value());
        if (key != "statements") continue;
        for (auto each : field.value().get_array()) out.push_back(read_statement(each.get_object(), timestamp));
    }
    if (!vex) return fail(ErrorCode::format, "it is no OpenVEX document: its @context does not say so");
    return {};
}

bool is_image(const inventory::Purl& purl) { return purl.type == "oci" || purl.type == "docker"; }

// By type, name and, where it is given, version.
bool is_package(const inventory::Purl& purl, const ScannedPackage& package) {
    auto named = inventory::package_of(purl);
    if (purl.type != package.type) return false;
    bool binary = named.name == package.name && (purl.version.empty() || named.version == package.version);
    bool source = named.name == package.source && (purl.version.empty() || named.version == package.source_version);
    return binary || source;
}

// An image is known by its digest, or by the last part of its name.
bool is_this_image(const std::string& product, const Findings& findings) {
    if (!findings.digest.empty() && product.find(findings.digest) != std::string::npos) return true;
    auto purl = inventory::parse_purl(product);
    if (!purl || !is_image(*purl)) return false;
    if (!purl->version.empty()) return purl->version == findings.digest;
    auto wanted = purl->name.substr(purl->name.rfind('/') + 1);
    auto name = findings.image.substr(0, findings.image.find(':', findings.image.rfind('/') + 1));
    return name.substr(name.rfind('/') + 1) == wanted;
}

bool speaks_of(const std::string& product, const Findings& findings, const ScannedPackage& package) {
    auto space = product.find(' ');
    auto last = space == std::string::npos ? product : product.substr(space + 1);
    if (space != std::string::npos && !is_this_image(product.substr(0, space), findings)) return false;
    if (space == std::string::npos && is_this_image(product, findings)) return true;
    auto purl = inventory::parse_purl(last);
    return purl && is_package(*purl, package);
}

bool fits(const Suppression& rule, const Findings& findings, const Finding& finding) {
    const auto& package = findings.packages[finding.package];
    if (!rule.id.empty() && rule.id != finding.id &&
        std::ranges::find(finding.aliases, rule.id) == finding.aliases.end())
        return false;
    if (!rule.package.empty() && rule.package != package.name && rule.package != package.source) return false;
    if (!rule.path.empty() && !matches_glob(rule.path, package.path)) return false;
    if (rule.state && *rule.state != finding.state) return false;
    auto purl = rule.purl.empty() ? std::nullopt : inventory::parse_purl(rule.purl);
    if (purl && !is_package(*purl, package)) return false;
    return rule.products.empty() ||
           std::ranges::any_of(rule.products, [&](const auto& each) { return speaks_of(each, findings, package); });
}

Result<Suppression> read_rule(const yaml::Node& node, const std::string& name) {
    Suppression out;
    out.by = fmt::format("{}:{}", name, node.line);
    std::string state;
    auto wrong = [&](std::string_view what) {
        return fail(ErrorCode::format, fmt::format("{}: {}", node.place(), what));
    };
    for (const auto& [key, value] : node.map) {
        const std::pair<std::string_view, std::string*> keys[] = {
            {"id", &out.id},   {"package", &out.package}, {"purl", &out.purl},      {"path", &out.path},
            {"state", &state}, {"reason", &out.reason},   {"expires", &out.expires}};
        const auto* found = std::ranges::find(keys, key, &std::pair<std::string_view, std::string*>::first);
        if (found == std::end(keys)) return wrong(fmt::format("a rule has no '{}'", printable(key)));
        if (value.scalar.empty()) return wrong(fmt::format("'{}' should be a text that is not empty", key));
        *found->second = value.scalar;
    }
    if (out.reason.empty()) return wrong("a rule needs a reason");
    if (out.id.empty() && out.package.empty() && out.purl.empty() && out.path.empty() && state.empty())
        return wrong("a rule must name an id, package, purl, path or state: this one would ignore everything");
    if (!out.expires.empty() && !is_date(out.expires)) return wrong("'expires' should be a date such as 2027-01-31");
    if (!out.purl.empty() && !inventory::parse_purl(out.purl)) return wrong("'purl' is no package URL");
    if (state.empty()) return out;
    for (auto each :
         {State::affected, State::fix_available, State::wont_fix, State::deferred, State::under_investigation})
        if (state == to_text(each)) out.state = each;
    if (!out.state) return wrong(fmt::format("no state is called '{}'", printable(state)));
    return out;
}

}  // namespace

Result<std::vector<Suppression>> read_vex(std::string_view text, const std::string& name) {
    if (text.size() > most_bytes) return fail(ErrorCode::limit, fmt::format("'{}' is larger than 16 MiB", name));
    std::vector<Statement> statements;
    auto read = feeds::read_json({name, as_bytes(text)},
                                 [&](json::document& document) { return read_document(document, statements); });
    TRY(context(read, fmt::format("VEX document '{}'", name)));
    std::ranges::stable_sort(statements, {}, &Statement::timestamp);
    std::vector<Suppression> out;
    for (const auto& statement : statements) {
        if (statement.products.empty()) continue;  // about nothing
        Suppression rule;
        rule.by = name;
        rule.products = statement.products;
        rule.reason = statement.status + (statement.reason.empty() ? "" : ", " + statement.reason);
        rule.lifts = statement.status != "not_affected" && statement.status != "fixed";
        for (const auto& id : statement.names) {
            if (id.empty()) continue;
            rule.id = id;
            out.push_back(rule);
        }
    }
    return out;
}

Result<std::vector<Suppression>> read_ignores(std::string_view text, const std::string& name) {
    auto document = TRY(yaml::parse(text, name));
    if (document.kind != yaml::Node::Kind::sequence)
        return fail(ErrorCode::format, fmt::format("{}: it should be a list of rules", document.place()));
    std::vector<Suppression> out;
    for (const auto& node : document.items) out.push_back(TRY(read_rule(node, name)));
    return out;
}

void suppress(Findings& findings, const std::vector<Suppression>& suppressions, std::vector<std::string>& notes) {
    std::vector<const Suppression*> live;
    for (const auto& rule : suppressions) {
        if (rule.expires.empty() || rule.expires >= findings.as_of)
            live.push_back(&rule);
        else
            notes.push_back(fmt::format("{}: the rule ended on {} and does not count any more", rule.by, rule.expires));
    }
    for (auto& finding : findings.findings)
        for (const auto* rule : live)
            if (fits(*rule, findings, finding))
                finding.suppressed = rule->lifts ? "" : fmt::format("{}: {}", rule->by, rule->reason);
    settle(findings);
}

}  // namespace pith::advisory
