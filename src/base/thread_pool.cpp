#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace pith {

namespace {

// One call of run(): indices are claimed in ascending order, so when a task fails every lower index
// has at least been started, and the lowest failure is the same on every run.
struct Batch {
    std::size_t count = 0;
    const std::function<bool(std::size_t)>* task = nullptr;
    std::size_t next = 0, active = 0;  // under the pool's mutex
};

}  // namespace

struct ThreadPool::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Batch*> batches;
    unsigned jobs = 1;
    std::vector<std::thread> threads;  // made when there is work for them
    bool stopping = false;

    // Claims and runs one index of `batch`; the lock is held on entry and on return.
    void step(Batch& batch, std::unique_lock<std::mutex>& lock) {
        std::size_t index = batch.next++;
        ++batch.active;
        if (batch.next == batch.count) std::erase(batches, &batch);
        lock.unlock();
        bool go_on = (*batch.task)(index);
        lock.lock();
        if (!go_on && batch.next < batch.count) {
            batch.next = batch.count;
            std::erase(batches, &batch);
        }
        if (--batch.active == 0 && batch.next == batch.count) changed.notify_all();
    }

    void work() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stopping || !batches.empty(); });
            if (stopping) return;
            step(*batches.back(), lock);
        }
    }
};

ThreadPool::ThreadPool(unsigned jobs) : m_state(std::make_unique<State>()) {
    m_state->jobs = jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

ThreadPool::~ThreadPool() {
    {
        std::lock_guard lock(m_state->mutex);
        m_state->stopping = true;
    }
    m_state->changed.notify_all();
    for (auto& thread : m_state->threads) thread.join();
}

unsigned ThreadPool::jobs() const { return m_state->jobs; }

void ThreadPool::for_each(std::size_t count, const std::function<void(std::size_t)>& task) {
    run(count, [&](std::size_t i) {
        task(i);
        return true;
    });
}

void ThreadPool::run(std::size_t count, const std::function<bool(std::size_t)>& task) {
    if (count == 0) return;
    Batch batch{count, &task};
    std::unique_lock lock(m_state->mutex);
    while (count > 1 && m_state->threads.size() + 1 < m_state->jobs)
        m_state->threads.emplace_back([state = m_state.get()] { state->work(); });
    m_state->batches.push_back(&batch);
    m_state->changed.notify_all();
    while (batch.next < batch.count) m_state->step(batch, lock);
    m_state->changed.wait(lock, [&] { return batch.active == 0; });
}

}  // namespace pith
