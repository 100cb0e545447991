#include "pkg/deb/release_fetch.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "net/url.h"

namespace pith::pkg::deb {

namespace {

constexpr std::string_view record_kind = "deb-release";
constexpr std::uint64_t most_release = 16 * MiB;

Digest record_key(const Source& source) { return sha256("1\n" + url_in_suite(source, "")); }

// A record: etag, last-modified and the size of the file, a line each; the file; the signature.
std::optional<ReleaseBytes> decode(std::string_view record) {
    std::string_view lines[3];
    for (auto& line : lines) {
        auto end = record.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        line = record.substr(0, end);
        record.remove_prefix(end + 1);
    }
    auto size = parse_number(lines[2]);
    if (!size || *size > record.size()) return std::nullopt;
    return ReleaseBytes{std::string(record.substr(0, *size)), std::string(record.substr(*size)), std::string(lines[0]),
                        std::string(lines[1]), ReleaseBytes::From::confirmed};
}

std::string encode(const ReleaseBytes& bytes) {
    return fmt::format("{}\n{}\n{}\n{}{}", bytes.etag, bytes.last_modified, bytes.file.size(), bytes.file,
                       bytes.signature);
}

net::Request request_for(const Source& source, std::string_view file) {
    net::Request out;
    out.url = url_in_suite(source, file);
    out.most_bytes = most_release;
    out.proxy = source.proxy;
    return out;
}

// What one answer to the request for InRelease gives; nothing if there is no InRelease.
Result<std::optional<ReleaseBytes>> take(Result<net::Response>&& answer, std::optional<ReleaseBytes>& kept) {
    if (answer && !answer->not_modified)
        return ReleaseBytes{std::move(answer->body), "", std::move(answer->etag), std::move(answer->last_modified)};
    if (answer) return std::move(kept);
    auto code = answer.error().code;
    if (code == ErrorCode::offline && kept) {
        kept->from = ReleaseBytes::From::cache;
        return std::move(kept);
    }
    if (code == ErrorCode::not_found) return std::nullopt;
    return std::unexpected(std::move(answer).error());
}

// Release and Release.gpg, of the sources that have no InRelease.
Result<ReleaseBytes> take_detached(const Source& source, Result<net::Response>&& release,
                                   Result<net::Response>&& signature) {
    if (!release) return std::unexpected(std::move(release).error());
    bool unsigned_is_fine = source.trusted && !signature && signature.error().code == ErrorCode::not_found;
    if (!signature && !unsigned_is_fine) return std::unexpected(std::move(signature).error());
    return ReleaseBytes{std::move(release->body), signature ? std::move(signature->body) : std::string(), "", ""};
}

}  // namespace

std::string url_in_suite(const Source& source, std::string_view path) {
    return net::join_url(source.url, fmt::format("dists/{}/{}", source.suite, path));
}

Result<std::vector<ReleaseBytes>> fetch_releases(std::span<const Source> sources, const net::Options& options,
                                                 const Cache& cache, Progress& progress) {
    std::vector<std::optional<ReleaseBytes>> kept;
    std::vector<net::Request> requests;
    for (const auto& source : sources) {
        auto record = cache.record(record_kind, record_key(source));
        kept.push_back(record ? decode(*record) : std::nullopt);
        requests.push_back(request_for(source, "InRelease"));
        if (!kept.back()) continue;
        requests.back().etag = kept.back()->etag;
        requests.back().last_modified = kept.back()->last_modified;
    }
    auto answers = net::fetch(requests, options, progress);

    std::vector<ReleaseBytes> out(sources.size());
    std::vector<std::size_t> detached;
    requests.clear();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        auto taken = TRY(take(std::move(answers[i]), kept[i]));
        if (taken) {
            out[i] = std::move(*taken);
            continue;
        }
        detached.push_back(i);
        requests.push_back(request_for(sources[i], "Release"));
        requests.push_back(request_for(sources[i], "Release.gpg"));
    }
    answers = net::fetch(requests, options, progress);
    for (std::size_t k = 0; k < detached.size(); ++k)
        out[detached[k]] =
            TRY(take_detached(sources[detached[k]], std::move(answers[2 * k]), std::move(answers[2 * k + 1])));
    return out;
}

Result<> keep_release(const Source& source, const ReleaseBytes& bytes, const Cache& cache) {
    return cache.put_record(record_kind, record_key(source), encode(bytes));
}

}  // namespace pith::pkg::deb
