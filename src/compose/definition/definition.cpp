#include "compose/definition/definition.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/merge.h"
#include "compose/definition/schema.h"
#include "compose/definition/sections.h"

namespace pith::compose {

using yaml::Node;
namespace fs = std::filesystem;

namespace {

// Debian's names of architectures, from Debian's, OCI's or apk's.
const std::map<std::string, std::string, std::less<>>& architecture_names() {
    static const std::map<std::string, std::string, std::less<>> names = {
        {"amd64", "amd64"},     {"x86_64", "amd64"}, {"arm64", "arm64"},     {"aarch64", "arm64"},
        {"386", "i386"},        {"i386", "i386"},    {"x86", "i386"},        {"arm/v7", "armhf"},
        {"armhf", "armhf"},     {"armv7", "armhf"},  {"ppc64le", "ppc64el"}, {"ppc64el", "ppc64el"},
        {"riscv64", "riscv64"}, {"s390x", "s390x"},
    };
    return names;
}

Result<> read_architecture(const Node& node, std::vector<std::string>& architectures) {
    auto text = TRY(read_text(node, "archs"));
    auto found = architecture_names().find(text);
    if (found == architecture_names().end())
        return fail_at(
            node, fmt::format("unknown architecture '{}'; known: amd64, arm64, 386, arm/v7, ppc64le, riscv64, s390x",
                              printable(text)));
    architectures.push_back(found->second);
    return {};
}

std::string architectures_schema() {
    std::vector<std::string_view> known;
    for (const auto& [name, debian] : architecture_names()) known.push_back(name);
    // 386 without quotes is a number to those who read YAML.
    return schema::list_of(schema::any_of({schema::one_of(known), schema::number(386, 386)}));
}

std::vector<Field> entrypoint_fields(std::vector<std::string>& entrypoint) {
    constexpr std::string_view one_process = "an image runs one process; give its 'command'";
    return {command_field("command", entrypoint), refused("type", one_process), refused("services", one_process),
            refused("shell-fragment", "there is no shell in the image; give the 'command' itself")};
}

std::string entrypoint_schema() {
    std::vector<std::string> entrypoint;
    return schema::any_of({schema::command(), schema::mapping(entrypoint_fields(entrypoint), {"command"})});
}

Result<> read_entrypoint(const Node& node, std::vector<std::string>& entrypoint) {
    if (node.kind != Node::Kind::mapping) {
        entrypoint = TRY(read_command(node, "entrypoint"));
        return {};
    }
    TRY(read_mapping(node, "entrypoint", entrypoint_fields(entrypoint)));
    if (!node.find("command")) return fail_at(node, "'entrypoint' needs its 'command'");
    return {};
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

std::string ports_schema() {
    constexpr std::string_view up_to_65535 =
        "^0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])(/(tcp|udp|sctp))?$";
    return schema::list_of(schema::any_of({schema::number(1, 65535), schema::pattern(up_to_65535)}));
}

// Mounted over in a container, so "/" would hide the whole image.
Result<> read_volume(const Node& node, std::vector<std::string>& volumes) {
    auto path = TRY(read_path(node, "volumes"));
    if (path == "/") return fail_at(node, "a volume is a path below '/', not '/' itself");
    volumes.push_back(std::move(path));
    return {};
}

std::string volumes_schema() { return schema::list_of(schema::pattern("^/(?!(.*/)?\\.\\.(/|$))(?![/.]*$)")); }

Field text_map_field(std::string_view key, std::map<std::string, std::string>& into, std::string_view about) {
    auto read = [key, &into](const Node& node) -> Result<> {
        for (auto& [name, value] : TRY(read_text_map(node, key))) into.insert_or_assign(name, value);
        return {};
    };
    return {key, read, schema::text_map, about};
}

// `vcs-url: URL@COMMIT` is apko's way to name source and revision; annotations with these names win.
Result<> read_vcs_url(const Node& node, std::map<std::string, std::string>& annotations) {
    auto text = TRY(read_text(node, "vcs-url"));
    auto at = text.rfind('@');
    annotations.try_emplace("org.opencontainers.image.source", text.substr(0, at));
    if (at != std::string::npos) annotations.try_emplace("org.opencontainers.image.revision", text.substr(at + 1));
    return {};
}

Result<> read_format(const Node& node) {
    if (TRY(read_text(node, "format")) == "tar") return {};
    return fail_at(node, "layers are tar archives; other formats are not supported");
}

Result<> read_answers(const Node& node, std::vector<Effects>& effects) {
    effects = TRY(parse_answers(node));
    return {};
}

// A section that has a reader of its own.
template <class T>
Field section(std::string_view key, Result<> (*read)(const Node&, T&), T& into, std::string (*schema)(),
              std::string_view about) {
    return {key, [read, &into](const Node& node) { return read(node, into); }, schema, about};
}

}  // namespace

std::vector<Field> document_fields(Definition& d) {
    return {
        {"contents", [&d](const Node& node) { return read_contents(node, d.folder, d.contents); }, contents_schema,
         "what the image is made of"},
        section("accounts", read_accounts, d.accounts, accounts_schema, "users and groups, and the image's own user"),
        section("certificates", read_certificates, d.certificates, certificates_schema,
                "what /etc/ssl/certs/ca-certificates.crt holds"),
        section("layering", read_layering, d.layering, layering_schema, "how the layers are cut"),
        section("entrypoint", read_entrypoint, d.entrypoint, entrypoint_schema,
                "the program: a list of words, or one text that is split as a shell would"),
        command_field("cmd", d.cmd, "its arguments, which a user may replace"),
        path_field("work-dir", d.work_dir, "the folder it starts in"),
        signal_field("stop-signal", d.stop_signal, "the signal that ends it"),
        text_map_field("environment", d.environment, "the variables it gets"),
        text_map_field("annotations", d.annotations, "annotations of the manifest, and labels"),
        text_map_field("os-release", d.os_release, "keys that replace or join those of base-files"),
        section("vcs-url", read_vcs_url, d.annotations, schema::text, "URL@COMMIT: source and revision"),
        items_field("ports", read_port, d.ports, ports_schema, "ports it listens on: 8080, 53/udp"),
        items_field("volumes", read_volume, d.volumes, volumes_schema, "folders that are mounted over"),
        paths_field("setuid", d.setuid, "programs that keep their setuid and setgid bits"),
        items_field("paths", read_path_rule, d.paths, path_rules_schema, "folders, files, links and permissions"),
        items_field(
            "tests", read_test, d.tests, [] { return schema::list_of(test_schema()); }, "what `pith test` checks"),
        items_field("archs", read_architecture, d.architectures, architectures_schema,
                    "architectures; amd64 and arm64 unless said"),
        section("effects", read_answers, d.effects, answers_schema,
                "one's own answers for maintainer scripts that are not modelled"),
        {"format", read_format, [] { return schema::one_of({"tar"}); }, "tar"},
    };
}

namespace {

Result<> read_document(const Node& document, Definition& definition) {
    return read_mapping(document, "the definition", document_fields(definition));
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

// A mistake in a variant is told by every build, not first by the one that chooses it.
Result<> check_other_variants(std::string_view text, const std::string& file_name, const fs::path& folder,
                              const std::vector<std::string>& variants, const std::string& chosen) {
    for (const auto& variant : variants) {
        if (variant == chosen) continue;
        auto where = fmt::format("variant '{}'", printable(variant));
        auto merged = TRY(context(merge_document(std::string(text), file_name, folder, variant), where));
        Definition definition;
        definition.folder = folder;
        TRY(context(read_document(merged.document, definition), where));
    }
    return {};
}

}  // namespace

Result<Definition> parse_definition(std::string_view text, const std::string& file_name, const fs::path& folder,
                                    const DefinitionOptions& options) {
    auto merged = TRY(merge_document(std::string(text), file_name, folder, options.variant));
    Definition definition;
    definition.name = fs::path(file_name).stem().string();
    definition.file = file_name;
    definition.folder = folder;
    TRY(read_document(merged.document, definition));
    fill_defaults(definition, options);
    TRY(check_other_variants(text, file_name, folder, merged.variants, options.variant));
    return definition;
}

Result<Definition> load_definition(const fs::path& path, const DefinitionOptions& options) {
    auto text = TRY(pith::read_text(path, MiB));
    return parse_definition(text, path.string(), path.parent_path(), options);
}

}  // namespace pith::compose
