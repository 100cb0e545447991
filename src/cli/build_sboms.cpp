#include "cli/build_sboms.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "inventory/read_image.h"
#include "inventory/sbom.h"

namespace pith::cli {

namespace fs = std::filesystem;
using compose::LockedPackage;

namespace {

struct Format {
    std::string_view name, extension;
    std::string (*write)(const inventory::Inventory&, std::string_view version);
};
constexpr Format formats[] = {
    {"spdx", ".spdx.json", inventory::to_spdx},
    {"cyclonedx", ".cdx.json", inventory::to_cyclonedx},
};

// Part of every key: documents of a program that wrote other ones are not read.
constexpr int sbom_version = 2;

// As apko, whose file names these are, calls architectures.
std::string architecture_name(const oci::Platform& platform) {
    static constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"amd64", "x86_64"}, {"arm64", "aarch64"}, {"386", "x86"}};
    for (auto [ours, apk] : names)
        if (platform.architecture == ours) return std::string(apk);
    return platform.architecture + platform.variant;
}

std::string join_reasons(const LockedPackage& locked) {
    std::vector<std::string> out;
    for (const auto& reason : locked.reasons)
        out.push_back(reason.by.empty() ? "asked for" : fmt::format("needed by {}: {}", reason.by, reason.relation));
    return join(out, "; ");
}

inventory::BuildFacts facts_of(const compose::Lock& lock, const compose::BuildSummary& summary) {
    inventory::BuildFacts out;
    for (const auto& locked : lock.packages) {
        const auto& package = locked.package;
        const auto& repository = lock.repositories[locked.repository];
        auto origin = fmt::format("{} {} {} {}", repository.name, repository.suite, repository.component, package.path);
        auto why = join_reasons(locked);
        if (locked.role == LockedPackage::Role::part) why = "some of its paths were asked for";
        if (locked.role == LockedPackage::Role::certificates)
            out.notes.push_back(fmt::format("the certificate bundle is made from {} {} ({}, sha256 {})", package.name,
                                            package.version, origin, package.sha256.hex()));
        out.packages.push_back({package.name, package.version, package.architecture, package.sha256, package.size,
                                std::move(origin), std::move(why)});
    }
    for (const auto& left : summary.left_out)
        out.notes.push_back(
            fmt::format("left out package {}: {}{}", left.package, left.reason,
                        left.needed_by.empty() ? "" : fmt::format(" (needed by {})", join(left.needed_by, ", "))));
    for (const auto& rule : summary.left_out_files)
        out.notes.push_back(
            fmt::format("left out {} files, {} bytes: {} ({})", rule.files, rule.bytes, rule.rule, rule.reason));
    return out;
}

Digest key_of(const std::string& name, const Digest& image, const inventory::BuildFacts& facts) {
    Hasher hasher;
    auto text = [&](std::string_view value) { hasher.update(fmt::format("{}:", value.size())).update(value); };
    text(fmt::format("sbom {} {}", sbom_version, PITH_VERSION));
    text(name);
    text(image.text());
    for (const auto& package : facts.packages)
        for (const auto& value :
             {package.name, package.version, package.architecture, package.sha256.text(), package.origin, package.why})
            text(value);
    for (const auto& note : facts.notes) text(note);
    return hasher.digest();
}

// One platform's documents, in the order of `wanted`.
Result<std::vector<std::string>> documents_of(const std::string& name, const compose::Lock& lock,
                                              const compose::BuiltImage& built,
                                              const std::vector<const Format*>& wanted, Session& session) {
    auto digest = oci::digest_of({built.image});
    auto facts = facts_of(lock, built.summary);
    auto key = key_of(name, digest, facts);
    std::optional<inventory::Inventory> inventory;
    std::vector<std::string> out;
    for (const auto* format : wanted) {
        auto kind = fmt::format("sboms-{}", format->name);
        if (auto record = session.cache.record(kind, key)) {
            out.push_back(std::move(*record));
            continue;
        }
        if (!inventory) {
            inventory = TRY(inventory::read_image({built.image, digest}, name, session.cache, session.pool));
            inventory::join(*inventory, facts);
        }
        out.push_back(format->write(*inventory, PITH_VERSION));
        TRY(session.cache.put_record(kind, key, out.back()));
    }
    return out;
}

// Where a platform's documents stand, without their extension: one place for each output on disk, or the one asked for.
std::vector<fs::path> places_of(const std::vector<oci::Destination>& outputs, const BuildSbomOptions& options,
                                const oci::Platform& platform) {
    auto name = "sbom-" + architecture_name(platform);
    if (!options.folder.empty()) return {fs::path(options.folder) / name};
    std::vector<fs::path> out;
    for (const auto& output : outputs) {
        if (output.kind == oci::Destination::Kind::registry) continue;
        auto stem = output.path.string();
        bool tagged = !output.reference.empty() && output.kind != oci::Destination::Kind::docker_archive;
        if (tagged) stem += "-" + output.reference;
        auto after_path = stem.begin() + static_cast<std::ptrdiff_t>(output.path.string().size());
        std::replace_if(after_path, stem.end(), [](char c) { return std::string_view("/:@+").contains(c); }, '-');
        out.emplace_back(stem + "." + name);
    }
    return out;
}

}  // namespace

void add_sbom_options(CLI::App& command, BuildSbomOptions& options) {
    command
        .add_option("--sbom", options.formats,
                    "which bills of materials to write: spdx, cyclonedx, or none (spdx,cyclonedx)")
        ->type_name("FORMATS")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember({"spdx", "cyclonedx", "none"}));
    command
        .add_option("--sbom-path", options.folder,
                    "write them into this folder as sbom-x86_64.spdx.json and so on, instead of beside the output "
                    "(OUTPUT[-TAG].sbom-x86_64.spdx.json)")
        ->type_name("DIR");
}

Result<Sboms> sbom_documents(const std::string& name, const compose::Lock& lock, const compose::BuiltImage& built,
                             Session& session) {
    auto documents =
        TRY(context(documents_of(name, lock, built, {&formats[0], &formats[1]}, session), "bill of materials"));
    return Sboms{std::move(documents[0]), std::move(documents[1])};
}

Result<std::vector<std::string>> write_sboms(const std::string& name, const std::vector<compose::Lock>& locks,
                                             const std::vector<compose::BuiltImage>& built,
                                             const std::vector<oci::Destination>& outputs,
                                             const BuildSbomOptions& options, Session& session) {
    std::vector<const Format*> wanted;
    for (const auto& format : formats)
        if (std::ranges::count(options.formats, format.name) > 0) wanted.push_back(&format);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < built.size() && !wanted.empty(); ++i) {
        auto places = places_of(outputs, options, built[i].image.config.platform);
        if (places.empty()) break;
        auto documents = TRY(context(documents_of(name, locks[i], built[i], wanted, session), "bill of materials"));
        for (const auto& place : places)
            for (std::size_t f = 0; f < wanted.size(); ++f) {
                auto file = place.string() + std::string(wanted[f]->extension);
                TRY(write_file(file, as_bytes(documents[f])));
                out.push_back(std::move(file));
            }
    }
    return out;
}

}  // namespace pith::cli
