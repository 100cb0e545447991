#include "compose/members.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

using archive::EntryType;

namespace {

using Entry = std::pair<const std::string, TreeNode>;

std::vector<const Entry*> entries_of(const Plan& plan, int owner) {
    std::vector<const Entry*> out;
    for (const auto& entry : plan.tree.nodes())
        if (entry.second.owner == owner) out.push_back(&entry);
    return out;
}

const LockedPackage& locked(const Plan& plan, int package) {
    return plan.packages[static_cast<std::size_t>(package)].locked;
}

// Every input of the member's bytes. Lengths stand before texts, so that no two lists read alike.
Digest key_of(const Plan& plan, const std::vector<const Entry*>& entries, const archive::Compressor& compressor) {
    Hasher hasher;
    auto text = [&](std::string_view value) { hasher.update(fmt::format("{}:", value.size())).update(value); };
    text(fmt::format("pith member {}", composition_version));
    text(compressor.identity());
    for (const auto* entry : entries) {
        const auto& [path, node] = *entry;
        text(path);
        text(fmt::format("{} {:o} {} {} {} {}", static_cast<int>(node.type), node.mode, node.uid, node.gid, node.mtime,
                         node.size));
        text(node.link);
        if (node.type != EntryType::file) continue;
        if (node.content)
            text(sha256(*node.content).text());
        else
            text(fmt::format("{} {}", locked(plan, node.content_package).package.sha256.text(), node.content_path));
    }
    return hasher.digest();
}

std::string to_record(const Member& member) {
    return fmt::format("{} {} {} {}", member.blob.hex(), member.size, member.tar_size, member.diff_id_alone.hex());
}

// A record whose blob is gone or of another size counts for nothing.
std::optional<Member> from_record(const Cache& cache, const std::string& record) {
    auto fields = words(record);
    if (fields.size() != 4) return std::nullopt;
    auto blob = Digest::parse(fields[0]), diff_id = Digest::parse(fields[3]);
    auto size = parse_number(fields[1]), tar_size = parse_number(fields[2]);
    if (!blob || !diff_id || !size || !tar_size) return std::nullopt;
    if (cache.blob_size(*blob) != size) return std::nullopt;
    return Member{*blob, *size, *tar_size, *diff_id, true};
}

Result<Bytes> tar_of(const Plan& plan, const std::vector<const Entry*>& entries, const Cache& cache) {
    std::map<int, std::shared_ptr<const PackageContents>> contents;
    std::size_t size = 0;
    for (const auto* entry : entries) size += entry->second.size + KiB;  // header and padding
    Bytes tar;
    tar.reserve(size);
    for (const auto* item : entries) {
        const auto& [path, node] = *item;
        archive::TarEntry entry;
        entry.path = path.empty() ? "./" : path;
        entry.type = node.type;
        entry.mode = node.mode;
        entry.uid = node.uid;
        entry.gid = node.gid;
        entry.mtime = node.mtime;
        entry.link = node.link;
        if (node.type == EntryType::file && node.content) {
            entry.content = as_bytes(*node.content);
        } else if (node.type == EntryType::file) {
            auto& package = contents[node.content_package];
            if (!package)
                package = TRY(contents_of(plan.packages[static_cast<std::size_t>(node.content_package)], cache));
            entry.content = TRY(package->file(node.content_path));
        }
        archive::append_tar_entry(tar, entry);
    }
    return tar;
}

}  // namespace

Result<Member> make_member(const Plan& plan, int owner, const archive::Compressor& compressor, const Cache& cache,
                           ThreadPool& pool) {
    auto entries = entries_of(plan, owner);
    auto key = key_of(plan, entries, compressor);
    if (auto record = cache.record("members", key))
        if (auto member = from_record(cache, *record)) return *member;

    auto tar = TRY(tar_of(plan, entries, cache));
    Member member;
    member.tar_size = tar.size();
    member.diff_id_alone = Hasher().update(tar).update(archive::tar_end()).digest();
    auto compressed = TRY(archive::deflate(tar, compressor, pool));
    member.size = compressed.size();
    member.blob = TRY(cache.put_blob(compressed));
    TRY(cache.put_record("members", key, to_record(member)));
    return member;
}

}  // namespace pith::compose
