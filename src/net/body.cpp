#include "net/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/url.h"

namespace pith::net {

namespace {
constexpr std::size_t start_size = 256;  // enough to tell a page
}

Result<Body> Body::open(const Request& request, Progress& progress) {
    Body body(request, progress);
    if (request.partial.empty()) return body;
    body.m_file = TRY(PartialFile::acquire(request.partial));
    TRY(body.take_over());
    return body;
}

Result<> Body::take_over() {
    auto size = TRY(m_file.size());
    if (size == 0) return {};
    if (size > m_request->most_bytes || (m_request->size && size > *m_request->size)) return m_file.truncate();
    auto mapped = TRY(MappedFile::from(m_file.fd(), m_file.path()));
    m_hasher.update(mapped.bytes());
    m_start = as_text(mapped.bytes().first(std::min<std::size_t>(start_size, mapped.bytes().size())));
    m_last_modified = m_file.last_modified();
    count(size);
    return {};
}

void Body::count(std::uint64_t bytes) {
    m_size += bytes;
    if (m_size > m_reported) m_progress->advance(m_size - std::exchange(m_reported, m_size));
}

void Body::note_sent(std::uint64_t bytes) {
    if (bytes > m_sent) m_progress->advance(bytes - std::exchange(m_sent, bytes));
}

bool Body::resumable() const { return m_file && m_size > 0 && (m_request->sha256.has_value() || m_last_modified != 0); }

bool Body::complete() const { return m_request->sha256 && m_request->size == m_size && check().has_value(); }

Result<> Body::append(ByteView bytes) {
    if (m_start.size() < start_size)
        m_start += as_text(bytes.first(std::min(start_size - m_start.size(), bytes.size())));
    auto size = m_size + bytes.size();
    if (m_request->size && size > *m_request->size)
        return fail(ErrorCode::integrity, fmt::format("'{}' is longer than the {} bytes it must have{}",
                                                      printable_url(m_request->url), *m_request->size, hint()));
    if (size > m_request->most_bytes)
        return fail(ErrorCode::limit,
                    fmt::format("'{}' is larger than {}, the most that is fetched{}", printable_url(m_request->url),
                                human_size(m_request->most_bytes), hint()));
    m_hasher.update(bytes);
    if (m_file)
        TRY(m_file.append(bytes));
    else
        m_memory += as_text(bytes);
    count(bytes.size());
    return {};
}

Result<> Body::restart() {
    if (m_file) TRY(m_file.truncate());
    m_memory.clear();
    m_start.clear();
    m_hasher = Hasher();
    m_size = 0;
    m_last_modified = 0;
    return {};
}

Result<> Body::check() const {
    auto url = printable_url(m_request->url);
    if (m_request->size && m_size != *m_request->size)
        return fail(ErrorCode::integrity, fmt::format("'{}' has the wrong size: expected {} bytes, got {}{}", url,
                                                      *m_request->size, m_size, hint()));
    if (m_request->sha256 && m_hasher.digest() != *m_request->sha256)
        return fail(ErrorCode::integrity, fmt::format("'{}' has the wrong SHA-256: expected {}, got {}{}", url,
                                                      m_request->sha256->hex(), m_hasher.digest().hex(), hint()));
    return {};
}

Response Body::hand_over(Response response) {
    response.body = std::move(m_memory);
    response.file = std::move(m_file);
    return response;
}

Result<> Body::give_up(ErrorCode fault) {
    if (!m_file) return {};
    if (fault == ErrorCode::integrity || fault == ErrorCode::limit) return m_file.truncate();
    m_file.set_last_modified(m_last_modified);
    return {};
}

std::string Body::hint() const {
    if (!looks_like_html(m_start)) return {};
    return "; it looks like an HTML page: an error page, or a proxy or login portal in between";
}

}  // namespace pith::net
