#include "cli/vouch.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "advisory/suppress.h"
#include "base/text.h"
#include "cli/build_images.h"
#include "cli/build_sboms.h"
#include "cli/password.h"
#include "cli/scanned.h"
#include "inventory/index_sbom.h"
#include "inventory/read_image.h"
#include "oci/repository.h"
#include "report/predicates.h"
#include "trust/image/attach.h"
#include "trust/image/formats.h"

namespace pith::cli {

namespace {

constexpr std::uint64_t most_vex = 16 * MiB;

using Kind = oci::Destination::Kind;
bool holds_artifacts(const oci::Destination& output) {
    return output.kind == Kind::registry || output.kind == Kind::oci_layout;
}

struct Statement {
    std::string type, predicate;
};
// A manifest, and what is attested of it.
struct Vouched {
    Digest digest;
    std::vector<Statement> statements;
};

Result<Statement> statement(std::string_view type, std::string predicate) {
    return Statement{TRY(trust::predicate_type(type)), std::move(predicate)};
}

class Statements {
public:
    Statements(const Build& build, const VouchOptions& options, trust::Time now, Session& session)
        : m_build(build), m_options(options), m_now(now), m_session(session) {}

    // The index first, where there is one.
    Result<std::vector<Vouched>> all() {
        TRY(read_vex());
        std::vector<Vouched> out;
        if (m_build.images.size() > 1) out.push_back(TRY(of_index()));
        for (std::size_t i = 0; i < m_build.images.size(); ++i) out.push_back(TRY(of_image(i)));
        return out;
    }

private:
    Result<> read_vex() {
        for (const auto& file : m_options.vex) {
            m_vex.push_back(TRY(read_text(file, most_vex)));
            auto rules = TRY(advisory::read_vex(m_vex.back(), file));
            m_suppressions.insert(m_suppressions.end(), rules.begin(), rules.end());
        }
        return {};
    }

    Result<Vouched> of_index() {
        Vouched out{oci::digest_of(images_of(m_build.images)), {}};
        if (!m_options.attest) return out;
        inventory::IndexFacts facts{m_build.name, out.digest, {}, {}};
        for (const auto& built : m_build.images) {
            facts.created = std::max(facts.created, built.image.config.created);
            facts.images.push_back({built.image.config.platform, oci::digest_of({built.image})});
        }
        out.statements.push_back(TRY(statement("spdxjson", inventory::to_spdx(facts, PITH_VERSION))));
        out.statements.push_back(TRY(statement("cyclonedx", inventory::to_cyclonedx(facts, PITH_VERSION))));
        TRY(add_provenance(out, m_build.lock));
        TRY(add_vex(out));
        return out;
    }

    Result<Vouched> of_image(std::size_t i) {
        const auto& image = m_build.images[i].image;
        Vouched out{oci::digest_of({image}), {}};
        if (!m_options.attest) return out;
        auto sboms = TRY(sbom_documents(m_build.name, m_build.locks[i], m_build.images[i], m_session));
        out.statements.push_back(TRY(statement("spdxjson", std::move(sboms.spdx))));
        out.statements.push_back(TRY(statement("cyclonedx", std::move(sboms.cyclonedx))));
        auto lock = m_build.lock;
        std::erase_if(lock.locks, [&](const auto& each) { return each.architecture != m_build.locks[i].architecture; });
        TRY(add_provenance(out, std::move(lock)));
        out.statements.push_back(TRY(statement("vuln", TRY(findings_of(i, out.digest)))));
        if (i < m_build.tests.size() && m_build.tests[i])
            out.statements.push_back(
                TRY(statement("test-result", report::to_test_predicate(*m_build.tests[i], m_build.definition.name,
                                                                       sha256(m_build.definition.document)))));
        TRY(add_vex(out));
        return out;
    }

    Result<> add_provenance(Vouched& to, compose::LockFile lock) {
        provenance::Provenance facts{
            m_build.definition,
            std::move(lock),
            m_build.source_date_epoch,
            m_build.fetched,
            m_options.builder.empty() ? std::string(provenance::unnamed_builder) : m_options.builder,
            PITH_VERSION};
        to.statements.push_back(TRY(statement("slsaprovenance1", provenance::to_slsa(facts))));
        return {};
    }

    Result<> add_vex(Vouched& to) const {
        for (const auto& document : m_vex) to.statements.push_back(TRY(statement("openvex", document)));
        return {};
    }

    Result<std::string> findings_of(std::size_t i, const Digest& digest) {
        if (!m_advisories) m_advisories = TRY(Advisories::open({}, m_session.globals));
        auto inventory = TRY(inventory::read_image({m_build.images[i].image, digest}, m_build.name, m_session.cache,
                                                   m_session.pool, inventory::FileDigests::left_out));
        auto findings = TRY(m_advisories->find(inventory));
        std::vector<std::string> notes;
        advisory::suppress(findings, m_suppressions, notes);
        for (const auto& note : notes) m_session.terminal.note(note);
        if (findings.verdict == advisory::Verdict::unknown && !findings.gaps.empty())
            m_session.terminal.note(fmt::format("the scan of {} that is attested is unknown: {}",
                                                m_build.images[i].image.config.platform.text(),
                                                findings.gaps.front().reason));
        return report::to_vuln_predicate(findings, PITH_VERSION, trust::to_text(m_now));
    }

    const Build& m_build;
    const VouchOptions& m_options;
    const trust::Time m_now;
    Session& m_session;
    std::vector<std::string> m_vex;
    std::vector<advisory::Suppression> m_suppressions;
    std::optional<Advisories> m_advisories;
};

}  // namespace

void add_vouch_options(CLI::App& command, VouchOptions& options) {
    command.add_flag("--sign", options.sign, "sign the index and each image, in both formats that cosign reads");
    command.add_flag("--attest", options.attest,
                     "attest bills of materials, provenance, the findings of a scan, and what --vex and --test give");
    command
        .add_option("--key", options.key,
                    "the private key for both: of pith keygen or cosign (password from PITH_PASSWORD or "
                    "COSIGN_PASSWORD, else asked for), or PKCS #8")
        ->type_name("FILE");
    command
        .add_option("--vex", options.vex,
                    "OpenVEX documents to attest; what they call not affected or fixed does not count in the scan")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command.add_option("--builder-id", options.builder, "a URI for who builds, in the provenance")->type_name("URI");
    command.add_flag("--no-tag", options.no_tag, "leave out the older format, under the tag sha256-DIGEST.sig or .att");
}

Result<trust::PrivateKey> read_vouching_key(const VouchOptions& options, const std::vector<oci::Destination>& outputs) {
    if (options.key.empty())
        return fail(ErrorCode::usage,
                    "--sign and --attest need a private key: --key FILE; make one with 'pith keygen'");
    if (std::ranges::none_of(outputs, holds_artifacts))
        return fail(ErrorCode::usage,
                    "signatures and attestations are attached to an image in a registry or a layout: "
                    "name one with --push IMAGE or -o oci:DIR[:TAG]");
    return read_key_file(options.key);
}

Result<> vouch(const Build& build, const std::vector<oci::Destination>& outputs, const trust::PrivateKey& key,
               const VouchOptions& options, Session& session) {
    auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto vouched = TRY(Statements(build, options, now, session).all());
    for (const auto& output : outputs) {
        if (!holds_artifacts(output)) {
            session.terminal.note(fmt::format("{} cannot hold signatures and attestations", output.text()));
            continue;
        }
        auto repository = TRY(oci::open_repository(output, oci::Access::push, *session.registries));
        trust::AttachOptions how{!options.no_tag, repository->name(), now};
        // What was attached when the same build was written there before.
        std::vector<std::pair<oci::Descriptor, trust::Standing>> images;
        for (const auto& each : vouched) {
            auto image = TRY(repository->manifest(each.digest.text())).descriptor;
            images.emplace_back(image, TRY(trust::standing_of(*repository, image.digest, key, how)));
        }
        std::size_t there = 0;
        for (std::size_t i = 0; i < vouched.size(); ++i)
            for (const auto& [type, predicate] : vouched[i].statements)
                if (images[i].second.has(type, predicate))
                    ++there;
                else
                    (void)TRY(trust::attest_image(*repository, images[i].first, type, predicate, key, how));
        for (const auto& [image, standing] : images)
            if (options.sign && standing.is_signed)
                ++there;
            else if (options.sign)
                (void)TRY(trust::sign_image(*repository, image, key, how));
        if (there > 0)
            session.terminal.note(fmt::format("of the signatures and attestations {} are there already", there));
    }
    return {};
}

}  // namespace pith::cli
