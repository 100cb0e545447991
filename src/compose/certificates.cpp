#include "compose/certificates.h"

#include <algorithm>

#include <fmt/format.h>

#include "compose/generate/ca_bundle.h"
#include "compose/generate/java_keystore.h"

namespace pith::compose {

using archive::EntryType;

namespace {

using Role = LockedPackage::Role;
constexpr std::string_view bundle_path = "etc/ssl/certs/ca-certificates.crt",
                           keystore_path = "etc/ssl/certs/java/cacerts";

void put_file(Plan& plan, std::string_view path, std::string content) {
    TreeNode node;
    node.size = content.size();
    node.content = std::make_shared<const std::string>(std::move(content));
    plan.tree.put(std::string(path), std::move(node));
}

// The packages whose certificates count: the providers named, and ca-certificates where it is installed.
std::vector<const PlannedPackage*> providers(const PlanInputs& inputs, bool triggered, const Plan& plan) {
    const auto& named = inputs.definition.certificates.providers;
    std::vector<const PlannedPackage*> out;
    for (const auto& planned : plan.packages) {
        bool provides =
            std::find(named.begin(), named.end(), planned.facts.name) != named.end() ||
            (triggered && planned.locked.role == Role::installed && planned.facts.name == "ca-certificates");
        if (provides) out.push_back(&planned);
    }
    return out;
}

Result<std::vector<CertificateFile>> packaged_certificates(const std::vector<const PlannedPackage*>& providers,
                                                           const Cache& cache) {
    auto folder = std::string(packaged_certificates_folder.substr(1)) + "/";
    std::vector<CertificateFile> out;
    for (const auto* provider : providers) {
        auto contents = TRY(contents_of(*provider, cache));
        auto before = out.size();
        for (const auto& entry : provider->facts.entries) {
            if (entry.type != EntryType::file || !entry.path.starts_with(folder) || !entry.path.ends_with(".crt"))
                continue;
            auto text = std::string(as_text(TRY(contents->file(entry.path))));
            out.push_back({entry.path.substr(folder.size()), std::move(text)});
        }
        if (out.size() == before)
            return fail(ErrorCode::usage, fmt::format("certificates.providers: {} ships no certificate in {}",
                                                      provider->facts.name, packaged_certificates_folder));
    }
    return out;
}

Result<CaBundle> make_bundle(const PlanInputs& inputs, const std::vector<const PlannedPackage*>& from) {
    std::vector<CertificateFile> own;
    for (const auto& more : inputs.definition.certificates.additional) own.push_back({more.name, more.content});
    return make_ca_bundle(TRY(packaged_certificates(from, inputs.cache)), own);
}

// The bundle alone, kept in the cache under what it is made from.
Result<std::string> bundle_text(const PlanInputs& inputs, const std::vector<const PlannedPackage*>& from) {
    std::string key = fmt::format("ca bundle {}", composition_version);
    for (const auto* provider : from) key += " " + provider->locked.package.sha256.text();
    for (const auto& more : inputs.definition.certificates.additional)
        key += " " + sha256(more.name).hex() + sha256(more.content).hex();
    if (auto record = inputs.cache.record("ca-bundles", sha256(key))) return *record;
    auto made = TRY(make_bundle(inputs, from));
    TRY(inputs.cache.put_record("ca-bundles", sha256(key), made.bundle));
    return made.bundle;
}

}  // namespace

Result<> add_certificates(const PlanInputs& inputs, const std::set<std::string>& triggers, Plan& plan) {
    const bool triggered = triggers.contains("ca-certificates"), keystore = triggers.contains("ca-certificates-java");
    auto from = providers(inputs, triggered, plan);
    if (from.empty() && inputs.definition.certificates.additional.empty()) return {};
    if (!triggered && !keystore) {
        put_file(plan, bundle_path, TRY(bundle_text(inputs, from)));
        return {};
    }
    auto made = TRY(make_bundle(inputs, from));
    put_file(plan, bundle_path, made.bundle);
    if (keystore) put_file(plan, keystore_path, std::string(as_text(TRY(make_java_keystore(made.certificates)))));
    if (!triggered) return {};
    for (const auto& more : inputs.definition.certificates.additional)
        put_file(plan, fmt::format("{}/{}.crt", own_certificates_folder.substr(1), more.name), more.content);
    for (const auto& link : made.links) {
        TreeNode node;
        node.type = EntryType::symlink;
        node.mode = 0777;
        node.link = link.target;
        plan.tree.put("etc/ssl/certs/" + link.name, std::move(node));
    }
    put_file(plan, "etc/ca-certificates.conf", made.conf);
    return {};
}

}  // namespace pith::compose
