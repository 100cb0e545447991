// Claims and facts as bytes, the blobs of the database: numbers as LEB128, texts with their length before them.
// Reading is bounded: 10,000,000 items in all lists of one claim cannot be, since each takes a byte of the blob.
// Thread-safety: a ClaimReader belongs to one thread.
#pragma once

#include <string>

#include "advisory/model.h"
#include "base/result.h"

namespace pith::advisory {

void append_claim(std::string& blob, const Claim& claim);
[[nodiscard]] std::string encode_fact(const Fact& fact);

// Reads the claims of a blob, one after the other.
class ClaimReader {
public:
    explicit ClaimReader(std::string_view blob) : m_rest(blob) {}
    [[nodiscard]] bool at_end() const { return m_rest.empty(); }
    // Views of the blob; its lists keep their memory from one claim to the next. Errors: format.
    [[nodiscard]] Result<> next(Claim& claim);

private:
    std::string_view m_rest;
};

// Views of the blob. Errors: format.
[[nodiscard]] Result<Fact> decode_fact(std::string_view blob);

}  // namespace pith::advisory
