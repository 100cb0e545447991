// pith verify and pith verify-attestation: is an image signed by whom it should be, and what is attested of it?
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/rebuild.h"
#include "cli/signer_choice.h"
#include "oci/repository.h"
#include "report/verification_report.h"
#include "trust/image/formats.h"
#include "trust/image/verify_image.h"

namespace pith::cli {

namespace {

struct ImageVerifyOptions {
    std::string image, type, packages;
    bool rebuild = false;
    SignerChoice signer;
};

using Verify = std::function<Result<trust::VerifiedImage>(oci::Repository&, const Digest&, const trust::Policy&)>;
// What else must hold of an image whose signature does.
using Prove =
    std::function<Result<>(const oci::Destination&, oci::Repository&, const Digest&, const trust::Policy&, Session&)>;
using Write = std::string (*)(const trust::VerifiedImage& verified, const Digest& image);

// A fault of the signatures is the verdict "not verified"; whatever kept us from looking is an error.
Result<int> run_verify(const ImageVerifyOptions& options, const Globals& globals, const Verify& verify, Write text,
                       const Prove& prove = {}) {
    auto signer = TRY(Signer::read(options.signer));
    auto place = TRY(oci::Destination::parse(options.image, oci::Destination::Use::read));
    auto session = TRY(Session::open(globals));
    auto repository = TRY(oci::open_repository(place, oci::Access::pull, *session->registries));
    auto digest = TRY(oci::resolve(*repository, place)).descriptor.digest;
    auto verified = verify(*repository, digest, signer.policy());
    if (verified && prove)
        if (auto proved = prove(place, *repository, digest, signer.policy(), *session); !proved)
            verified = std::unexpected(std::move(proved).error());
    if (!verified && verified.error().code != ErrorCode::integrity) return std::unexpected(std::move(verified).error());
    if (!verified) {
        if (globals.json()) fmt::print("{}", report::refusal_json(verified.error(), digest));
        fmt::print(stderr, "pith: not verified: {}\n", verified.error().text());
        return exit_not_verified;
    }
    fmt::print("{}", globals.json() ? report::to_json(*verified, digest) : text(*verified, digest));
    return exit_done;
}

}  // namespace

void add_verify(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<ImageVerifyOptions>();
    auto* command = app.add_subcommand("verify", "verify an image's signature, by a key or an identity");
    command->add_option("IMAGE", options->image, "docker://… or oci:DIR[:TAG]; a tag is resolved once")->required();
    add_signer_options(*command, options->signer);
    auto* rebuild = command->add_flag("--rebuild", options->rebuild,
                                      "build it again from its attested definition and lock, and compare the digests");
    command
        ->add_option("--packages", options->packages,
                     "with --rebuild: a repository of a registry that keeps packages (pith build --packages)")
        ->type_name("REPOSITORY")
        ->needs(rebuild);
    command->footer(
        "One signature that holds suffices; those in bundles and under the tag sha256-DIGEST.sig are looked at. "
        "Prints the digest\n"
        "that was verified, which is what to use from then on, and which checks were made.\n"
        "Exit: 0 verified; 12 not verified; 1 it could not be looked at; 2 wrong usage.\n\n"
        "Examples:\n"
        "  pith verify registry.example/team/nginx:1.26 --key release.pub\n"
        "  pith verify --offline oci:images:nginx --key keys.yaml\n"
        "  pith verify registry.example/team/nginx:1.26 --key release.pub --rebuild --packages "
        "registry.example/team/packages");
    command->callback([&globals, &run, options] {
        run = [&globals, options] {
            auto prove = [options](auto& place, auto& repository, auto& image, auto& policy,
                                   auto& session) -> Result<> {
                auto type = TRY(trust::predicate_type("slsaprovenance1"));
                auto provenance = TRY(trust::verify_attestations(repository, image, type, policy));
                return prove_by_rebuilding(place, image, provenance, options->packages, session);
            };
            return run_verify(*options, globals, trust::verify_image, report::to_text,
                              options->rebuild ? Prove(prove) : Prove());
        };
    });
}

void add_verify_attestation(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<ImageVerifyOptions>();
    auto* command = app.add_subcommand("verify-attestation", "verify what is attested of an image, and print it");
    command->add_option("IMAGE", options->image, "docker://… or oci:DIR[:TAG]; a tag is resolved once")->required();
    command
        ->add_option("--type", options->type,
                     "which attestations: spdxjson, cyclonedx, slsaprovenance1, vuln, openvex, …, or an address (any)")
        ->type_name("TYPE");
    add_signer_options(*command, options->signer);
    command->footer(
        "Prints each statement that is attested and holds, a line of JSON each.\n"
        "Exit: 0 at least one holds; 12 none does; 1 they could not be looked at; 2 wrong usage.\n\n"
        "Examples:\n"
        "  pith verify-attestation registry.example/team/nginx:1.26 --type spdxjson --key release.pub");
    command->callback([&globals, &run, options] {
        run = [&globals, options]() -> Result<int> {
            auto type = options->type.empty() ? std::string() : TRY(trust::predicate_type(options->type));
            auto verify = [&](oci::Repository& repository, const Digest& image, const trust::Policy& policy) {
                return trust::verify_attestations(repository, image, type, policy);
            };
            return run_verify(*options, globals, verify, report::statements_text);
        };
    });
}

}  // namespace pith::cli
