#include "compose/definition/definition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/merge.h"
#include "compose/definition/sections.h"

namespace pith::compose {

using yaml::Node;
namespace fs = std::filesystem;

namespace {

// Debian's name of an architecture, from Debian's, OCI's or apk's.
Result<std::string> read_architecture(const Node& node) {
    static const std::map<std::string, std::string, std::less<>> names = {
        {"amd64", "amd64"},     {"x86_64", "amd64"}, {"arm64", "arm64"},     {"aarch64", "arm64"},
        {"386", "i386"},        {"i386", "i386"},    {"x86", "i386"},        {"arm/v7", "armhf"},
        {"armhf", "armhf"},     {"armv7", "armhf"},  {"ppc64le", "ppc64el"}, {"ppc64el", "ppc64el"},
        {"riscv64", "riscv64"}, {"s390x", "s390x"},
    };
    auto text = TRY(read_text(node, "archs"));
    auto found = names.find(text);
    if (found == names.end())
        return fail_at(
            node, fmt::format("unknown architecture '{}'; known: amd64, arm64, 386, arm/v7, ppc64le, riscv64, s390x",
                              printable(text)));
    return found->second;
}

Result<> read_user(const Node& node, std::vector<User>& users) {
    User user;
    user.place = node.place();
    user.uid = user.gid = 0;
    bool has_gid = false;
    TRY(read_mapping(node, "accounts.users",
                     {text_field("username", user.name),
                      number_field("uid", user.uid),
                      {"gid",
                       [&](const Node& n) -> Result<> {
                           user.gid = TRY(read_number(n, "gid", 0xfffffffe));
                           has_gid = true;
                           return {};
                       }},
                      path_field("shell", user.shell),
                      path_field("homedir", user.home)}));
    if (user.name.empty()) return fail_at(node, "a user needs a 'username'");
    if (user.uid == 0) return fail_at(node, fmt::format("user '{}' needs a 'uid' other than 0", printable(user.name)));
    if (!has_gid) user.gid = user.uid;
    users.push_back(std::move(user));
    return {};
}

Result<> read_group(const Node& node, std::vector<Group>& groups) {
    Group group;
    group.place = node.place();
    TRY(read_mapping(
        node, "accounts.groups",
        {text_field("groupname", group.name), number_field("gid", group.gid), texts_field("members", group.members)}));
    if (group.name.empty()) return fail_at(node, "a group needs a 'groupname'");
    groups.push_back(std::move(group));
    return {};
}

Result<> read_accounts(const Node& node, Definition::Accounts& accounts) {
    return read_mapping(
        node, "accounts",
        {text_field("run-as", accounts.run_as),
         {"users",
          [&](const Node& n) {
              return read_list(n, "users", [&](const Node& item) { return read_user(item, accounts.users); });
          }},
         {"groups", [&](const Node& n) {
              return read_list(n, "groups", [&](const Node& item) { return read_group(item, accounts.groups); });
          }}});
}

Result<> read_path_rule(const Node& node, std::vector<PathRule>& paths) {
    static const std::map<std::string, PathRule::Type, std::less<>> types = {
        {"directory", PathRule::Type::directory},
        {"empty-file", PathRule::Type::empty_file},
        {"hardlink", PathRule::Type::hardlink},
        {"symlink", PathRule::Type::symlink},
        {"permissions", PathRule::Type::permissions}};
    PathRule rule;
    rule.place = node.place();
    bool has_type = false;
    TRY(read_mapping(node, "paths",
                     {path_field("path", rule.path),
                      text_field("source", rule.source),
                      number_field("uid", rule.uid),
                      number_field("gid", rule.gid),
                      {"permissions",
                       [&](const Node& n) -> Result<> {
                           rule.mode = TRY(read_mode(n, "permissions"));
                           return {};
                       }},
                      {"recursive",
                       [&](const Node& n) -> Result<> {
                           rule.recursive = TRY(read_boolean(n, "recursive"));
                           return {};
                       }},
                      {"type", [&](const Node& n) -> Result<> {
                           auto text = TRY(read_text(n, "type"));
                           auto type = types.find(text);
                           if (type == types.end())
                               return fail_at(n,
                                              fmt::format("unknown type '{}'; known: directory, empty-file, hardlink, "
                                                          "symlink, permissions",
                                                          printable(text)));
                           rule.type = type->second;
                           has_type = true;
                           return {};
                       }}}));
    if (rule.path.empty() || !has_type) return fail_at(node, "an item of 'paths' has a 'path' and a 'type'");
    bool is_link = rule.type == PathRule::Type::hardlink || rule.type == PathRule::Type::symlink;
    if (is_link == rule.source.empty())
        return fail_at(node, "'source' is what a hardlink or symlink leads to; these need it and others have none");
    paths.push_back(std::move(rule));
    return {};
}

Result<> read_certificates(const Node& node, Definition::Certificates& certificates) {
    return read_mapping(
        node, "certificates",
        {texts_field("providers", certificates.providers),
         {"additional", [&](const Node& n) {
              return read_list(n, "additional", [&](const Node& item) -> Result<> {
                  Definition::Certificates::Additional more;
                  TRY(read_mapping(item, "certificates.additional",
                                   {text_field("name", more.name), text_field("content", more.content)}));
                  if (more.name.empty() || more.content.empty())
                      return fail_at(item, "an additional certificate has a 'name' and its PEM 'content'");
                  certificates.additional.push_back(std::move(more));
                  return {};
              });
          }}});
}

Result<> read_layering(const Node& node, Definition::Layering& layering) {
    return read_mapping(
        node, "layering",
        {{"budget",
          [&](const Node& n) -> Result<> {
              layering.budget = TRY(read_number(n, "budget", 127));
              if (layering.budget < 2)
                  return fail_at(n, "'budget' is at least 2: one layer of packages and the image's own");
              return {};
          }},
         {"strategy",
          [&](const Node& n) -> Result<> {
              auto text = TRY(read_text(n, "strategy"));
              if (text != "origin" && text != "package")
                  return fail_at(n,
                                 fmt::format("'strategy' is package (or origin, apko's, taken as the same), not '{}'",
                                             printable(text)));
              return {};
          }},
         {"compression", [&](const Node& n) -> Result<> {
              auto text = TRY(read_text(n, "compression"));
              if (text != "gzip" && text != "zstd")
                  return fail_at(n, fmt::format("'compression' is gzip or zstd, not '{}'", printable(text)));
              layering.zstd = text == "zstd";
              return {};
          }}});
}

Result<> read_entrypoint(const Node& node, std::vector<std::string>& entrypoint) {
    if (node.kind != Node::Kind::mapping) {
        entrypoint = TRY(read_command(node, "entrypoint"));
        return {};
    }
    constexpr std::string_view one_process = "an image runs one process; give its 'command'";
    return read_mapping(node, "entrypoint",
                        {{"command",
                          [&](const Node& n) -> Result<> {
                              entrypoint = TRY(read_command(n, "entrypoint.command"));
                              return {};
                          }},
                         refused("type", one_process),
                         refused("services", one_process),
                         refused("shell-fragment", "there is no shell in the image; give the 'command' itself")});
}

Result<> read_port(const Node& node, std::vector<std::string>& ports) {
    auto text = TRY(read_text(node, "ports"));
    auto slash = text.find('/');
    auto protocol = slash == std::string::npos ? "tcp" : text.substr(slash + 1);
    auto number = parse_number(text.substr(0, slash));
    if (!number || *number == 0 || *number > 65535 || (protocol != "tcp" && protocol != "udp" && protocol != "sctp"))
        return fail_at(node, fmt::format("a port is a number from 1 to 65535, with /tcp, /udp or /sctp, not '{}'",
                                         printable(text)));
    ports.push_back(fmt::format("{}/{}", *number, protocol));
    return {};
}

Field text_map_field(std::string_view key, std::map<std::string, std::string>& into) {
    return {key, [key, &into](const Node& node) -> Result<> {
                for (auto& [name, value] : TRY(read_text_map(node, key))) into.insert_or_assign(name, value);
                return {};
            }};
}

// `vcs-url: URL@COMMIT` is apko's way to name source and revision; annotations with these names win.
Result<> read_vcs_url(const Node& node, std::map<std::string, std::string>& annotations) {
    auto text = TRY(read_text(node, "vcs-url"));
    auto at = text.rfind('@');
    annotations.try_emplace("org.opencontainers.image.source", text.substr(0, at));
    if (at != std::string::npos) annotations.try_emplace("org.opencontainers.image.revision", text.substr(at + 1));
    return {};
}

Result<> read_document(const Node& document, Definition& d) {
    auto list = [](std::string_view key, auto read, auto& into) -> Field {
        return {key, [key, read, &into](const Node& node) {
                    return read_list(node, key, [&](const Node& item) { return read(item, into); });
                }};
    };
    return read_mapping(document, "the definition",
                        {{"contents", [&](const Node& n) { return read_contents(n, d.folder, d.contents); }},
                         {"accounts", [&](const Node& n) { return read_accounts(n, d.accounts); }},
                         {"certificates", [&](const Node& n) { return read_certificates(n, d.certificates); }},
                         {"layering", [&](const Node& n) { return read_layering(n, d.layering); }},
                         {"entrypoint", [&](const Node& n) { return read_entrypoint(n, d.entrypoint); }},
                         {"cmd",
                          [&](const Node& n) -> Result<> {
                              d.cmd = TRY(read_command(n, "cmd"));
                              return {};
                          }},
                         path_field("work-dir", d.work_dir),
                         text_field("stop-signal", d.stop_signal),
                         text_map_field("environment", d.environment),
                         text_map_field("annotations", d.annotations),
                         text_map_field("os-release", d.os_release),
                         {"vcs-url", [&](const Node& n) { return read_vcs_url(n, d.annotations); }},
                         list("ports", read_port, d.ports),
                         texts_field("volumes", d.volumes),
                         texts_field("setuid", d.setuid),
                         list("paths", read_path_rule, d.paths),
                         list("tests", read_test, d.tests),
                         {"archs",
                          [&](const Node& n) {
                              return read_list(n, "archs", [&](const Node& item) -> Result<> {
                                  d.architectures.push_back(TRY(read_architecture(item)));
                                  return {};
                              });
                          }},
                         {"effects",
                          [&](const Node& n) -> Result<> {
                              d.effects = TRY(parse_answers(n));
                              return {};
                          }},
                         {"format", [](const Node& n) -> Result<> {
                              if (TRY(read_text(n, "format")) == "tar") return {};
                              return fail_at(n, "layers are tar archives; other formats are not supported");
                          }}});
}

// `debian:trixie` with the suite asked for instead.
void replace_suite(std::vector<std::string>& repositories, const std::string& suite) {
    for (auto& repository : repositories) {
        auto colon = repository.find(':');
        if (colon != std::string::npos && repository.find_first_of("/ ") == std::string::npos)
            repository = repository.substr(0, colon + 1) + suite;
    }
}

template <class T>
void sort_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

void fill_defaults(Definition& d, const DefinitionOptions& options) {
    if (d.architectures.empty()) d.architectures = {"amd64", "arm64"};
    if (d.accounts.run_as.empty()) d.accounts.run_as = "65532";
    if (!options.suite.empty()) replace_suite(d.contents.repositories, options.suite);
    for (auto* values : {&d.architectures, &d.ports, &d.volumes, &d.setuid, &d.certificates.providers})
        sort_unique(*values);
}

}  // namespace

Result<Definition> parse_definition(std::string_view text, const std::string& file_name, const fs::path& folder,
                                    const DefinitionOptions& options) {
    auto merged = TRY(merge_document(std::string(text), file_name, folder, options.variant));
    Definition definition;
    definition.name = fs::path(file_name).stem().string();
    definition.folder = folder;
    TRY(read_document(merged.document, definition));
    fill_defaults(definition, options);
    return definition;
}

Result<Definition> load_definition(const fs::path& path, const DefinitionOptions& options) {
    auto text = TRY(pith::read_text(path, MiB));
    return parse_definition(text, path.string(), path.parent_path(), options);
}

}  // namespace pith::compose
