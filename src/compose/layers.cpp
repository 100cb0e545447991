#include "compose/layers.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "archive/inflate.h"
#include "archive/tar.h"
#include "base/text.h"
#include "compose/members.h"

namespace pith::compose {

namespace {

struct LayerFacts {
    Digest digest, diff_id;
    std::uint64_t size = 0, tar_size = 0;
};

std::string media_type(archive::Compression compression) {
    std::string type = "application/vnd.oci.image.layer.v1.tar";
    if (compression == archive::Compression::gzip) type += "+gzip";
    if (compression == archive::Compression::zstd) type += "+zstd";
    return type;
}

std::string to_record(const LayerFacts& facts) {
    return fmt::format("{} {} {} {}", facts.digest.hex(), facts.diff_id.hex(), facts.size, facts.tar_size);
}

std::optional<LayerFacts> from_record(std::string_view record) {
    auto fields = words(record);
    if (fields.size() != 4) return std::nullopt;
    auto digest = Digest::parse(fields[0]), diff_id = Digest::parse(fields[1]);
    auto size = parse_number(fields[2]), tar_size = parse_number(fields[3]);
    if (!digest || !diff_id || !size || !tar_size) return std::nullopt;
    return LayerFacts{*digest, *diff_id, *size, *tar_size};
}

Result<MappedFile> open_member(const Cache& cache, const Member& member) {
    auto blob = cache.blob(member.blob);
    if (!blob)
        return fail(ErrorCode::damaged,
                    fmt::format("the cached member {} is damaged or gone; build again", member.blob.text()));
    return std::move(*blob);
}

// A layer of one member has its diffID from when the member was made; several are inflated and hashed.
Result<LayerFacts> measure(const std::vector<Member>& members, ByteView end, archive::Compression compression,
                           const Cache& cache) {
    LayerFacts facts;
    Hasher blob_hash, tar_hash;
    for (const auto& member : members) {
        auto blob = TRY(open_member(cache, member));
        blob_hash.update(blob.bytes());
        facts.size += member.size;
        facts.tar_size += member.tar_size;
        if (members.size() > 1) {
            auto tar = TRY(archive::inflate(blob.bytes(), compression, {.most_ratio = 2000}));
            tar_hash.update(tar.bytes());
        }
    }
    facts.digest = blob_hash.update(end).digest();
    facts.diff_id = members.size() == 1 ? members[0].diff_id_alone : tar_hash.update(archive::tar_end()).digest();
    facts.size += end.size();
    facts.tar_size += archive::tar_end().size();
    return facts;
}

Result<LayerFacts> facts_of(const std::vector<Member>& members, ByteView end, const archive::Compressor& compressor,
                            const Cache& cache) {
    std::string inputs = "pith layer 1\n" + compressor.identity() + "\n";
    for (const auto& member : members) inputs += member.blob.hex() + "\n";
    auto key = sha256(inputs);
    if (auto record = cache.record("layers", key))
        if (auto facts = from_record(*record)) return *facts;
    auto facts = TRY(measure(members, end, compressor.compression, cache));
    TRY(cache.put_record("layers", key, to_record(facts)));
    return facts;
}

std::string describe(const Plan& plan, const std::vector<int>& group) {
    std::vector<std::string> names;
    for (int package : group) {
        const auto& facts = plan.packages[static_cast<std::size_t>(package)].facts;
        names.push_back(facts.name + " " + facts.version);
    }
    return names.empty() ? "pith: the image's own files" : "pith: " + join(names, ", ");
}

std::vector<std::vector<int>> groups_with_files(const Plan& plan, std::vector<std::vector<int>> groups) {
    for (auto& group : groups)
        std::erase_if(group, [&](int package) { return plan.packages[static_cast<std::size_t>(package)].files == 0; });
    std::erase_if(groups, [](const auto& group) { return group.empty(); });
    return groups;
}

}  // namespace

archive::Compressor compressor_of(const Definition& definition) {
    return {definition.layering.zstd ? archive::Compression::zstd : archive::Compression::gzip};
}

Result<Layers> make_layers(const Plan& plan, const std::vector<std::vector<int>>& locked_groups,
                           const archive::Compressor& compressor, const Cache& cache, ThreadPool& pool,
                           Progress& progress) {
    auto groups = groups_with_files(plan, locked_groups);
    std::vector<int> owners;
    for (const auto& group : groups) owners.insert(owners.end(), group.begin(), group.end());
    owners.push_back(owned_by_image);

    progress.begin("layers", owners.size());
    std::vector<std::uint64_t> sizes;
    for (int owner : owners)
        sizes.push_back(owner == owned_by_image ? 0 : plan.packages[static_cast<std::size_t>(owner)].bytes);
    auto members = TRY(pool.map_heaviest_first<Member>(sizes, [&](std::size_t i) -> Result<Member> {
        auto member = make_member(plan, owners[i], compressor, cache, pool);
        progress.advance(1);
        return member;
    }));
    progress.end();

    Layers out;
    for (std::size_t i = 0; i < members.size(); ++i) {
        ++(members[i].reused ? out.members_reused : out.members_new);
        if (!members[i].reused && owners[i] != owned_by_image)
            out.made.push_back(plan.packages[static_cast<std::size_t>(owners[i])].facts.name);
    }
    auto end = std::make_shared<const Bytes>(TRY(archive::deflate(archive::tar_end(), compressor, pool)));
    groups.push_back({});  // the image's own layer
    std::size_t next = 0;
    for (const auto& group : groups) {
        std::size_t count = std::max<std::size_t>(group.size(), 1);
        std::vector<Member> in_layer(members.begin() + static_cast<std::ptrdiff_t>(next),
                                     members.begin() + static_cast<std::ptrdiff_t>(next + count));
        next += count;
        auto facts = TRY(facts_of(in_layer, *end, compressor, cache));
        oci::Layer layer;
        layer.descriptor = {media_type(compressor.compression), facts.digest, facts.size};
        layer.diff_id = facts.diff_id;
        layer.tar_size = facts.tar_size;
        for (const auto& member : in_layer) layer.pieces.emplace_back(cache.blob_path(member.blob));
        layer.pieces.emplace_back(end);
        layer.created_by = describe(plan, group);
        out.layers.push_back(std::move(layer));
    }
    return out;
}

}  // namespace pith::compose
