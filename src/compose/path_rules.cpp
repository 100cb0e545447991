#include "compose/path_rules.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pith::compose {

namespace {

struct Rule {
    PathRuleInfo info;
    std::vector<std::string_view> patterns;
    std::vector<std::string_view> except;
};

const std::vector<Rule>& table() {
    static const std::vector<Rule> rules = {
        {{"documentation", "nobody reads it in a running container; copyright files are kept"},
         {"/usr/share/doc/**", "/usr/share/doc-base/**", "/usr/share/info/**", "/usr/share/gtk-doc/**"},
         {"/usr/share/doc/*/copyright", "/usr/share/doc/*/*/copyright"}},
        {{"man pages", "there is no pager, and nobody to read them"}, {"/usr/share/man/**"}, {}},
        {{"translations", "messages stay in English; a locale needs its own data as well"},
         {"/usr/share/locale/**"},
         {}},
        {{"init system", "a container's process is started by its engine"},
         {"/etc/init.d/**", "/etc/rc?.d/**", "/etc/init/**", "/usr/lib/systemd/system/**", "/usr/lib/systemd/user/**",
          "/usr/lib/systemd/system-preset/**", "/usr/lib/tmpfiles.d/**", "/usr/lib/sysusers.d/**"},
         {}},
        {{"host services",
          "read by daemons that run beside a service on a whole system: cron, logrotate, firewall, AppArmor"},
         {"/etc/cron.*/**", "/etc/logrotate.d/**", "/etc/ufw/**", "/etc/apparmor.d/**", "/etc/insserv.conf.d/**"},
         {}},
        {{"packaging tools", "read by lintian, reportbug and apport"},
         {"/usr/share/lintian/**", "/usr/share/bug/**", "/usr/share/apport/**"},
         {}},
        {{"shell completion", "there is no shell"},
         {"/usr/share/bash-completion/**", "/usr/share/zsh/**", "/usr/share/fish/**", "/etc/bash_completion.d/**"},
         {}},
    };
    return rules;
}

template <class List>
bool any_matches(const List& patterns, std::string_view path) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const auto& pattern) { return matches_glob(pattern, path); });
}

}  // namespace

const std::vector<PathRuleInfo>& path_rules() {
    static const std::vector<PathRuleInfo> infos = [] {
        std::vector<PathRuleInfo> out;
        for (const auto& rule : table()) out.push_back(rule.info);
        return out;
    }();
    return infos;
}

std::optional<std::size_t> left_out_by(std::string_view path, archive::EntryType type,
                                       const std::vector<std::string>& keep) {
    // A folder goes with what is in it: "/usr/share/man" matches "/usr/share/man/**".
    std::string whole(path);
    if (type == archive::EntryType::directory) whole += '/';
    if (any_matches(keep, path)) return std::nullopt;
    // A package whose documentation folder is a link to another's keeps its copyright that way.
    if (type == archive::EntryType::symlink && matches_glob("/usr/share/doc/*", path)) return std::nullopt;
    for (std::size_t i = 0; i < table().size(); ++i)
        if (any_matches(table()[i].patterns, whole) && !any_matches(table()[i].except, path)) return i;
    return std::nullopt;
}

bool is_merged_folder(std::string_view path) {
    constexpr std::array<std::string_view, 7> folders = {"bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32"};
    return std::find(folders.begin(), folders.end(), path) != folders.end();
}

std::string merge_usr(std::string_view path) {
    auto slash = path.find('/');
    if (slash == std::string_view::npos || !is_merged_folder(path.substr(0, slash))) return std::string(path);
    return "usr/" + std::string(path);
}

}  // namespace pith::compose
