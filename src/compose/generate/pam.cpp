#include "compose/generate/pam.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr std::string_view primary_mark = "# here are the per-package modules (the \"Primary\" block)";
constexpr std::string_view fallback_mark = "# here's the fallback if no module succeeds";
constexpr std::string_view additional_mark = "# and here are more per-package modules (the \"Additional\" block)";
constexpr std::string_view end_mark = "# end of pam-auth-update config";

struct Profile {
    std::string name;
    std::map<std::string, std::string, std::less<>> fields;
    std::set<std::string, std::less<>> conflicts;

    const std::string& field(std::string_view key) const {
        static const std::string none;
        auto found = fields.find(key);
        return found == fields.end() ? none : found->second;
    }
    std::uint64_t priority() const { return parse_number(field("Priority")).value_or(0); }
};

// "Auth-Initial: …": the name of the field that the line begins, or nothing.
std::string_view field_name(std::string_view line) {
    auto name = line.substr(0, line.find_first_of(" \t"));
    if (name.size() < 2 || !name.ends_with(':')) return {};
    name.remove_suffix(1);
    return name.ends_with("-Final") ? name.substr(0, name.size() - 6) : name;
}

Profile parse_profile(const std::string& name, std::string_view text) {
    Profile out{name, {}, {}};
    std::string current;
    for (auto line : split(text, '\n')) {
        if (auto field = field_name(line); !field.empty()) {
            current = field;
            out.fields[current] = trim(line.substr(line.find(':') + 1));
        } else if (auto more = trim(line); !more.empty()) {
            auto& value = out.fields[current];
            value += (value.empty() ? "" : "\n") + std::string(more);
        }
    }
    for (auto other : split(out.field("Conflicts"), ',')) out.conflicts.emplace(trim(other));
    if (out.field("Session-Interactive-Only") != "yes")
        for (const char* part : {"-Type", "", "-Initial"})
            out.fields["Session-noninteractive" + std::string(part)] = out.field("Session" + std::string(part));
    return out;
}

// pam_tally is gone from PAM, and pam-auth-update passes over profiles that still name it.
bool is_usable(std::string_view name, std::string_view text) {
    return !name.ends_with('~') && !(name.starts_with('#') && name.ends_with('#')) &&
           text.find("pam_tally") == std::string_view::npos;
}

std::vector<Profile> enabled_profiles(const std::map<std::string, std::string>& texts) {
    std::vector<Profile> out;
    for (const auto& [name, text] : texts)
        if (is_usable(name, text))
            if (auto profile = parse_profile(name, text); profile.field("Default") == "yes")
                out.push_back(std::move(profile));
    std::ranges::sort(out, [](const Profile& a, const Profile& b) {
        return std::pair(a.priority(), a.name) > std::pair(b.priority(), b.name);
    });
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto conflicts = out[i].conflicts;
        std::erase_if(out, [&](const Profile& other) { return conflicts.contains(other.name); });
    }
    return out;
}

// The lines of one block; "[success=end default=ignore] pam_unix.so nullok" with its jump filled in.
Result<std::string> block(const std::vector<Profile>& profiles, std::string_view type, std::string_view position) {
    std::string key(type);
    key[0] = static_cast<char>(key[0] - 'a' + 'A');
    const auto shown = type.substr(0, type.find("-noninteractive"));
    std::vector<std::pair<std::string, std::string_view>> lines;  // of which profile
    bool first = true;
    for (const auto& profile : profiles) {
        if (profile.field(key + "-Type") != position) continue;
        const auto& initial = profile.field(key + "-Initial");
        for (auto line : split(first && !initial.empty() ? initial : profile.field(key), '\n'))
            if (!line.empty()) lines.emplace_back(line, profile.name);
        first = false;
    }
    const bool primary = position == "Primary";
    if (primary && lines.empty()) return fmt::format("{}\t[default=1]\t\t\tpam_permit.so\n", shown);
    std::string out;
    auto left = lines.size() - (primary ? 0 : 1);  // a jump out of the second block must not leave the stack
    for (const auto& [line, profile] : lines) {
        auto control_end = line.starts_with('[') ? line.find(']') : line.find_first_of(" \t");
        auto module = control_end == std::string::npos ? control_end : line.find_first_not_of(" \t", control_end + 1);
        if (module == std::string::npos)
            return fail(ErrorCode::format, fmt::format("/usr/share/pam-configs/{}: '{}' names no control and module",
                                                       profile, printable(line)));
        auto module_end = std::min(line.find_first_of(" \t", module), line.size());
        auto rule = line.substr(0, module_end);
        for (auto at = rule.find("end"); at != std::string::npos; at = rule.find("end", at + 1))
            rule.replace(at, 3, fmt::format("{}", left));
        std::vector<std::string> options;
        for (auto option : words(std::string_view(line).substr(module_end))) options.emplace_back(option);
        out += fmt::format("{}\t{} {}\n", shown, rule, join(options, " "));
        --left;
    }
    return out;
}

}  // namespace

Result<std::map<std::string, std::string>> make_pam_stacks(const PamInputs& inputs) {
    const auto profiles = enabled_profiles(inputs.profiles);
    std::map<std::string, std::string> out;
    for (const auto& [type, text] : inputs.templates) {
        auto bad = [&, name = type] {
            return fail(ErrorCode::format, fmt::format("/usr/share/pam/common-{} lacks the marks of its blocks", name));
        };
        if (type.empty() || type[0] < 'a' || type[0] > 'z') return bad();
        // What stands between a block's mark and the mark after it is replaced.
        std::string_view rest = text;
        std::string stack;
        for (auto [mark, next, position] : {std::tuple(primary_mark, fallback_mark, "Primary"),
                                            std::tuple(additional_mark, end_mark, "Additional")}) {
            auto begin = rest.find(mark);
            auto end = begin == std::string_view::npos ? begin : rest.find(next, begin);
            if (end == std::string_view::npos) return bad();
            auto kept = std::min(rest.find('\n', begin), end - 1) + 1;
            stack.append(rest.substr(0, kept)).append(TRY(block(profiles, type, position)));
            rest.remove_prefix(end);
        }
        out[type] = stack.append(rest);
    }
    return out;
}

}  // namespace pith::compose
