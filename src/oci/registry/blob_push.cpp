#include "oci/registry/blob_push.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "net/url.h"
#include "oci/registry/headers.h"

namespace pith::oci::registry {

namespace {

constexpr unsigned most_starts = 6;
constexpr unsigned most_in_vain = 3;  // recoveries in a row without more having arrived than ever before

// A part of an upload.
class Part : public net::Upload {
public:
    Part(std::shared_ptr<const net::Upload> whole, std::uint64_t offset, std::uint64_t size)
        : m_whole(std::move(whole)), m_offset(offset), m_size(size) {}
    std::uint64_t size() const override { return m_size; }
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
        auto left = m_size - std::min(offset, m_size);
        return m_whole->read(m_offset + offset, into.first(std::min<std::uint64_t>(left, into.size())));
    }

private:
    std::shared_ptr<const net::Upload> m_whole;
    std::uint64_t m_offset, m_size;
};

}  // namespace

Result<std::shared_ptr<const PiecesUpload>> PiecesUpload::open(const Blob& blob) {
    auto out = std::make_shared<PiecesUpload>();
    for (const auto& piece : blob.pieces) {
        if (const auto* path = std::get_if<std::filesystem::path>(&piece)) {
            auto file = std::make_shared<const MappedFile>(TRY(context(MappedFile::open(*path), blob.what)));
            auto bytes = file->bytes();
            out->m_parts.push_back({std::move(file), bytes});
        } else if (const auto* bytes = std::get_if<std::shared_ptr<const Bytes>>(&piece)) {
            out->m_keep.push_back(*bytes);
            out->m_parts.push_back({nullptr, **bytes});
        } else {
            out->m_parts.push_back(std::get<MappedPart>(piece));
        }
        out->m_size += out->m_parts.back().bytes.size();
    }
    if (out->m_size != blob.descriptor.size)
        return fail(ErrorCode::damaged, fmt::format("{} has {} bytes, and its descriptor says {}: a cached file is "
                                                    "damaged; `pith cache verify`, then build again",
                                                    blob.what, out->m_size, blob.descriptor.size));
    return out;
}

Result<std::size_t> PiecesUpload::read(std::uint64_t offset, std::span<std::byte> into) const {
    std::size_t done = 0;
    for (const auto& part : m_parts) {
        if (offset >= part.bytes.size()) {
            offset -= part.bytes.size();
            continue;
        }
        auto from = part.bytes.subspan(offset, std::min<std::uint64_t>(part.bytes.size() - offset, into.size() - done));
        std::memcpy(into.data() + done, from.data(), from.size());
        done += from.size();
        offset = 0;
        if (done == into.size()) break;
    }
    return done;
}

Digest PiecesUpload::digest() const {
    Hasher hasher;
    for (const auto& part : m_parts) hasher.update(part.bytes);
    return hasher.digest();
}

BlobPush::BlobPush(const Endpoint& endpoint, const Blob& blob, Options options, Result<BlobOutcome>& outcome)
    : Exchange(endpoint), m_blob(blob), m_options(std::move(options)), m_outcome(outcome) {}

BlobPush::Next BlobPush::begin() {
    return request(fmt::format("{}/blobs/{}", m_options.repository, m_blob.descriptor.digest.text()),
                   net::Method::head);
}

BlobPush::Next BlobPush::follow(Result<net::Response> answer) {
    bool sending = m_state == State::sending_all || m_state == State::sending_part || m_state == State::closing;
    if (m_state == State::looking) return looked(answer ? &*answer : nullptr);
    if (sending && (!answer || answer->status >= 400)) return recover(std::move(answer));
    if (!answer) return end(std::unexpected(std::move(answer).error()));
    switch (m_state) {
        case State::asked:
            if (answer->status == 200) return end(BlobOutcome::existed);
            return answer->status == 404 ? start(m_options.mount_from) : refuse(*answer);
        case State::mounting:
            if (answer->status == 201) return end(BlobOutcome::mounted);
            // What may not be mounted is sent, whether the registry says so by beginning an upload or by an error.
            return answer->status == 202 ? started(*answer) : start("");
        case State::starting: return answer->status == 202 ? started(*answer) : refuse(*answer);
        case State::sending_part: return answer->status == 202 ? part_taken(*answer) : refuse(*answer);
        default: return answer->status == 201 ? end(BlobOutcome::sent) : refuse(*answer);
    }
}

BlobPush::Next BlobPush::end(Result<BlobOutcome> outcome) {
    m_outcome = context(std::move(outcome), m_blob.what);
    m_bytes.reset();
    return std::nullopt;
}

BlobPush::Next BlobPush::refuse(const net::Response& answer) {
    return end(std::unexpected(unexpected_answer(m_endpoint, answer, "the right to push to " + m_options.repository)));
}

BlobPush::Next BlobPush::start(const std::string& mount_from) {
    if (mount_from.empty() && m_blob.pieces.empty()) return end(BlobOutcome::wanted);
    ++m_starts;
    m_state = mount_from.empty() ? State::starting : State::mounting;
    auto out = request(fmt::format("{}/blobs/uploads/", m_options.repository), net::Method::post);
    if (mount_from.empty()) return out;
    out.url = net::with_query(out.url, "mount", m_blob.descriptor.digest.text());
    out.url = net::with_query(out.url, "from", mount_from);
    return out;
}

bool BlobPush::take_location(const net::Response& answer) {
    auto location = answer.header("Location");
    if (location.empty()) return false;
    auto url = follow_url(answer, location);
    if (url) m_location = std::move(*url);
    return url.has_value();
}

BlobPush::Next BlobPush::started(const net::Response& answer) {
    if (m_blob.pieces.empty()) return end(BlobOutcome::wanted);
    if (!take_location(answer))
        return end(fail(ErrorCode::network,
                        fmt::format("{} begins an upload and does not say where (Location)", m_endpoint.host)));
    if (!m_bytes) {
        auto bytes = PiecesUpload::open(m_blob);
        if (!bytes) return end(std::unexpected(std::move(bytes).error()));
        m_bytes = std::move(*bytes);
    }
    auto least = parse_number(answer.header("OCI-Chunk-Min-Length")).value_or(0);
    m_chunk = std::max(m_options.chunk_bytes, least);
    m_offset = 0;
    return send();
}

// All that is left in one closing request, unless it is much.
BlobPush::Next BlobPush::send() {
    auto left = m_bytes->size() - m_offset;
    net::Request out{.url = m_location,
                     .method = net::Method::patch,
                     .headers = {{"Content-Type", "application/octet-stream"}},
                     .repeatable = false};
    if (m_offset == 0 && left <= m_chunk) {
        m_state = State::sending_all;
        m_end = m_bytes->size();
        out.method = net::Method::put;
        out.url = net::with_query(out.url, "digest", m_blob.descriptor.digest.text());
        out.upload = m_bytes;
        return out;
    }
    if (left == 0) return close();
    auto size = std::min(left, m_chunk);
    m_state = State::sending_part;
    m_end = m_offset + size;
    out.headers.emplace_back("Content-Range", fmt::format("{}-{}", m_offset, m_end - 1));
    out.upload = std::make_shared<Part>(m_bytes, m_offset, size);
    return out;
}

BlobPush::Next BlobPush::close() {
    m_state = State::closing;
    net::Request out{.url = net::with_query(m_location, "digest", m_blob.descriptor.digest.text()),
                     .method = net::Method::put,
                     .repeatable = false};
    return out;
}

BlobPush::Next BlobPush::part_taken(const net::Response& answer) {
    (void)take_location(answer);  // without one it stays where it was
    auto has = uploaded(answer.header("Range")).value_or(m_end);
    if (has > m_end || has <= m_offset) {
        m_fault = unexpected_answer(m_endpoint, answer, "upload of the blob");
        return looked(&answer);
    }
    note_arrived(has);
    return send();
}

void BlobPush::note_arrived(std::uint64_t offset) {
    m_offset = offset;
    if (offset > m_furthest) m_furthest = offset, m_in_vain = 0;
}

// Something went wrong while bytes were sent: how far did it get?
BlobPush::Next BlobPush::recover(Result<net::Response> answer) {
    if (answer && (answer->status == 401 || answer->status == 403 || answer->status == 413)) return refuse(*answer);
    if (answer && answer->status == 400 && m_bytes->digest() != m_blob.descriptor.digest)
        return end(fail(ErrorCode::damaged,
                        fmt::format("its bytes do not have the digest {}: a cached file is damaged; `pith cache "
                                    "verify`, then build again",
                                    m_blob.descriptor.digest.text())));
    m_fault = answer ? unexpected_answer(m_endpoint, *answer, "upload of the blob") : std::move(answer).error();
    if (++m_in_vain > most_in_vain) return end(std::unexpected(std::move(*m_fault)));
    m_state = State::looking;
    net::Request out{.url = m_location};
    out.pause = m_endpoint.options->retry_pause * (1U << (m_in_vain - 1));
    return out;
}

// Goes on from where the registry says that it is, or begins again.
BlobPush::Next BlobPush::looked(const net::Response* answer) {
    if (answer && answer->status == 204) {
        auto has = uploaded(answer->header("Range")).value_or(0);
        if (has == 1) has = 0;  // "0-0" is also what some say of nothing
        if (has <= m_end) {
            (void)take_location(*answer);
            note_arrived(has);
            return send();
        }
    }
    if (m_starts >= most_starts) return end(std::unexpected(std::move(*m_fault)));
    m_state = State::asked;  // perhaps it is whole, and only the answer was lost
    return begin();
}

}  // namespace pith::oci::registry
