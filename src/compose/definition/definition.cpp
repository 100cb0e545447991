#include "compose/definition/definition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/merge.h"

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

// A key of apko that pith does not follow yet, refused rather than ignored.
Field refused(std::string_view key, std::string_view why) {
    return {key, [key, why](const Node& node) -> Result<> {
                if (node.kind == Node::Kind::null) return {};
                auto error = fail_at(node, fmt::format("'{}' is not supported: {}", key, why));
                error.error().code = ErrorCode::unsupported;
                return error;
            }};
}

Result<> read_part(const Node& node, std::vector<Part>& parts) {
    Part part;
    TRY(read_mapping(node, "contents.parts",
                     {text_field("package", part.package), texts_field("paths", part.paths), path_field("to", part.to),
                      text_field("reason", part.reason)}));
    if (part.package.empty() || part.paths.empty())
        return fail_at(node, "an item of 'contents.parts' names a 'package' and the 'paths' taken from it");
    parts.push_back(std::move(part));
    return {};
}

Result<> read_exclusion(const Node& node, std::vector<solve::Exclusion>& without) {
    solve::Exclusion exclusion;
    TRY(read_mapping(node, "contents.without",
                     {text_field("package", exclusion.package), text_field("reason", exclusion.reason)}));
    if (exclusion.package.empty() || exclusion.reason.empty())
        return fail_at(node, "an item of 'contents.without' names a 'package' and the 'reason' for leaving it out");
    without.push_back(std::move(exclusion));
    return {};
}

Result<> read_file_source(const Node& node, const fs::path& folder, std::vector<FileSource>& files) {
    FileSource file;
    file.place = node.place();
    std::string source, digest;
    TRY(read_mapping(node, "contents.files",
                     {text_field("url", file.url),
                      text_field("source", source),
                      text_field("sha256", digest),
                      path_field("path", file.path),
                      number_field("uid", file.uid),
                      number_field("gid", file.gid),
                      {"mode", [&](const Node& n) -> Result<> {
                           file.mode = TRY(read_mode(n, "mode"));
                           return {};
                       }}}));
    if (file.path.empty() || file.url.empty() == source.empty())
        return fail_at(node, "an item of 'contents.files' has a 'path' in the image and either a 'source' or a 'url'");
    if (!digest.empty()) file.sha256 = TRY(context(Digest::parse(digest), file.place));
    if (!file.url.empty() && !file.sha256)
        return fail_at(
            node, "a file from a 'url' needs its 'sha256', or the image would depend on what the server says that day");
    if (!source.empty()) file.source = folder / source;
    files.push_back(std::move(file));
    return {};
}

Result<> read_contents(const Node& node, const fs::path& folder, Definition::Contents& contents) {
    auto repositories = [&](const Node& n) -> Result<> {
        auto more = TRY(read_texts(n, "repositories"));
        contents.repositories.insert(contents.repositories.end(), more.begin(), more.end());
        return {};
    };
    return read_mapping(
        node, "contents",
        {{"repositories", repositories},
         {"build_repositories", repositories},
         refused("runtime_repositories", "an image has no package manager; use 'repositories'"),
         refused("runtime_keyring", "an image has no package manager; use 'keyring'"),
         refused("baseimage", "images are made of packages alone"),
         texts_field("keyring", contents.keyrings),
         {"packages",
          [&](const Node& n) {
              return read_list(n, "packages", [&](const Node& item) -> Result<> {
                  contents.packages.push_back({TRY(read_text(item, "packages")), item.place()});
                  return {};
              });
          }},
         {"without",
          [&](const Node& n) {
              return read_list(n, "without", [&](const Node& item) { return read_exclusion(item, contents.without); });
          }},
         {"parts",
          [&](const Node& n) {
              return read_list(n, "parts", [&](const Node& item) { return read_part(item, contents.parts); });
          }},
         {"files",
          [&](const Node& n) {
              return read_list(n, "files",
                               [&](const Node& item) { return read_file_source(item, folder, contents.files); });
          }},
         texts_field("keep", contents.keep),
         {"install-time", [&](const Node& n) -> Result<> {
              auto text = TRY(read_text(n, "install-time"));
              if (text != "keep" && text != "leave-out")
                  return fail_at(n, fmt::format("'install-time' is keep or leave-out, not '{}'", printable(text)));
              contents.keep_install_time = text == "keep";
              return {};
          }}});
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

Result<> read_service(const Node& node, Test& test) {
    auto& service = test.service.emplace();
    std::uint32_t port = 0, status = 200;
    TRY(read_mapping(node, "tests.service",
                     {number_field("port", port), path_field("path", service.path), number_field("status", status),
                      text_field("body", service.body), text_field("stop-signal", service.stop_signal)}));
    if (port == 0 || port > 65535) return fail_at(node, "a service has a 'port' from 1 to 65535");
    service.port = static_cast<int>(port);
    service.status = static_cast<int>(status);
    return {};
}

Result<> read_test(const Node& node, std::vector<Test>& tests) {
    Test test;
    test.place = node.place();
    auto command = [](std::string_view key, std::vector<std::string>& into) -> Field {
        return {key, [key, &into](const Node& n) -> Result<> {
                    into = TRY(read_command(n, key));
                    return {};
                }};
    };
    auto number = [](std::string_view key, int& into, std::uint32_t most) -> Field {
        return {key, [key, &into, most](const Node& n) -> Result<> {
                    into = static_cast<int>(TRY(read_number(n, key, most)));
                    return {};
                }};
    };
    TRY(read_mapping(node, "tests",
                     {text_field("name", test.name),
                      command("command", test.command),
                      command("entrypoint", test.entrypoint),
                      number("exit-code", test.exit_code, 255),
                      number("timeout", test.timeout, 3600),
                      text_field("output", test.output),
                      texts_field("absent", test.absent),
                      texts_field("tmpfs", test.tmpfs),
                      {"no-setuid",
                       [&](const Node& n) -> Result<> {
                           test.no_setuid = TRY(read_boolean(n, "no-setuid"));
                           return {};
                       }},
                      {"writable",
                       [&](const Node& n) -> Result<> {
                           test.writable = TRY(read_texts(n, "writable"));
                           return {};
                       }},
                      {"service", [&](const Node& n) { return read_service(n, test); }}}));
    if (test.name.empty()) return fail_at(node, "a test needs a 'name'");
    bool runs = !test.command.empty() || !test.entrypoint.empty() || test.service;
    if (!runs && test.absent.empty() && !test.no_setuid && !test.writable)
        return fail_at(
            node,
            fmt::format(
                "test '{}' expects nothing: give it a 'command', a 'service', 'absent', 'no-setuid' or 'writable'",
                printable(test.name)));
    tests.push_back(std::move(test));
    return {};
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
                into = TRY(read_text_map(node, key));
                return {};
            }};
}

// `vcs-url: URL@COMMIT` is apko's way to name source and revision.
Result<> read_vcs_url(const Node& node, std::map<std::string, std::string>& annotations) {
    auto text = TRY(read_text(node, "vcs-url"));
    auto at = text.rfind('@');
    annotations["org.opencontainers.image.source"] = text.substr(0, at);
    if (at != std::string::npos) annotations["org.opencontainers.image.revision"] = text.substr(at + 1);
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

Digest digest_of(const Merged& merged, const DefinitionOptions& options) {
    Hasher hasher;
    for (const auto& text : merged.texts) hasher.update(sha256(text).value);
    hasher.update(sha256(options.variant).value).update(sha256(options.suite).value);
    return hasher.digest();
}

}  // namespace

Result<Definition> parse_definition(std::string_view text, const std::string& file_name, const fs::path& folder,
                                    const DefinitionOptions& options) {
    auto merged = TRY(merge_document(std::string(text), file_name, folder, options.variant));
    Definition definition;
    definition.name = fs::path(file_name).stem().string();
    definition.folder = folder;
    definition.digest = digest_of(merged, options);
    TRY(read_document(merged.document, definition));
    fill_defaults(definition, options);
    return definition;
}

Result<Definition> load_definition(const fs::path& path, const DefinitionOptions& options) {
    auto text = TRY(pith::read_text(path, MiB));
    return parse_definition(text, path.string(), path.parent_path(), options);
}

}  // namespace pith::compose
