// The one thread pool. Work is handed out by index and results come back in index order, so no
// output can depend on timing. A caller that waits works too, so nested use cannot deadlock and
// `jobs == 1` runs everything on the calling thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

#include "base/result.h"

namespace pith {

class ThreadPool {
public:
    // `jobs` counts the calling thread; 0 means one for each core.
    explicit ThreadPool(unsigned jobs = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] unsigned jobs() const;

    // Runs task(0) … task(count - 1), in any order, and returns when all have ended.
    void for_each(std::size_t count, const std::function<void(std::size_t)>& task);

    // The same for tasks that give a value: all values in index order, or the error of the lowest
    // index that failed (tasks not yet started are then not run).
    template <class T>
    [[nodiscard]] Result<std::vector<T>> map(std::size_t count, const std::function<Result<T>(std::size_t)>& task);
    // One task for each of `weights`, the heaviest begun first, so that none is left alone at the end; the error is
    // that of the heaviest that failed.
    template <class T>
    [[nodiscard]] Result<std::vector<T>> map_heaviest_first(const std::vector<std::uint64_t>& weights,
                                                            const std::function<Result<T>(std::size_t)>& task);

private:
    struct State;
    std::unique_ptr<State> m_state;
    void run(std::size_t count, const std::function<bool(std::size_t)>& task);
};

template <class T>
Result<std::vector<T>> ThreadPool::map(std::size_t count, const std::function<Result<T>(std::size_t)>& task) {
    std::vector<Result<T>> results;
    results.reserve(count);
    for (std::size_t i = 0; i < count; ++i) results.emplace_back(fail(ErrorCode::internal, "not run"));
    run(count, [&](std::size_t i) {
        results[i] = task(i);
        return results[i].has_value();
    });
    std::vector<T> values;
    values.reserve(count);
    for (auto& result : results) {
        if (!result) return std::unexpected(std::move(result).error());
        values.push_back(std::move(*result));
    }
    return values;
}

template <class T>
Result<std::vector<T>> ThreadPool::map_heaviest_first(const std::vector<std::uint64_t>& weights,
                                                      const std::function<Result<T>(std::size_t)>& task) {
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return weights[i]; });
    auto sorted = map<T>(order.size(), [&](std::size_t i) { return task(order[i]); });
    if (!sorted) return std::unexpected(std::move(sorted).error());
    std::vector<std::size_t> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    std::vector<T> values;
    values.reserve(order.size());
    for (auto i : place) values.push_back(std::move((*sorted)[i]));
    return values;
}

}  // namespace pith
