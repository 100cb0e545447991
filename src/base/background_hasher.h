// SHA-256 of a stream on a thread of its own, so that the thread that makes the stream does not wait for it: a
// decompressor and a hash are about equally slow. Memory: 2 MiB, and a block. The object itself belongs to one thread.
#pragma once

#include <memory>

#include "base/digest.h"

namespace pith {

class BackgroundHasher {
public:
    BackgroundHasher();
    ~BackgroundHasher();
    BackgroundHasher(const BackgroundHasher&) = delete;
    BackgroundHasher& operator=(const BackgroundHasher&) = delete;

    // Copies the bytes; waits while too many are queued.
    void update(ByteView bytes);
    // The same without a copy: the bytes must stay as they are until digest() returns.
    void update_in_place(ByteView bytes);
    // Of all that was given; nothing more is taken then.
    [[nodiscard]] Digest digest();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace pith
