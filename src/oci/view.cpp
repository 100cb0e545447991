#include "oci/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace pith::oci {

using archive::EntryType;

namespace {

constexpr std::string_view whiteout = ".wh.";
constexpr std::string_view opaque = ".wh..wh..opq";
constexpr int most_links = 40;
constexpr std::size_t most_depth = 256;

std::string_view parent_of(std::string_view path) {
    auto slash = path.rfind('/');
    return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string joined(std::string_view folder, std::string_view name) {
    return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

}  // namespace

// Follows links among the folders of a path, with "/" and ".." ending at the root.
Result<std::string> View::walk(std::string_view path, Last last) const {
    std::vector<std::string> ahead;  // components still to walk, the next one last
    auto put_ahead = [&](std::string_view text) {
        auto parts = split(text, '/');
        for (auto it = parts.rbegin(); it != parts.rend(); ++it) ahead.emplace_back(*it);
    };
    put_ahead(path);
    std::string at;
    std::size_t depth = 0;
    for (int links = 0; !ahead.empty();) {
        auto part = std::move(ahead.back());
        ahead.pop_back();
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            at = parent_of(at);
            depth -= depth > 0;
            continue;
        }
        auto next = joined(at, part);
        auto found = m_entries.find(next);
        bool is_link = found != m_entries.end() && found->second.entry->type == EntryType::symlink;
        if (is_link && (!ahead.empty() || last == Last::followed)) {
            if (++links > most_links)
                return fail(ErrorCode::limit,
                            fmt::format("'{}' leads over more than {} links", printable(path), most_links));
            const auto& target = found->second.entry->link;
            if (target.starts_with('/')) at.clear(), depth = 0;
            put_ahead(target);
            continue;
        }
        if (found != m_entries.end() && found->second.entry->type != EntryType::directory && !ahead.empty())
            return fail(ErrorCode::format, fmt::format("'{}' is not a folder", printable(next)));
        if (++depth > most_depth)
            return fail(ErrorCode::limit, fmt::format("'{}' is deeper than {} folders", printable(path), most_depth));
        at = std::move(next);
    }
    return at;
}

// Lays one listing after another over what is there.
class View::Merge {
public:
    explicit Merge(View& view) : m_view(view) {}

    Result<> apply(const LayerListing& listing, std::size_t layer) {
        m_layer = layer;
        m_parent.reset();
        for (const auto& entry : listing.entries)
            TRY(context(apply(entry), fmt::format("layer {}: '{}'", layer + 1, printable(entry.path))));
        return {};
    }

private:
    Result<> apply(const ListedEntry& entry) {
        if (entry.path.empty()) return {};  // the root itself
        auto name = name_of(entry.path);
        auto folder = TRY(resolve_parent(entry.path));
        if (name == opaque) {
            remove_lower_below(folder);
            return {};
        }
        if (name.starts_with(whiteout)) {
            auto hidden = name.substr(whiteout.size());
            if (hidden.empty() || hidden == "." || hidden == "..")
                return fail(ErrorCode::format, "a whiteout of nothing");
            remove_lower(joined(folder, hidden));
            return {};
        }
        return put(joined(folder, name), entry);
    }

    // Entries of one folder come together, so the last answer is mostly the next one; it holds until a link comes or
    // goes.
    Result<std::string> resolve_parent(std::string_view path) {
        auto parent = parent_of(path);
        if (!m_parent || m_parent->first != parent) {
            auto folder = TRY(m_view.walk(parent, Last::followed));
            m_parent = {std::string(parent), std::move(folder)};
        }
        const auto& folder = m_parent->second;
        auto there = m_view.m_entries.find(folder);
        if (there != m_view.m_entries.end() && there->second.entry->type != EntryType::directory)
            return fail(ErrorCode::format, fmt::format("'{}' is not a folder", printable(folder)));
        return folder;
    }

    Result<> put(std::string path, const ListedEntry& entry) {
        const auto* shown = &entry;
        if (entry.type == EntryType::hardlink) {
            auto first = m_view.m_entries.find(TRY(m_view.walk(entry.link, Last::kept)));
            if (first == m_view.m_entries.end() || first->second.entry->type == EntryType::directory)
                return fail(ErrorCode::format,
                            fmt::format("it is a hard link to '{}', which no layer has made", printable(entry.link)));
            shown = first->second.entry;
        }
        auto& slot = m_view.m_entries[path];
        bool was_folder = slot.entry && slot.entry->type == EntryType::directory;
        bool was_link = slot.entry && slot.entry->type == EntryType::symlink;
        slot = {shown, m_layer};
        if (was_folder && shown->type != EntryType::directory) erase_below(path);
        if (was_link || shown->type == EntryType::symlink) m_parent.reset();
        return {};
    }

    using Iterator = Entries::iterator;
    std::pair<Iterator, Iterator> range_below(std::string_view folder) {
        auto& entries = m_view.m_entries;
        if (folder.empty()) return {entries.begin(), entries.end()};
        // '0' comes after '/'
        return {entries.lower_bound(fmt::format("{}/", folder)), entries.lower_bound(fmt::format("{}0", folder))};
    }

    void erase_below(std::string_view folder) {
        auto [begin, end] = range_below(folder);
        m_view.m_entries.erase(begin, end);
        m_parent.reset();
    }

    // What lower layers have put there; of folders only those that hold nothing of this layer.
    void remove_lower_below(std::string_view folder) {
        std::set<std::string, std::less<>> kept_folders;
        auto [begin, end] = range_below(folder);
        while (end != begin) {
            auto it = std::prev(end);
            if (it->second.layer == m_layer || kept_folders.contains(it->first)) {
                for (auto above = parent_of(it->first); above.size() > folder.size(); above = parent_of(above))
                    if (!kept_folders.emplace(above).second) break;
                end = it;
            } else {
                bool first = it == begin;
                end = m_view.m_entries.erase(it);
                if (first) break;
            }
        }
        m_parent.reset();
    }

    void remove_lower(const std::string& path) {
        remove_lower_below(path);
        auto it = m_view.m_entries.find(path);
        if (it == m_view.m_entries.end() || it->second.layer == m_layer) return;
        auto [begin, end] = range_below(path);
        if (begin == end) m_view.m_entries.erase(it);
    }

    View& m_view;
    std::size_t m_layer = 0;
    std::optional<std::pair<std::string, std::string>> m_parent;  // as written → resolved
};

Result<View> View::merge(std::vector<LayerListing> layers) {
    View view;
    view.m_layers = std::move(layers);
    Merge merge(view);
    for (std::size_t i = 0; i < view.m_layers.size(); ++i) TRY(merge.apply(view.m_layers[i], i));
    return view;
}

View View::of_folder(LayerListing listing) {
    View view;
    view.m_layers.push_back(std::move(listing));
    for (const auto& entry : view.m_layers[0].entries) view.m_entries[entry.path] = {&entry, 0};
    return view;
}

std::optional<std::string> View::resolve(std::string_view path) const {
    auto found = walk(path, Last::followed);
    if (!found) return std::nullopt;
    if (found->empty() || m_entries.contains(*found)) return *found;
    auto inside = *found + "/";  // a folder that no layer has an entry for
    auto below = m_entries.lower_bound(inside);
    if (below == m_entries.end() || !below->first.starts_with(inside)) return std::nullopt;
    return *found;
}

const ViewEntry* View::find(std::string_view path) const {
    auto found = walk(path, Last::followed);
    auto it = found ? m_entries.find(*found) : m_entries.end();
    return it == m_entries.end() ? nullptr : &it->second;
}

}  // namespace pith::oci
