#include "pkg/deb/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "net/url.h"
#include "pkg/deb/index_fetch.h"
#include "pkg/deb/release_fetch.h"

namespace pith::pkg::deb {

namespace {

constexpr std::size_t fetched_at_once = 256;  // open files

Result<std::vector<TrustedRelease>> trusted_releases(std::span<const Source> sources,
                                                     const std::vector<ReleaseBytes>& bytes, const TrustOptions& trust,
                                                     const Cache& cache) {
    ReleaseJudge judge(trust, cache);
    std::vector<TrustedRelease> out;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        out.push_back(TRY(judge.judge(sources[i], bytes[i])));
        if (bytes[i].from == ReleaseBytes::From::mirror) TRY(keep_release(sources[i], bytes[i], cache));
    }
    return out;
}

// The architectures of the Packages files that hold what is asked of a source.
std::vector<std::string> index_architectures(const Source& source, const Release& release,
                                             std::span<const std::string> asked) {
    std::vector<std::string> out;
    for (const auto& architecture : asked)
        if (source.architectures.empty() || std::ranges::count(source.architectures, architecture) > 0)
            out.push_back(architecture);
    if (!out.empty() && !release.all_in_native) out.emplace_back("all");
    return out;
}

// A name that tells nothing of the mirror: what the archive calls itself, or a digest.
std::string repository_name(const Source& source, const Release& release) {
    if (!source.name.empty()) return source.name;
    std::string out;
    for (unsigned char c : release.origin) out += std::isalnum(c) ? static_cast<char>(std::tolower(c)) : '-';
    return out.empty() ? "repository-" + sha256(source.url).hex().substr(0, 8) : out;
}

Repository describe(const WantedIndex& index, const TrustedRelease& trusted, int priority) {
    Repository out;
    out.name = repository_name(*index.source, trusted.release);
    out.suite = index.source->suite;
    out.component = index.component;
    out.architecture = index.architecture;
    out.date = to_rfc3339(trusted.release.date);
    out.release_digest = trusted.digest;
    out.signed_by = trusted.fingerprint;
    out.priority = priority;
    out.entry = index.source->entry;
    out.base_url = index.source->url;
    out.proxy = index.source->proxy;
    return out;
}

Result<> fetch_some(std::span<const PackageSource> packages, const net::Options& options, const Cache& cache,
                    Progress& progress) {
    std::vector<net::Request> requests;
    for (const auto& [package, repository] : packages) {
        net::Request request;
        request.url = net::join_url(repository->base_url, package->path);
        request.partial = cache.partial_folder() / package->sha256.hex();
        request.most_bytes = package->size;
        request.size = package->size;
        request.sha256 = package->sha256;
        request.proxy = repository->proxy;
        requests.push_back(std::move(request));
    }
    auto answers = net::fetch(requests, options, progress);
    Result<> outcome;
    for (std::size_t i = 0; i < packages.size(); ++i) {
        const auto& package = *packages[i].package;
        auto kept = answers[i] ? cache.adopt_blob(package.sha256, answers[i]->file.path())
                               : Result<>(std::unexpected(std::move(answers[i]).error()));
        if (answers[i]) answers[i]->file = {};  // unlocked as soon as it is a blob
        // Those that came are kept all the same; the first error is told.
        if (!kept && outcome)
            outcome = context(std::move(kept),
                              fmt::format("{} {} ({})", package.name, package.version, package.architecture));
    }
    return outcome;
}

}  // namespace

Result<Opened> open_repositories(std::span<const Source> sources, std::span<const std::string> architectures,
                                 const TrustOptions& trust, const net::Options& options, const Cache& cache,
                                 ThreadPool& pool, Progress& progress) {
    progress.begin("release files", 0);
    auto bytes = fetch_releases(sources, options, cache, progress);
    progress.end();
    if (!bytes) return std::unexpected(std::move(bytes).error());
    auto trusted = TRY(trusted_releases(sources, *bytes, trust, cache));

    std::vector<WantedIndex> wanted;
    std::vector<std::size_t> source_of;
    for (std::size_t i = 0; i < sources.size(); ++i)
        for (const auto& component : sources[i].components)
            for (const auto& architecture : index_architectures(sources[i], trusted[i].release, architectures)) {
                wanted.push_back(TRY(choose_index(sources[i], trusted[i].release, component, architecture)));
                source_of.push_back(i);
            }
    auto indexes = TRY(open_indexes(wanted, options, cache, pool, progress));

    Opened out;
    for (std::size_t k = 0; k < wanted.size(); ++k)
        out.universe.add(describe(wanted[k], trusted[source_of[k]], static_cast<int>(source_of[k])),
                         std::move(indexes[k]));
    for (std::size_t i = 0; i < sources.size(); ++i)
        out.sources.push_back({repository_name(sources[i], trusted[i].release), sources[i].suite, sources[i].origin,
                               to_rfc3339(trusted[i].release.date), (*bytes)[i].from != ReleaseBytes::From::cache,
                               trusted[i].waived});
    return out;
}

std::vector<PackageSource> missing_packages(std::span<const PackageSource> packages, const Cache& cache) {
    std::set<Digest> seen;
    std::vector<PackageSource> out;
    for (const auto& each : packages) {
        bool there = cache.blob_size(each.package->sha256) == each.package->size;
        if (!there && seen.insert(each.package->sha256).second) out.push_back(each);
    }
    return out;
}

Result<Fetched> fetch_packages(std::span<const PackageSource> packages, const net::Options& options, const Cache& cache,
                               Progress& progress) {
    auto missing = missing_packages(packages, cache);
    Fetched out{missing.size()};
    for (const auto& each : missing) out.bytes += each.package->size;
    if (missing.empty()) return out;
    TRY(cache.check_writable(fmt::format("{} and {} more packages are", missing[0].package->name, missing.size() - 1)));
    progress.begin("packages", out.bytes);
    Result<> outcome;
    for (std::size_t at = 0; at < missing.size() && outcome; at += fetched_at_once)
        outcome = fetch_some(std::span(missing).subspan(at, std::min(fetched_at_once, missing.size() - at)), options,
                             cache, progress);
    progress.end();
    if (!outcome) return std::unexpected(std::move(outcome).error());
    return out;
}

}  // namespace pith::pkg::deb
