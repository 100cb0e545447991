// Standard error as the user sees it: progress with totals on a terminal, notes and summaries everywhere,
// nothing but errors when quiet. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <string>

#include "base/progress.h"

namespace pith::cli {

class Terminal : public Progress {
public:
    explicit Terminal(bool quiet);
    ~Terminal() override;

    void begin(std::string_view step, std::uint64_t total) override;
    void advance(std::uint64_t amount) override;
    void end() override;
    void note(std::string_view text) override;  // each text once
    void print(std::string_view text);          // a summary: lines as they are

private:
    void draw(bool now);
    void wipe();

    std::mutex m_mutex;
    bool m_quiet = false, m_draws = false, m_drawn = false;
    std::string m_step;
    std::uint64_t m_done = 0, m_total = 0;
    std::chrono::steady_clock::time_point m_last{};
    std::set<std::string, std::less<>> m_noted;
};

}  // namespace pith::cli
