// pith bundle: images with all that is needed to verify and scan them, carried to where there is no network.
#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "advisory/database.h"
#include "cli/advisories.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "trust/image/saved_image.h"
#include "trust/trusted_root.h"

namespace pith::cli {

namespace {

namespace fs = std::filesystem;
using oci::Destination;

constexpr trust::FileKind advisories_kind{"application/vnd.pith.advisories.v1+sqlite3", "advisories"};
constexpr trust::FileKind root_kind{"application/vnd.dev.sigstore.trustedroot+json", "trusted-root"};

struct BundleOptions {
    std::string image, folder, platform, trusted_root, database;
    bool advisories = false;
};

// The latest day that any of its feeds speaks of; nothing where it has none.
std::string day_of(const advisory::Database& database) {
    std::string out;
    for (const auto& feed : database.feeds()) out = std::max(out, feed.date);
    return out;
}

void print_result(const trust::SavedImage& image, const std::string& from, const std::string& to,
                  const Globals& globals, Terminal& terminal) {
    terminal.note(image.attached.empty() ? "nothing is attached to the image: no signature, no attestation"
                                         : fmt::format("attached to the image: {}", image.attached.size()));
    auto digest = image.written.digest.text();
    if (!globals.json()) {
        fmt::print("{}\n", digest);
        return;
    }
    nlohmann::ordered_json json = {
        {"source", from}, {"destination", to}, {"digest", digest}, {"bytes", image.written.size}};
    json["attached"] = nlohmann::ordered_json::array();
    for (const auto& each : image.attached) {
        nlohmann::ordered_json entry = {{"digest", each.descriptor.digest.text()}};
        if (!each.artifact_type.empty()) entry["artifactType"] = each.artifact_type;
        if (!each.name.empty()) entry["tag"] = each.name;
        json["attached"].push_back(std::move(entry));
    }
    fmt::print("{}\n", json.dump(2));
}

Result<int> save(const BundleOptions& options, const Globals& globals) {
    auto from = TRY(Destination::parse(options.image, Destination::Use::read));
    auto platform = TRY(platform_of(options.platform));
    std::vector<trust::CarriedFile> files;
    if (!options.trusted_root.empty()) {
        (void)TRY(context(trust::read_trusted_root_file(options.trusted_root),
                          fmt::format("trusted root '{}'", options.trusted_root)));
        files.push_back({root_kind, options.trusted_root});
    }
    auto session = TRY(Session::open(globals));
    if (options.advisories) {
        auto file = advisory_database(options.database, globals);
        auto database = TRY(advisory::Database::open(file));
        session->terminal.note(fmt::format("advisories of {}", day_of(database)));
        files.push_back({advisories_kind, std::move(file)});
    }
    auto saved = TRY(trust::save_image(from, platform, files, options.folder, *session->registries, session->terminal));
    print_result(saved, from.text(), options.folder, globals, session->terminal);
    return exit_done;
}

// Takes a file out of the bundle if it is what it should be, and `decide` wants it in its place.
using Decide = std::function<Result<bool>(const fs::path& candidate)>;
Result<> take_out(const BundleOptions& options, const trust::FileKind& kind, const fs::path& to, const Decide& decide) {
    auto blob = TRY(trust::carried_file(options.folder, kind));
    if (!blob)
        return fail(ErrorCode::not_found, fmt::format("it holds no {}: `pith bundle save` puts them in only if it is "
                                                      "told so",
                                                      kind.name));
    auto out = TRY(oci::write_blob(*blob, to));
    return TRY(context(decide(out.temporary()), kind.name)) ? out.commit() : Result<>();
}

// The user's own database stays where it is as new or newer.
Result<> load_advisories(const BundleOptions& options, const Globals& globals, Terminal& terminal) {
    auto file = advisory_database(options.database, globals);
    auto is_newer = [&](const fs::path& candidate) -> Result<bool> {
        auto theirs = TRY(advisory::Database::open(candidate));
        auto ours = advisory::Database::open(file);
        if (!ours && ours.error().code != ErrorCode::not_found && ours.error().code != ErrorCode::unsupported)
            return std::unexpected(std::move(ours).error());
        if (ours && day_of(*ours) >= day_of(theirs)) {
            terminal.note(fmt::format("advisories of {} stay: the bundle's are of {}", day_of(*ours), day_of(theirs)));
            return false;
        }
        terminal.note(fmt::format("advisories of {} are in '{}'", day_of(theirs), file.string()));
        return true;
    };
    return take_out(options, advisories_kind, file, is_newer);
}

Result<> load_root(const BundleOptions& options) {
    auto holds = [](const fs::path& candidate) -> Result<bool> {
        (void)TRY(trust::read_trusted_root_file(candidate));
        return true;
    };
    return take_out(options, root_kind, options.trusted_root, holds);
}

Result<int> load(const BundleOptions& options, const Globals& globals) {
    if (options.image.empty() && options.trusted_root.empty() && !options.advisories)
        return fail(ErrorCode::usage,
                    "say what to take out of the bundle: an IMAGE to copy it to, --advisories, or --trusted-root-to");
    std::optional<Destination> to;
    if (!options.image.empty()) to = TRY(Destination::parse(options.image));
    auto session = TRY(Session::open(globals));
    if (!options.trusted_root.empty()) TRY(context(load_root(options), options.folder));
    if (options.advisories) TRY(context(load_advisories(options, globals, session->terminal), options.folder));
    if (!to) return exit_done;
    auto loaded = TRY(trust::load_image(options.folder, *to, *session->registries, session->terminal));
    print_result(loaded, options.folder, to->text(), globals, session->terminal);
    return exit_done;
}

void add_advisories_options(CLI::App& command, BundleOptions& options, const char* about) {
    auto* advisories = command.add_flag("--advisories", options.advisories, about);
    command
        .add_option("--database", options.database,
                    "with --advisories: the database ($PITH_ADVISORIES, $XDG_DATA_HOME/pith/advisories.db)")
        ->type_name("FILE")
        ->needs(advisories);
}

void add_save(CLI::App& parent, const Globals& globals, Run& run, const std::shared_ptr<BundleOptions>& options) {
    auto* command = parent.add_subcommand("save", "save an image and all that is attached to it in a folder");
    command->add_option("IMAGE", options->image, "[docker://][HOST/]NAME[:TAG], or oci:DIR[:TAG]")->required();
    command->add_option("DIR", options->folder, "a folder that does not exist or is empty")
        ->type_name("DIR")
        ->required();
    command
        ->add_option("--platform,--arch", options->platform,
                     "that platform's manifest alone, with what is attached to it; without it, all of an index")
        ->type_name("PLATFORM");
    command
        ->add_option("--trusted-root", options->trusted_root,
                     "the authorities and logs that identities are verified against; they go along")
        ->type_name("FILE");
    add_advisories_options(*command, *options, "the advisory database goes along");
    command->footer(
        "The folder is an image layout: oci:DIR is the image for every command, and for `cosign verify --local-image "
        "DIR`. Signatures,\n"
        "attestations and bills of materials are those attached to the index, to its platforms' manifests, and to one "
        "another.\n"
        "Prints the image's digest. The same image and files give the same bytes.\n\n"
        "Examples:\n"
        "  pith bundle save registry.example/team/nginx:1.26 nginx --advisories\n"
        "  pith verify --offline oci:nginx --key release.pub\n"
        "  pith scan --offline oci:nginx --platform linux/amd64     # after `pith bundle load nginx --advisories`");
    command->callback([&globals, &run, options] { run = [&globals, options] { return save(*options, globals); }; });
}

void add_load(CLI::App& parent, const Globals& globals, Run& run, const std::shared_ptr<BundleOptions>& options) {
    auto* command = parent.add_subcommand("load", "copy what was saved into a registry or a layout");
    command->add_option("DIR", options->folder, "what `pith bundle save` has made")->type_name("DIR")->required();
    command->add_option("IMAGE", options->image,
                        "where the image goes: [docker://][HOST/]NAME[:TAG], or oci:DIR[:TAG]");
    command
        ->add_option("--trusted-root-to", options->trusted_root,
                     "write the trusted root that came along into this file")
        ->type_name("FILE");
    add_advisories_options(*command, *options,
                           "put the advisory database that came along to where `pith scan` looks, if it is newer");
    command->footer(
        "Everything keeps its digest; what cosign's tags lead to there already (sha256-DIGEST.sig, .att, .sbom) is "
        "replaced. A trusted\n"
        "root is as trustworthy as the way that the folder came. Prints the image's digest.\n\n"
        "Examples:\n"
        "  pith bundle load nginx registry.inside/team/nginx:1.26\n"
        "  pith bundle load nginx --advisories --trusted-root-to trusted_root.json");
    command->callback([&globals, &run, options] { run = [&globals, options] { return load(*options, globals); }; });
}

}  // namespace

void add_bundle(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<BundleOptions>();
    auto* command =
        app.add_subcommand("bundle", "carry an image, its signatures and advisories to where there is no network");
    command->require_subcommand(1);
    add_save(*command, globals, run, options);
    add_load(*command, globals, run, options);
}

}  // namespace pith::cli
