#include "compose/collect_effects.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/path_rules.h"

namespace pith::compose {

using archive::EntryType;
using Kind = Action::Kind;
using Role = LockedPackage::Role;

namespace {

// A path of an action as packages' paths are compared: without the leading '/', on a merged /usr.
std::string shipped_path(std::string_view path) {
    while (path.starts_with("/")) path.remove_prefix(1);
    return merge_usr(path);
}

// The type of a line that makes a folder whenever systemd-tmpfiles runs; "v", "q" and "Q" make one where they cannot
// make a subvolume. A line with "!" is for booting alone.
bool makes_folder(std::string_view type) {
    return std::string_view("dDvqQ").find(type.substr(0, 1)) != std::string_view::npos &&
           type.find_first_not_of("-=$^", 1) == std::string_view::npos;
}

// One line of a tmpfiles.d(5) file, or nothing if it makes no folder. ':' says that a value counts for new folders
// only, '~' that a mode is masked by that of an existing one; both mean nothing for a folder that is new.
Result<std::optional<Action>> tmpfiles_folder(std::string_view line) {
    auto fields = words(line);
    if (fields.size() < 2 || !makes_folder(fields[0]) || fields[1].find('%') != std::string_view::npos)
        return std::optional<Action>();
    auto field = [&](std::size_t i, std::string_view prefixes) -> std::string {
        if (i >= fields.size() || fields[i] == "-") return {};
        return std::string(fields[i].substr(std::min(fields[i].find_first_not_of(prefixes), fields[i].size())));
    };
    Action folder;
    folder.path = fields[1];
    if (!folder.path.starts_with('/'))
        return fail(ErrorCode::format, fmt::format("'{}' is no absolute path", printable(folder.path)));
    if (auto text = field(2, ":~"); !text.empty()) {
        auto mode = parse_number(text, 8);
        if (!mode || *mode > 07777)
            return fail(ErrorCode::format, fmt::format("'{}' is no mode of a folder", printable(fields[2])));
        folder.mode = static_cast<std::uint32_t>(*mode);
    }
    folder.owner_user = field(3, ":");
    folder.owner_group = field(4, ":");
    return std::optional(std::move(folder));
}

// The folders that `systemd-tmpfiles --create FILE` makes. Lines of other kinds, and paths with specifiers, act on a
// running system.
Result<std::vector<Action>> tmpfiles_folders(const PackageFacts& facts, const std::string& file) {
    std::vector<Action> out;
    for (const auto& [path, text] : facts.small_files) {
        if (!path.ends_with("tmpfiles.d/" + file)) continue;
        int number = 0;
        for (auto line : split(text, '\n'))
            if (auto folder = TRY(context(tmpfiles_folder(line), fmt::format("/{}:{}", path, ++number))))
                out.push_back(std::move(*folder));
    }
    return out;
}

class Collection {
public:
    Collection(const PlanInputs& inputs, Plan& plan) : m_inputs(inputs), m_plan(plan) {}

    Result<> add(int package, const MaintainerScript& script) {
        auto modelled = TRY(m_inputs.effects.effects_of(script));
        for (const auto& source : modelled.sources) TRY(check(source, script.name()));
        if (!modelled.actions.empty())
            m_plan.effects.push_back(fmt::format("{}: {} action{}", script.name(), modelled.actions.size(),
                                                 modelled.actions.size() == 1 ? "" : "s"));
        for (auto& action : modelled.actions)
            TRY(context(add(package, script.name(), std::move(action)), script.name()));
        return {};
    }

    std::vector<PackageAction> actions;

private:
    const PlannedPackage& planned(int package) const { return m_plan.packages[static_cast<std::size_t>(package)]; }

    Result<> add(int package, const std::string& script, Action action) {
        if (action.kind == Kind::divert) return divert(package, action);
        if (action.kind != Kind::tmpfiles) {
            actions.push_back({package, script, std::move(action)});
            return {};
        }
        for (auto& folder : TRY(tmpfiles_folders(planned(package).facts, action.name)))
            actions.push_back({package, script, std::move(folder)});
        return {};
    }

    Result<> divert(int package, const Action& action) {
        auto [it, is_new] =
            m_plan.diversions.try_emplace(shipped_path(action.path), Diversion{package, shipped_path(action.target)});
        if (is_new) return {};
        return fail(ErrorCode::conflict, fmt::format("diverts '{}', which {} diverts as well", action.path,
                                                     planned(it->second.package).facts.name));
    }

    // A file that no package of the image ships was left out knowingly, and cannot differ.
    Result<> check(const SourcedFile& source, const std::string& script) {
        const auto path = shipped_path(source.path);
        for (const auto& package : m_plan.packages) {
            if (package.locked.role != Role::installed) continue;
            auto entry = std::ranges::find_if(package.facts.entries, [&](const ShippedEntry& e) {
                return e.type == EntryType::file && merge_usr(e.path) == path;
            });
            if (entry == package.facts.entries.end()) continue;
            auto digest = TRY(digest_of(package, entry->path));
            if (std::ranges::find(source.sha256, digest) != source.sha256.end()) continue;
            return fail(
                ErrorCode::unmodelled,
                fmt::format("{} sources {}, and that of {} {} ({}) is none of those that its model was made for; "
                            "read the file, and answer for the script in the definition's effects",
                            script, source.path, package.facts.name, package.facts.version, digest.text()));
        }
        return {};
    }

    // Kept in the cache, so that a second build inflates nothing.
    Result<Digest> digest_of(const PlannedPackage& package, const std::string& path) {
        const auto& deb = package.locked.package.sha256;
        const auto key = sha256(fmt::format("sourced file {} {}", deb.text(), path));
        if (auto record = m_inputs.cache.record("sourced-files", key))
            if (auto digest = Digest::parse(*record)) return *digest;
        auto contents = TRY(contents_of(package, m_inputs.cache));
        auto digest = sha256(TRY(contents->file(path)));
        TRY(m_inputs.cache.put_record("sourced-files", key, digest.hex()));
        return digest;
    }

    const PlanInputs& m_inputs;
    Plan& m_plan;
};

}  // namespace

Result<std::vector<PackageAction>> collect_actions(const PlanInputs& inputs, Plan& plan) {
    Collection out(inputs, plan);
    for (int i = 0; i < static_cast<int>(plan.packages.size()); ++i) {
        const auto& package = plan.packages[static_cast<std::size_t>(i)];
        const auto& facts = package.facts;
        if (package.locked.role != Role::installed) continue;
        for (const char* name : {"preinst", "postinst"})
            if (auto script = facts.scripts.find(name); script != facts.scripts.end())
                TRY(out.add(i, {facts.name, facts.source, facts.version, facts.architecture, name, script->second}));
    }
    return std::move(out.actions);
}

}  // namespace pith::compose
