#include "compose/definition/merge.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"
#include "compose/definition/fields.h"

namespace pith::compose {

using yaml::Node;
namespace fs = std::filesystem;

namespace {

constexpr int most_depth = 8;
constexpr std::size_t most_files = 100;  // each inclusion of a file counts
constexpr std::uint64_t most_bytes = MiB;

// Takes a key out of a mapping and gives its value, or a null node.
Node take(Node& mapping, std::string_view key) {
    for (std::size_t i = 0; i < mapping.map.size(); ++i) {
        if (mapping.map[i].first != key) continue;
        Node value = std::move(mapping.map[i].second);
        mapping.map.erase(mapping.map.begin() + static_cast<std::ptrdiff_t>(i));
        mapping.key_lines.erase(mapping.key_lines.begin() + static_cast<std::ptrdiff_t>(i));
        return value;
    }
    return {};
}

Result<std::vector<std::string>> include_paths(const Node& include) {
    if (include.kind == Node::Kind::null) return std::vector<std::string>{};
    if (include.kind == Node::Kind::sequence) return read_texts(include, "include");
    return std::vector<std::string>{TRY(read_text(include, "include"))};
}

// A mapping on top of everything it includes.
Result<Node> with_includes(Node mapping, const fs::path& folder, int depth, std::size_t& files) {
    auto include = take(mapping, "include");
    Node base;
    for (const auto& name : TRY(include_paths(include))) {
        if (depth == most_depth)
            return fail_at(include,
                           fmt::format("includes are nested deeper than {}; does a file include itself?", most_depth));
        if (files++ == most_files) return fail_at(include, fmt::format("more than {} files are included", most_files));
        auto path = folder / name;
        auto text = TRY(context(pith::read_text(path, most_bytes), include.place()));
        auto included = TRY(yaml::parse(text, path.lexically_normal().string()));
        base = merge(std::move(base), TRY(with_includes(std::move(included), path.parent_path(), depth + 1, files)));
    }
    return merge(std::move(base), mapping);
}

}  // namespace

Node merge(Node base, const Node& child) {
    if (base.kind == Node::Kind::mapping && child.kind == Node::Kind::mapping) {
        for (std::size_t i = 0; i < child.map.size(); ++i) {
            const auto& [key, value] = child.map[i];
            auto there = std::find_if(base.map.begin(), base.map.end(), [&](const auto& e) { return e.first == key; });
            if (there == base.map.end()) {
                base.map.emplace_back(key, value);
                base.key_lines.push_back(child.key_lines[i]);
            } else if (key == "entrypoint" || key == "cmd") {
                there->second = value;
            } else {
                there->second = merge(std::move(there->second), value);
            }
        }
        return base;
    }
    if (base.kind == Node::Kind::sequence && child.kind == Node::Kind::sequence) {
        base.items.insert(base.items.end(), child.items.begin(), child.items.end());
        return base;
    }
    return child.kind == Node::Kind::null ? base : child;
}

Result<Merged> merge_document(const std::string& text, const std::string& file_name, const fs::path& folder,
                              const std::string& variant) {
    Merged out;
    std::size_t files = 0;  // included
    auto document = TRY(yaml::parse(text, file_name));
    if (document.kind != Node::Kind::mapping)
        return fail(ErrorCode::usage,
                    fmt::format("{}: a definition is a mapping of keys such as 'contents'", file_name));
    out.document = TRY(with_includes(std::move(document), folder, 0, files));
    auto variants = take(out.document, "variants");
    if (variants.kind != Node::Kind::null && variants.kind != Node::Kind::mapping)
        return fail_at(variants, "'variants' should be a mapping of names to what they change");
    for (const auto& [name, changes] : variants.map) out.variants.push_back(name);
    std::sort(out.variants.begin(), out.variants.end());
    if (variant.empty()) return out;
    const auto* changes = variants.find(variant);
    if (!changes)
        return fail(ErrorCode::usage,
                    fmt::format("{} has no variant '{}'; {}", file_name, printable(variant),
                                out.variants.empty() ? "it has none" : "there are: " + join(out.variants, ", ")));
    // A variant's own includes are relative to the file that holds the variant.
    auto variant_folder = changes->file ? fs::path(*changes->file).parent_path() : folder;
    out.document = merge(std::move(out.document), TRY(with_includes(*changes, variant_folder, 0, files)));
    return out;
}

}  // namespace pith::compose
