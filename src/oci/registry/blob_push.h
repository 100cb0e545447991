// One blob on its way into a registry: asked for, mounted from another repository, or sent; in one piece, or in parts
// where it is large. A cut is taken up where the registry says it stands; where it says nothing, sending begins again.
// Source: distribution-spec 1.1, "Pushing blobs", "Pushing a blob in chunks", "Mounting a blob from another
// repository".
#pragma once

#include "oci/blobs.h"
#include "oci/registry/exchange.h"

namespace pith::oci::registry {

// The bytes of a blob's pieces, or a part of them, to be sent.
class PiecesUpload : public net::Upload {
public:
    [[nodiscard]] static Result<std::shared_ptr<const PiecesUpload>> open(const Blob& blob);
    std::uint64_t size() const override { return m_size; }
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override;
    [[nodiscard]] Digest digest() const;

private:
    std::vector<MappedPart> m_parts;
    std::vector<std::shared_ptr<const Bytes>> m_keep;
    std::uint64_t m_size = 0;
};

enum class BlobOutcome {
    existed,
    mounted,
    sent,
    wanted,  // it must be sent, and there are no bytes yet: the blob has no pieces
};

class BlobPush : public Exchange {
public:
    // `mount_from`: repositories of the same registry that have the blob, or had it; the first is tried.
    struct Options {
        std::uint64_t chunk_bytes;
        std::string repository, mount_from;
    };
    // All but the options must outlive it.
    BlobPush(const Endpoint& endpoint, const Blob& blob, Options options, Result<BlobOutcome>& outcome);

protected:
    std::optional<net::Request> begin() override;
    std::optional<net::Request> follow(Result<net::Response> answer) override;

private:
    enum class State { asked, starting, mounting, sending_all, sending_part, closing, looking };
    using Next = std::optional<net::Request>;

    Next end(Result<BlobOutcome> outcome);
    Next refuse(const net::Response& answer);
    Next start(const std::string& mount_from);
    Next started(const net::Response& answer);
    Next send();
    Next close();
    Next part_taken(const net::Response& answer);
    Next recover(Result<net::Response> answer);
    void note_arrived(std::uint64_t offset);
    Next looked(const net::Response* answer);
    [[nodiscard]] bool take_location(const net::Response& answer);

    const Blob& m_blob;
    const Options m_options;
    Result<BlobOutcome>& m_outcome;
    std::shared_ptr<const PiecesUpload> m_bytes;
    State m_state = State::asked;
    std::string m_location;        // of the upload
    std::uint64_t m_chunk = 0;     // how much is sent at once
    std::uint64_t m_offset = 0;    // what the registry has
    std::uint64_t m_end = 0;       // what it will have when the part under way is taken
    std::uint64_t m_furthest = 0;  // what it ever had
    unsigned m_in_vain = 0, m_starts = 0;
    std::optional<Error> m_fault;  // why it began to recover
};

}  // namespace pith::oci::registry
