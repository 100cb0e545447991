#include "base/background_hasher.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace pith {

namespace {
constexpr std::size_t most_queued = 2 * MiB;
}

struct BackgroundHasher::State {
    struct Block {
        Bytes copy;  // empty where the view is of bytes that stay
        ByteView view;
        [[nodiscard]] ByteView bytes() const { return copy.empty() ? view : ByteView(copy); }
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Block> queue;
    std::vector<Bytes> spare;  // blocks to copy into, so that each is allocated once
    std::size_t queued = 0;    // bytes of the copies
    bool ended = false;
    Hasher hasher;
    std::jthread thread;

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return !queue.empty() || ended; });
            if (queue.empty()) return;
            auto block = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            hasher.update(block.bytes());
            lock.lock();
            queued -= block.copy.size();
            spare.push_back(std::move(block.copy));
            changed.notify_all();
        }
    }

    void end() {
        {
            std::lock_guard lock(mutex);
            ended = true;
        }
        changed.notify_all();
        if (thread.joinable()) thread.join();
    }
};

BackgroundHasher::BackgroundHasher() : m_state(std::make_unique<State>()) {
    m_state->thread = std::jthread([state = m_state.get()] { state->run(); });
}

BackgroundHasher::~BackgroundHasher() { m_state->end(); }

void BackgroundHasher::update(ByteView bytes) {
    if (bytes.empty()) return;
    auto& state = *m_state;
    std::unique_lock lock(state.mutex);
    state.changed.wait(lock, [&] { return state.queued < most_queued; });
    Bytes copy;
    if (!state.spare.empty()) {
        copy = std::move(state.spare.back());
        state.spare.pop_back();
    }
    lock.unlock();
    copy.assign(bytes.begin(), bytes.end());
    lock.lock();
    state.queued += copy.size();
    state.queue.push_back({std::move(copy), {}});
    state.changed.notify_all();
}

void BackgroundHasher::update_in_place(ByteView bytes) {
    std::lock_guard lock(m_state->mutex);
    m_state->queue.push_back({{}, bytes});
    m_state->changed.notify_all();
}

Digest BackgroundHasher::digest() {
    m_state->end();
    return m_state->hasher.digest();
}

}  // namespace pith
