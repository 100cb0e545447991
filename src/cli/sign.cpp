// pith sign and pith attest: signatures and attestations of an image, attached to it where it lies.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/password.h"
#include "oci/repository.h"
#include "trust/image/attach.h"

namespace pith::cli {

namespace {

constexpr std::uint64_t most_predicate = 32 * MiB;

struct SignOptions {
    std::string image, key, predicate, type;
    bool recursive = false, no_tag = false;
};

constexpr std::size_t most_subjects = 1'000;

// The manifest that the name leads to, and with --recursive those of an index's platforms, of indexes in it as well.
// Each is read again in its turn, for a manifest is too large to keep a thousand of them.
Result<std::vector<oci::Descriptor>> subjects_of(oci::Repository& repository, const oci::Document& top,
                                                 bool recursive) {
    std::vector<oci::Descriptor> out = {top.descriptor};
    for (std::size_t i = 0; recursive && i < out.size(); ++i) {
        auto what = fmt::format("manifest {}", out[i].digest.text());
        auto document = TRY(repository.manifest(out[i].digest.text()));
        for (const auto& each : TRY(oci::read_facts(document.bytes, document.descriptor.media_type, what)).manifests) {
            if (std::ranges::find(out, each.digest, &oci::Descriptor::digest) != out.end()) continue;
            if (out.size() == most_subjects)
                return fail(ErrorCode::limit, fmt::format("the image has more than {} manifests", most_subjects));
            out.push_back(TRY(repository.manifest(each.digest.text())).descriptor);
        }
    }
    return out;
}

using Attach = std::function<Result<std::vector<Digest>>(oci::Repository&, const oci::Descriptor&,
                                                         const trust::PrivateKey&, const trust::AttachOptions&)>;

Result<int> attach(const SignOptions& options, const Globals& globals, const Attach& attach_one) {
    auto key = TRY(read_key_file(options.key));
    auto place = TRY(oci::Destination::parse(options.image, oci::Destination::Use::read));
    auto session = TRY(Session::open(globals));
    auto repository = TRY(oci::open_repository(place, oci::Access::push, *session->registries));
    auto top = TRY(oci::resolve(*repository, place));
    trust::AttachOptions how{!options.no_tag, repository->name(),
                             std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
    auto json = nlohmann::ordered_json::array();
    for (const auto& subject : TRY(subjects_of(*repository, top, options.recursive))) {
        auto written = TRY(attach_one(*repository, subject, key, how));
        auto attached = nlohmann::ordered_json::array();
        for (const auto& digest : written) {
            session->terminal.note(fmt::format("attached {}", digest.text()));
            attached.push_back(digest.text());
        }
        json.push_back({{"digest", subject.digest.text()}, {"attached", std::move(attached)}});
        if (!globals.json()) fmt::print("{}\n", subject.digest.text());
    }
    if (globals.json()) fmt::print("{}\n", json.dump(2));
    return exit_done;
}

void add_key_options(CLI::App& command, SignOptions& options) {
    command.add_option("IMAGE", options.image, "docker://… or oci:DIR[:TAG]; a tag is resolved once")->required();
    command
        .add_option("--key", options.key,
                    "the private key: of pith keygen or cosign (password from PITH_PASSWORD or COSIGN_PASSWORD, else "
                    "asked for), or PKCS #8")
        ->type_name("FILE")
        ->required();
    command.add_flag("--recursive,-r", options.recursive, "of an index the manifests in it as well, at any depth");
    command.add_flag("--no-tag", options.no_tag, "leave out the older format, under the tag sha256-DIGEST.sig or .att");
}

}  // namespace

void add_sign(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<SignOptions>();
    auto* command = app.add_subcommand("sign", "sign an image with a key, in both formats that cosign reads");
    add_key_options(*command, *options);
    command->footer(
        "Attaches a sigstore bundle to the image and, unless --no-tag is given, a signature in the older format. "
        "Prints the\n"
        "digest that was signed. No transparency log is written to: cosign verifies with --insecure-ignore-tlog.\n\n"
        "Examples:\n"
        "  pith sign registry.example/team/nginx:1.26 --key release.key\n"
        "  pith sign oci:images:nginx --key release.key --recursive");
    command->callback([&globals, &run, options] {
        run = [&globals, options] { return attach(*options, globals, trust::sign_image); };
    });
}

void add_attest(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<SignOptions>();
    auto* command =
        app.add_subcommand("attest", "attest something of an image: a bill of materials, findings, provenance");
    add_key_options(*command, *options);
    command->add_option("--predicate", options->predicate, "what is attested: a JSON object")
        ->type_name("FILE")
        ->required();
    command
        ->add_option("--type", options->type,
                     "what it is: spdxjson, cyclonedx, slsaprovenance1, vuln, openvex, …, or an address")
        ->type_name("TYPE")
        ->required();
    command->footer(
        "Examples:\n"
        "  pith attest registry.example/team/nginx:1.26 --key release.key --type spdxjson --predicate nginx.spdx.json");
    command->callback([&globals, &run, options] {
        run = [&globals, options]() -> Result<int> {
            auto type = TRY(trust::predicate_type(options->type));
            auto predicate = TRY(read_text(options->predicate, most_predicate));
            return attach(*options, globals, [&](auto& repository, auto& image, auto& key, auto& how) {
                return context(trust::attest_image(repository, image, type, predicate, key, how),
                               fmt::format("'{}'", printable(options->predicate)));
            });
        };
    });
}

}  // namespace pith::cli
