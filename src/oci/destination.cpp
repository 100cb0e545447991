// Where images go, named as containers-transports(5) has it, so that what pith writes is read by skopeo under
// the same name.
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/text.h"
#include "oci/output.h"
#include "oci/registry/reference.h"

namespace pith::oci {

namespace {

using Kind = Destination::Kind;

struct Form {
    std::string_view transport;
    Kind kind;
    std::string_view shape;
};

constexpr Form forms[] = {
    {"docker", Kind::registry, "docker://[HOST/]NAME[:TAG]"},
    {"oci", Kind::oci_layout, "oci:DIR[:TAG]"},
    {"oci-archive", Kind::oci_archive, "oci-archive:FILE[:TAG]"},
    {"docker-archive", Kind::docker_archive, "docker-archive:FILE[:NAME:TAG]"},
    {"dir", Kind::root_folder, "dir:PATH"},
};

// Where skopeo could write or read and pith does not, and how to get there and from there.
struct Elsewhere {
    std::string_view transport, writing, reading;
};
constexpr Elsewhere elsewhere[] = {
    {"docker-daemon", "write docker-archive:FILE:NAME:TAG and load it with `docker load -i FILE`",
     "save it first with `docker save -o FILE NAME:TAG`, and name it docker-archive:FILE"},
    {"containers-storage", "write oci-archive:FILE:TAG and load it with `podman load -i FILE`",
     "save it first with `podman save --format oci-archive -o FILE NAME:TAG`, and name it oci-archive:FILE"},
};

constexpr std::size_t most_reference = 384;  // a name of 255 and a tag of 128, as registries have it

std::string shapes() {
    std::vector<std::string> out;
    for (const auto& form : forms) out.emplace_back(form.shape);
    return join(out, ", ");
}

std::unexpected<Error> unknown(std::string_view text, std::string_view transport, Destination::Use use) {
    bool writes = use == Destination::Use::write;
    for (const auto& each : elsewhere)
        if (each.transport == transport)
            return fail(ErrorCode::unsupported,
                        fmt::format("'{}' cannot be {} directly: {}", printable(text), writes ? "written to" : "read",
                                    writes ? each.writing : each.reading));
    return fail(ErrorCode::usage, fmt::format("'{}' is not a place to {}: use one of {}", printable(text),
                                              writes ? "write an image to" : "read an image from", shapes()));
}

// image-spec, annotations.md, org.opencontainers.image.ref.name.
bool is_layout_name(const std::string& text) {
    static const std::regex grammar("[A-Za-z0-9]+((--|[-._:@+/])[A-Za-z0-9]+)*");
    return text.size() <= most_reference && std::regex_match(text, grammar);
}

// NAME[:TAG] as Docker has it: [HOST[:PORT]/]PATH, lower case but for the host (distribution, reference.go).
bool is_docker_name(const std::string& text) {
    static const std::regex grammar(
        "([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/)?"
        "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*"
        "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?");
    return text.size() <= most_reference && std::regex_match(text, grammar);
}

Result<std::string> parse_reference(Kind kind, std::string reference) {
    if (kind != Kind::docker_archive) {
        if (is_layout_name(reference)) return reference;
        return fail(ErrorCode::usage, fmt::format("'{}' is not a tag: letters and digits, with one of - . _ : @ + / "
                                                  "between them",
                                                  printable(reference)));
    }
    if (!is_docker_name(reference))
        return fail(ErrorCode::usage, fmt::format("'{}' is not the name of an image: NAME:TAG, with the name in "
                                                  "lower case",
                                                  printable(reference)));
    bool has_tag =
        reference.rfind(':') != reference.npos && reference.find('/', reference.rfind(':')) == reference.npos;
    return has_tag ? reference : reference + ":latest";
}

bool looks_like_path(std::string_view text) {
    constexpr std::string_view starts[] = {"/", "./", "../", "~"}, ends[] = {"/", ".tar", ".tar.gz", ".tgz"};
    return text == "." || text == ".." ||
           std::ranges::any_of(starts, [&](auto start) { return text.starts_with(start); }) ||
           std::ranges::any_of(ends, [&](auto end) { return text.ends_with(end); });
}

// A name without a form: of an image in a registry, unless it looks like a slip.
Result<Destination> parse_bare(std::string_view text, Destination::Use use) {
    auto colon = text.find(':');
    auto before = text.substr(0, colon);
    for (const auto& each : elsewhere)
        if (colon != text.npos && each.transport == before) return unknown(text, before, use);
    std::error_code ignored;
    if (text.find('\0') == text.npos &&
        (looks_like_path(text) || std::filesystem::exists(std::filesystem::path(text), ignored)))
        return fail(
            ErrorCode::usage,
            fmt::format("'{}' looks like a file or folder here: say what it holds with one of {}; an image in a "
                        "registry is docker://{}",
                        printable(text), shapes(), printable(text)));
    // The short forms are too near to names of images, such as db:1.
    auto near = colon == text.npos ? std::vector<std::string>() : nearest(before, {"oci-archive", "docker-archive"}, 1);
    if (!near.empty())
        return fail(ErrorCode::usage, fmt::format("'{}' begins like '{}:'; an image of that name in a registry is "
                                                  "docker://{}",
                                                  printable(text), near[0], printable(text)));
    auto reference = registry::Reference::parse(text);
    if (!reference) {
        auto fault = unknown(text, "", use).error();
        fault.message += fmt::format("; as the name of an image in a registry, {}", reference.error().text());
        return std::unexpected(std::move(fault));
    }
    return Destination{Kind::registry, {}, reference->text()};
}

}  // namespace

Result<Destination> Destination::parse(std::string_view text, Use use) {
    auto colon = text.find(':');
    auto transport = text.substr(0, colon);
    const Form* form = nullptr;
    for (const auto& each : forms)
        if (colon != text.npos && each.transport == transport) form = &each;
    // "docker:27-cli" is an image that is called docker.
    if (!form || (form->kind == Kind::registry && !text.substr(colon + 1).starts_with("//")))
        return parse_bare(text, use);
    if (form->kind == Kind::registry) {
        auto reference = TRY(registry::Reference::parse(text.substr(colon + 3)));
        return Destination{Kind::registry, {}, reference.text()};
    }

    auto rest = text.substr(colon + 1);
    auto end_of_path = form->kind == Kind::root_folder ? rest.npos : rest.find(':');
    auto path = rest.substr(0, end_of_path);
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (path.empty() || path.find('\0') != path.npos)
        return fail(ErrorCode::usage, fmt::format("'{}' names no path: {}", printable(text), form->shape));

    Destination out{form->kind, path, {}};
    if (end_of_path != rest.npos)
        out.reference = TRY(context(parse_reference(form->kind, std::string(rest.substr(end_of_path + 1))),
                                    fmt::format("'{}'", printable(text))));
    return out;
}

std::string Destination::text() const {
    if (kind == Kind::registry) return "docker://" + reference;
    std::string_view transport;
    for (const auto& form : forms)
        if (form.kind == kind) transport = form.transport;
    return fmt::format("{}:{}{}{}", transport, path.string(), reference.empty() ? "" : ":", reference);
}

}  // namespace pith::oci
