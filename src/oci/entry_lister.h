// One file after another becomes entries of a listing: hashed as it comes, kept where it is asked for.
#pragma once

#include "base/digest.h"
#include "base/spool.h"
#include "oci/layer_listing.h"

namespace pith::oci {

class EntryLister {
public:
    explicit EntryLister(const Selection& selection) : m_selection(selection) {}

    // `entry` without digests and content; of a file, `entry.size` bytes follow by content(), then end().
    void begin(ListedEntry entry);
    [[nodiscard]] Result<> content(ByteView bytes);
    [[nodiscard]] Result<> end();

    [[nodiscard]] LayerListing take() { return std::move(m_listing); }

private:
    static constexpr std::size_t most_in_memory = 4 * MiB;

    const Selection& m_selection;
    LayerListing m_listing;
    void decide(std::string_view head);
    [[nodiscard]] Result<> keep(ByteView content);

    Hasher m_sha256, m_sha1{HashKind::sha1};
    std::uint64_t m_kept = 0;
    bool m_decided = false, m_wanted = false;
    Spool m_content{most_in_memory};  // of the file that is passing by, where it is wanted and comes in pieces
};

}  // namespace pith::oci
