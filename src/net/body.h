// The body of one answer on its way to memory or a partial file: counted, hashed and held to what is expected.
#pragma once

#include "base/progress.h"
#include "net/transfer.h"

namespace pith::net {

class Body {
public:
    // Takes over what a partial file already holds, if that can be the beginning of what is expected.
    [[nodiscard]] static Result<Body> open(const Request& request, Progress& progress);

    [[nodiscard]] std::uint64_t size() const { return m_size; }
    // Of what is there so far: 0 if it is not known. See PartialFile.
    [[nodiscard]] std::time_t last_modified() const { return m_last_modified; }
    // Can a further try go on after what is there? Without a digest only the server's date can tell.
    [[nodiscard]] bool resumable() const;
    // Does it hold all that is expected, before anything was asked of a server?
    [[nodiscard]] bool complete() const;

    void note_last_modified(std::time_t time) { m_last_modified = time; }
    // So much of the request's upload was sent; only what exceeds an earlier try counts as progress.
    void note_sent(std::uint64_t bytes);
    // limit or integrity error as soon as there is more than there may be.
    [[nodiscard]] Result<> append(ByteView bytes);
    [[nodiscard]] Result<> restart();
    // Is it exactly what is expected?
    [[nodiscard]] Result<> check() const;
    // The whole body into the answer.
    [[nodiscard]] Response hand_over(Response response);
    // Leaves a partial file such that a later run can go on from it, unless its bytes were at fault.
    [[nodiscard]] Result<> give_up(ErrorCode fault);

private:
    Body(const Request& request, Progress& progress) : m_request(&request), m_progress(&progress) {}
    [[nodiscard]] Result<> take_over();
    [[nodiscard]] std::string hint() const;
    void count(std::uint64_t bytes);

    const Request* m_request;
    Progress* m_progress;
    PartialFile m_file;
    std::string m_memory, m_start;  // m_start: the first bytes, for the hint at HTML
    Hasher m_hasher;
    std::uint64_t m_size = 0, m_reported = 0, m_sent = 0;
    std::time_t m_last_modified = 0;
};

}  // namespace pith::net
