// Checkpoints: a log's signed word on its size and root hash.
// Source: C2SP signed-note.md and tlog-checkpoint.md: lines of origin, size and root hash, perhaps more, an empty line,
// and lines "— NAME BASE64" of a four-byte key hint and a signature over the text before the empty line.
// Signatures by keys that are not known (witnesses) are passed over, wherever they stand.
// Limits: 64 KiB, 64 signatures. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trust/trusted_root.h"

namespace pith::trust {

struct NoteSignature {
    std::string name;
    Bytes hint;  // four bytes
    Bytes value;
};

struct Checkpoint {
    std::string text;    // that is signed
    std::string origin;  // of Rekor's first version "NAME - TREE"
    std::uint64_t tree_size = 0;
    Bytes root_hash;
    std::vector<NoteSignature> signatures;

    [[nodiscard]] std::string_view name() const;  // of the log: the origin without the tree
};

// Errors: limit, format.
[[nodiscard]] Result<Checkpoint> read_checkpoint(std::string_view note);

// An integrity error unless one of the signatures is the log's own, under the name of the origin.
[[nodiscard]] Result<> verify_checkpoint(const Checkpoint& checkpoint, const Log& log);

}  // namespace pith::trust
