#include "pkg/deb/index_fetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "archive/inflate.h"
#include "base/text.h"
#include "net/url.h"
#include "pkg/deb/packages.h"
#include "pkg/deb/release_fetch.h"

namespace pith::pkg::deb {

namespace {

using archive::Compression;

constexpr std::string_view record_kind = "deb-index";
constexpr std::uint64_t most_fetched = 512 * MiB, most_plain = 2 * GiB;
// A change of what is read from a Packages file is a change of this number.
constexpr int reader_version = 1;

// The forms of a Packages file, best first.
struct Form {
    std::string_view extension;
    Compression compression;
};
constexpr Form forms[] = {
    {".xz", Compression::xz}, {".gz", Compression::gzip}, {".zst", Compression::zstd}, {"", Compression::none}};

Compression compression_of(std::string_view path) {
    return std::ranges::find_if(forms, [&](const Form& form) { return path.ends_with(form.extension); })->compression;
}

Digest record_key(const WantedIndex& wanted) {
    return sha256(fmt::format("{}\n{}", reader_version, wanted.identity().hex()));
}

std::optional<Index> open_kept(const WantedIndex& wanted, const Cache& cache) {
    auto record = cache.mapped_record(record_kind, record_key(wanted));
    if (!record) return std::nullopt;
    auto owner = std::make_shared<Cache::MappedRecord>(std::move(*record));
    auto index = Index::open(owner->payload, owner);
    if (!index) return std::nullopt;  // of another version of pith
    return std::move(*index);
}

std::string by_hash_path(const WantedIndex& wanted) {
    auto folder = wanted.file.path.substr(0, wanted.file.path.rfind('/') + 1);
    return fmt::format("{}by-hash/SHA256/{}", folder, wanted.file.sha256.hex());
}

net::Request request_for(const WantedIndex& wanted, bool by_hash, const Cache& cache) {
    net::Request out;
    out.url = url_in_suite(*wanted.source, by_hash ? by_hash_path(wanted) : wanted.file.path);
    out.partial = cache.partial_folder() / wanted.file.sha256.hex();
    out.most_bytes = most_fetched;
    out.size = wanted.file.size;
    out.sha256 = wanted.file.sha256;
    out.proxy = wanted.source->proxy;
    return out;
}

// A mirror that is being updated gives a new Packages file with an old Release.
Error explained(Error error) {
    if (error.code == ErrorCode::integrity)
        error.message += "; if the mirror is just being updated, trying again in some minutes helps";
    return error;
}

Result<std::vector<net::Response>> fetch_all(std::span<const WantedIndex*> missing, const net::Options& options,
                                             const Cache& cache, Progress& progress) {
    std::vector<net::Request> requests;
    for (const auto* wanted : missing) requests.push_back(request_for(*wanted, wanted->by_hash, cache));
    auto answers = net::fetch(requests, options, progress);

    // A mirror that promises by-hash and does not keep it has the file under its own name.
    std::vector<std::size_t> again;
    requests.clear();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i] || answers[i].error().code != ErrorCode::not_found || !missing[i]->by_hash) continue;
        again.push_back(i);
        requests.push_back(request_for(*missing[i], false, cache));
    }
    auto second = net::fetch(requests, options, progress);
    for (std::size_t k = 0; k < again.size(); ++k) answers[again[k]] = std::move(second[k]);

    std::vector<net::Response> out;
    for (auto& answer : answers) {
        if (!answer) return std::unexpected(explained(std::move(answer).error()));
        out.push_back(std::move(*answer));
    }
    return out;
}

Result<> check_plain(const WantedIndex& wanted, ByteView plain) {
    if (!wanted.plain || (plain.size() == wanted.plain->size && sha256(plain) == wanted.plain->sha256)) return {};
    return fail(ErrorCode::integrity, "uncompressed, it is not what the Release file says");
}

Result<Bytes> index_of(std::string_view packages, std::string_view name) {
    IndexBuilder builder;
    TRY(read_packages(packages, name, [&](Package&& package) -> Result<> {
        builder.add(package);
        return {};
    }));
    return std::move(builder).finish();
}

// Parses one fetched file and keeps its index.
Result<> build(const WantedIndex& wanted, net::PartialFile& file, const Cache& cache) {
    auto name = net::printable_url(url_in_suite(*wanted.source, wanted.file.path));
    auto mapped = TRY(MappedFile::from(file.fd(), file.path()));
    auto plain = mapped.bytes();
    archive::Inflated inflated;
    if (auto compression = compression_of(wanted.file.path); compression != Compression::none) {
        inflated = TRY(context(archive::inflate(plain, compression, {.most_bytes = most_plain}), name));
        plain = inflated.bytes();
    }
    TRY(context(check_plain(wanted, plain), name));
    auto index = TRY(index_of(as_text(plain), name));
    TRY(cache.put_record(record_kind, record_key(wanted), as_text(index)));
    return file.truncate();
}

}  // namespace

Result<WantedIndex> choose_index(const Source& source, const Release& release, const std::string& component,
                                 const std::string& architecture) {
    auto path = fmt::format("{}/binary-{}/Packages", component, architecture);
    for (const auto& form : forms) {
        const auto* file = release.find(fmt::format("{}{}", path, form.extension));
        if (!file) continue;
        const auto* plain = release.find(path);
        WantedIndex out{&source, component, architecture, *file, std::nullopt, source.by_hash && release.by_hash};
        if (plain) out.plain = *plain;
        if (file->size > most_fetched || (plain && plain->size > most_plain))
            return fail(ErrorCode::limit,
                        fmt::format("{}: {} is larger than {}, or {} uncompressed", source.place, printable(file->path),
                                    human_size(most_fetched), human_size(most_plain)));
        return out;
    }
    return fail(ErrorCode::not_found,
                fmt::format("{}: suite '{}' has no packages of component '{}' for {}; it has the components {} and the "
                            "architectures {}",
                            source.place, printable(source.suite), printable(component), architecture,
                            printable(join(release.components, ", ")), printable(join(release.architectures, ", "))));
}

Result<std::vector<Index>> open_indexes(std::span<const WantedIndex> wanted, const net::Options& options,
                                        const Cache& cache, ThreadPool& pool, Progress& progress) {
    std::vector<std::optional<Index>> kept(wanted.size());
    pool.for_each(wanted.size(), [&](std::size_t i) { kept[i] = open_kept(wanted[i], cache); });

    std::vector<const WantedIndex*> missing;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (kept[i]) continue;
        missing.push_back(&wanted[i]);
        bytes += wanted[i].file.size;
    }
    if (!missing.empty()) {
        TRY(cache.check_writable(fmt::format("the package list {} is", missing[0]->file.path)));
        progress.begin("package lists", bytes);
        auto files = fetch_all(missing, options, cache, progress);
        progress.end();
        if (!files) return std::unexpected(std::move(files).error());
        TRY(pool.map<bool>(missing.size(), [&](std::size_t i) -> Result<bool> {
            TRY(build(*missing[i], files->at(i).file, cache));
            return true;
        }));
    }

    std::vector<Index> out;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!kept[i]) kept[i] = open_kept(wanted[i], cache);
        if (!kept[i])
            return fail(ErrorCode::io,
                        fmt::format("the cache '{}' does not keep what it is given", cache.folder().string()));
        out.push_back(std::move(*kept[i]));
    }
    return out;
}

}  // namespace pith::pkg::deb
