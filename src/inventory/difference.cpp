#include "inventory/difference.h"

#include <algorithm>

namespace pith::inventory {

using archive::EntryType;

namespace {

constexpr std::string_view shell_names[] = {"sh",  "bash", "dash", "ash",   "zsh",     "ksh",    "mksh",
                                            "csh", "tcsh", "fish", "rbash", "busybox", "toybox", "yash"};

bool is_shell(const File& file) {
    auto name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
    bool runs = file.type == EntryType::symlink || (file.type == EntryType::file && (file.mode & 0111));
    bool in_bin = file.path.contains("bin/") || file.path.starts_with("busybox/");
    return runs && in_bin && std::ranges::find(shell_names, name) != std::end(shell_names);
}

Totals totals_of(const Inventory& inventory) {
    Totals out;
    out.packages = inventory.packages.size();
    out.files = inventory.files.size();
    for (const auto& file : inventory.files) {
        out.bytes += file.size;
        if (file.type == EntryType::file && (file.mode & 06000)) out.setuid.push_back(file.path);
        if (is_shell(file)) out.shells.push_back(file.path);
    }
    return out;
}

std::vector<FileChange> changes_of(const File& a, const File& b) {
    if (a.type != b.type) return {FileChange::type};
    std::vector<FileChange> out;
    if (a.type == EntryType::file && a.sha256 != b.sha256) out.push_back(FileChange::content);
    if (a.link != b.link) out.push_back(FileChange::link);
    if (a.mode != b.mode) out.push_back(FileChange::mode);
    if (a.uid != b.uid || a.gid != b.gid) out.push_back(FileChange::owner);
    return out;
}

// Both sides walked in the order of `key`, and each pair or single one handed on.
template <class T, class Key, class Take>
void merge(const std::vector<T>& before, const std::vector<T>& after, Key key, Take take) {
    auto a = before.begin(), b = after.begin();
    while (a != before.end() || b != after.end()) {
        bool from_a = b == after.end() || (a != before.end() && key(*a) <= key(*b));
        bool from_b = a == before.end() || (b != after.end() && key(*b) <= key(*a));
        take(Change<T>{from_a ? &*a : nullptr, from_b ? &*b : nullptr});
        a += from_a;
        b += from_b;
    }
}

}  // namespace

Difference compare(const Inventory& before, const Inventory& after) {
    Difference out{{}, {}, totals_of(before), totals_of(after)};
    merge(
        before.packages, after.packages, [](const Package& p) -> const std::string& { return p.name; },
        [&](Change<Package> change) {
            bool same = change.before && change.after && change.before->version == change.after->version &&
                        change.before->architecture == change.after->architecture;
            if (!same) out.packages.push_back(change);
        });
    merge(
        before.files, after.files, [](const File& f) -> const std::string& { return f.path; },
        [&](Change<File> change) {
            auto what =
                change.before && change.after ? changes_of(*change.before, *change.after) : std::vector<FileChange>();
            if (!what.empty() || !change.before || !change.after) out.files.push_back({change, std::move(what)});
        });
    return out;
}

std::string_view to_text(FileChange change) {
    switch (change) {
        case FileChange::content: return "content";
        case FileChange::mode: return "mode";
        case FileChange::owner: return "owner";
        case FileChange::type: return "type";
        case FileChange::link: return "link";
    }
    return "";
}

}  // namespace pith::inventory
