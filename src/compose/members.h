// One member of a layer: the tar entries of one owner (a package, or the image itself), compressed, without
// the end of the archive. A member is a pure function of its key, and the key names every input: the
// package's digest, each entry with its final owner, mode, time and link, the digest of content made here, the
// composition's version and the compressor. So equal members are found in the cache, whatever image
// asks for them.
#pragma once

#include <string>

#include "archive/deflate.h"
#include "base/cache.h"
#include "base/thread_pool.h"
#include "compose/plan.h"

namespace pith::compose {

struct Member {
    Digest blob;                 // of the compressed bytes, which stand in the cache
    std::uint64_t size = 0;      // of the blob
    std::uint64_t tar_size = 0;  // of the entries
    Digest diff_id_alone;        // of the entries and the end of an archive: the diffID of a layer of this alone
    bool reused = false;
};

// `owner` is an index into the plan's packages, or owned_by_image.
[[nodiscard]] Result<Member> make_member(const Plan& plan, int owner, const archive::Compressor& compressor,
                                         const Cache& cache, ThreadPool& pool);

}  // namespace pith::compose
