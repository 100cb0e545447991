// The sections that say what is made of the packages: accounts, paths, certificates, layers.
#include "compose/definition/sections.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/schema.h"

namespace pith::compose {

using yaml::Node;

namespace {

struct UserAsWritten {
    User user;
    std::optional<std::uint32_t> gid;
};

std::vector<Field> user_fields(UserAsWritten& written) {
    auto gid = [&written](const Node& node) -> Result<> {
        written.gid = TRY(read_number(node, "gid", 0xfffffffe));
        return {};
    };
    auto uid = number_field("uid", written.user.uid, "other than 0");
    uid.schema = [] { return schema::number(1, 0xfffffffe); };
    return {text_field("username", written.user.name),
            std::move(uid),
            {"gid", gid, schema::id, "the same as the uid unless said"},
            path_field("shell", written.user.shell),
            path_field("homedir", written.user.home)};
}

std::string user_schema() {
    UserAsWritten written;
    return schema::mapping(user_fields(written), {"username", "uid"});
}

Result<> read_user(const Node& node, std::vector<User>& users) {
    UserAsWritten written;
    auto& [user, gid] = written;
    user.place = node.place();
    user.uid = user.gid = 0;
    TRY(read_mapping(node, "accounts.users", user_fields(written)));
    if (user.name.empty()) return fail_at(node, "a user needs a 'username'");
    if (user.uid == 0) return fail_at(node, fmt::format("user '{}' needs a 'uid' other than 0", printable(user.name)));
    user.gid = gid.value_or(user.uid);
    users.push_back(std::move(user));
    return {};
}

std::vector<Field> group_fields(Group& group) {
    return {text_field("groupname", group.name), number_field("gid", group.gid), texts_field("members", group.members)};
}

std::string group_schema() {
    Group group;
    return schema::mapping(group_fields(group), {"groupname"});
}

Result<> read_group(const Node& node, std::vector<Group>& groups) {
    Group group;
    group.place = node.place();
    TRY(read_mapping(node, "accounts.groups", group_fields(group)));
    if (group.name.empty()) return fail_at(node, "a group needs a 'groupname'");
    groups.push_back(std::move(group));
    return {};
}

std::vector<Field> accounts_fields(Definition::Accounts& accounts) {
    return {text_field("run-as", accounts.run_as, "the image's user: a name, a uid, or uid:gid; 65532 unless said"),
            items_field("users", read_user, accounts.users, [] { return schema::list_of(user_schema()); }),
            items_field("groups", read_group, accounts.groups, [] { return schema::list_of(group_schema()); })};
}

constexpr std::string_view path_types[] = {"directory", "empty-file", "hardlink", "symlink", "permissions"};
constexpr PathRule::Type types_in_order[] = {PathRule::Type::directory, PathRule::Type::empty_file,
                                             PathRule::Type::hardlink, PathRule::Type::symlink,
                                             PathRule::Type::permissions};

struct PathRuleAsWritten {
    PathRule rule;
    bool has_type = false;
};

std::vector<Field> path_rule_fields(PathRuleAsWritten& written) {
    auto& rule = written.rule;
    auto take_type = [&written](std::size_t choice) {
        written.rule.type = types_in_order[choice];
        written.has_type = true;
    };
    return {path_field("path", rule.path),
            text_field("source", rule.source, "what a link leads to"),
            number_field("uid", rule.uid),
            number_field("gid", rule.gid),
            mode_field("permissions", rule.mode, "octal, as 0755"),
            boolean_field("recursive", rule.recursive, "what is below the path too"),
            choice_field("type", {std::begin(path_types), std::end(path_types)}, take_type,
                         [] { return schema::one_of({std::begin(path_types), std::end(path_types)}); })};
}

std::string path_rule_schema() {
    PathRuleAsWritten written;
    return schema::mapping(path_rule_fields(written), {"path", "type"},
                           R"("if":{"properties":{"type":{"enum":["hardlink","symlink"]}}},)"
                           R"("then":{"required":["source"]},"else":{"not":{"required":["source"]}})");
}

std::vector<Field> certificate_fields(Definition::Certificates::Additional& certificate) {
    return {text_field("name", certificate.name), text_field("content", certificate.content, "PEM")};
}

std::string certificate_schema() {
    Definition::Certificates::Additional certificate;
    return schema::mapping(certificate_fields(certificate), {"name", "content"});
}

Result<> read_certificate(const Node& node, std::vector<Definition::Certificates::Additional>& certificates) {
    Definition::Certificates::Additional certificate;
    TRY(read_mapping(node, "certificates.additional", certificate_fields(certificate)));
    if (certificate.name.empty() || certificate.content.empty())
        return fail_at(node, "an additional certificate has a 'name' and its PEM 'content'");
    certificates.push_back(std::move(certificate));
    return {};
}

std::vector<Field> certificates_fields(Definition::Certificates& certificates) {
    return {texts_field("providers", certificates.providers, "packages whose certificates make the bundle"),
            items_field(
                "additional", read_certificate, certificates.additional,
                [] { return schema::list_of(certificate_schema()); }, "further certificates for it")};
}

constexpr std::string_view compressions[] = {"gzip", "zstd"};
constexpr std::string_view strategies[] = {"package", "origin"};

std::vector<Field> layering_fields(Definition::Layering& layering) {
    auto budget = [&layering](const Node& node) -> Result<> {
        layering.budget = TRY(read_number(node, "budget", 127));
        if (layering.budget < 2)
            return fail_at(node, "'budget' is at least 2: one layer of packages and the image's own");
        return {};
    };
    return {{"budget", budget, [] { return schema::number(2, 127); }, "at most so many layers; 60 unless said"},
            choice_field(
                "strategy", {std::begin(strategies), std::end(strategies)}, [](std::size_t) {},
                [] { return schema::one_of({std::begin(strategies), std::end(strategies)}); },
                "package; origin, which is apko's, is taken as the same"),
            choice_field(
                "compression", {std::begin(compressions), std::end(compressions)},
                [&layering](std::size_t choice) { layering.zstd = choice == 1; },
                [] { return schema::one_of({std::begin(compressions), std::end(compressions)}); }, "gzip unless said")};
}

}  // namespace

Result<> read_path_rule(const Node& node, std::vector<PathRule>& paths) {
    PathRuleAsWritten written;
    auto& rule = written.rule;
    rule.place = node.place();
    TRY(read_mapping(node, "paths", path_rule_fields(written)));
    if (rule.path.empty() || !written.has_type) return fail_at(node, "an item of 'paths' has a 'path' and a 'type'");
    bool is_link = rule.type == PathRule::Type::hardlink || rule.type == PathRule::Type::symlink;
    if (is_link == rule.source.empty())
        return fail_at(node, "'source' is what a hardlink or symlink leads to; these need it and others have none");
    paths.push_back(std::move(rule));
    return {};
}

std::string path_rules_schema() { return schema::list_of(path_rule_schema()); }

Result<> read_accounts(const Node& node, Definition::Accounts& accounts) {
    return read_mapping(node, "accounts", accounts_fields(accounts));
}

std::string accounts_schema() {
    Definition::Accounts accounts;
    return schema::mapping(accounts_fields(accounts));
}

Result<> read_certificates(const Node& node, Definition::Certificates& certificates) {
    return read_mapping(node, "certificates", certificates_fields(certificates));
}

std::string certificates_schema() {
    Definition::Certificates certificates;
    return schema::mapping(certificates_fields(certificates));
}

Result<> read_layering(const Node& node, Definition::Layering& layering) {
    return read_mapping(node, "layering", layering_fields(layering));
}

std::string layering_schema() {
    Definition::Layering layering;
    return schema::mapping(layering_fields(layering));
}

}  // namespace pith::compose
