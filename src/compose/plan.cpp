#include "compose/plan.h"

#include <algorithm>
#include <atomic>
#include <ctime>

#include <fmt/format.h>

#include "compose/accounts.h"
#include "compose/apply_effects.h"
#include "compose/architecture.h"
#include "compose/generated.h"
#include "compose/lay_out.h"
#include "compose/own_content.h"
#include "compose/status_files.h"

namespace pith::compose {

namespace {

// Inflated packages that stay in memory between the plan and the layers; others are inflated again.
constexpr std::uint64_t most_kept = 128 * MiB;

Result<std::vector<PlannedPackage>> read_packages(const PlanInputs& inputs) {
    const auto& locked = inputs.lock.packages;
    std::atomic<std::uint64_t> kept = 0;
    std::vector<std::uint64_t> sizes;
    for (const auto& each : locked) sizes.push_back(each.package.size);
    return inputs.pool.map_heaviest_first<PlannedPackage>(sizes, [&](std::size_t i) -> Result<PlannedPackage> {
        const auto& package = locked[i].package;
        auto [facts, contents] = TRY(read_package(inputs.cache, package.sha256, package.name + " " + package.version));
        if (facts.name != package.name || facts.version != package.version ||
            facts.architecture != package.architecture)
            return fail(ErrorCode::integrity,
                        fmt::format("the package that the index or the lock calls {} {} ({}) calls itself {} {} ({})",
                                    package.name, package.version, package.architecture, facts.name, facts.version,
                                    facts.architecture));
        PlannedPackage planned{.locked = locked[i], .facts = std::move(facts), .contents = nullptr};
        if (contents && kept.fetch_add(contents->size()) + contents->size() <= most_kept)
            planned.contents = std::make_shared<const PackageContents>(std::move(*contents));
        return planned;
    });
}

// "2026-03-14T09:26:53Z"
std::string rfc3339(std::int64_t seconds) {
    auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

constexpr std::int64_t last_time = 253402300799;  // the end of 9999, the last year that RFC 3339 can write

// Every time of a file is its package's, capped; what no package dates gets the newest of them. Gives that.
std::int64_t settle_times(const PlanInputs& inputs, Tree& tree) {
    auto cap = inputs.source_date_epoch.value_or(last_time);
    std::int64_t newest = 0;
    for (const auto& [path, node] : tree.nodes())
        if (node.mtime != undated) newest = std::max(newest, std::min(node.mtime, cap));
    tree.for_each_below("", [&](const std::string&, TreeNode& node) {
        node.mtime = node.mtime == undated ? newest : std::clamp<std::int64_t>(node.mtime, 0, cap);
    });
    return newest;
}

Result<oci::ImageConfig> make_config(const PlanInputs& inputs, const AccountIds& ids, const Tree& tree) {
    const auto& definition = inputs.definition;
    oci::ImageConfig config;
    config.platform = platform_of(inputs.lock.architecture);
    config.user = TRY(run_as(definition, ids));
    config.working_dir = definition.work_dir.empty() ? "/" : definition.work_dir;
    config.stop_signal = definition.stop_signal;
    config.entrypoint = definition.entrypoint;
    config.cmd = definition.cmd;
    config.environment = definition.environment;
    config.environment.try_emplace("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    if (tree.find("etc/ssl/certs/ca-certificates.crt"))
        config.environment.try_emplace("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt");
    config.exposed_ports = definition.ports;
    config.volumes = definition.volumes;
    config.labels = definition.annotations;
    return config;
}

}  // namespace

Result<std::shared_ptr<const PackageContents>> contents_of(const PlannedPackage& package, const Cache& cache) {
    if (package.contents) return package.contents;
    return std::make_shared<const PackageContents>(
        TRY(PackageContents::open(cache, package.locked.package.sha256, package.facts.name)));
}

Result<Plan> make_plan(const PlanInputs& inputs) {
    Plan plan;
    plan.packages = TRY(read_packages(inputs));
    auto actions = TRY(collect_actions(inputs, plan));
    TRY(lay_out(inputs, plan));
    auto ids = TRY(add_accounts(inputs.definition, actions, plan));
    auto triggers = TRY(apply_actions(actions, ids, plan));
    TRY(drop_setuid(inputs.definition.setuid, plan));
    add_standard_folders(plan);
    TRY(add_own_content(inputs, plan));
    TRY(generate_files(inputs, triggers, plan));
    settle_hard_links(plan);
    add_status_files(plan);
    TRY(plan.tree.check());
    plan.config = TRY(make_config(inputs, ids, plan.tree));
    plan.config.created = rfc3339(settle_times(inputs, plan.tree));
    plan.annotations = inputs.definition.annotations;
    return plan;
}

}  // namespace pith::compose
