#include "cli/terminal.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/bytes.h"

namespace pith::cli {

namespace {

constexpr auto redraw_after = std::chrono::milliseconds(100);

// Totals above this are bytes; counts of layers and indexes stay far below.
std::string amount(std::uint64_t value, std::uint64_t total) {
    return total >= MiB ? human_size(value) : fmt::format("{}", value);
}

}  // namespace

Terminal::Terminal(bool quiet) : m_quiet(quiet) {
    const char* term = std::getenv("TERM");
    m_draws = !quiet && ::isatty(STDERR_FILENO) == 1 && term && std::string_view(term) != "dumb";
}

Terminal::~Terminal() { wipe(); }

void Terminal::begin(std::string_view step, std::uint64_t total) {
    std::lock_guard lock(m_mutex);
    m_step = step;
    m_total = total;
    m_done = 0;
    draw(true);
}

void Terminal::advance(std::uint64_t done) {
    std::lock_guard lock(m_mutex);
    m_done += done;
    draw(false);
}

void Terminal::end() {
    std::lock_guard lock(m_mutex);
    wipe();
    m_step.clear();
}

void Terminal::note(std::string_view text) {
    std::lock_guard lock(m_mutex);
    if (m_quiet || !m_noted.emplace(text).second) return;
    wipe();
    fmt::print(stderr, "note: {}\n", text);
}

void Terminal::print(std::string_view text) {
    std::lock_guard lock(m_mutex);
    if (m_quiet) return;
    wipe();
    fmt::print(stderr, "{}", text);
}

void Terminal::draw(bool now) {
    if (!m_draws || m_step.empty()) return;
    auto time = std::chrono::steady_clock::now();
    if (!now && time - m_last < redraw_after) return;
    m_last = time;
    wipe();
    if (m_total > 0)
        fmt::print(stderr, "{} {}/{} ({} %)", m_step, amount(m_done, m_total), amount(m_total, m_total),
                   m_done * 100 / m_total);
    else
        fmt::print(stderr, "{} …", m_step);
    std::fflush(stderr);
    m_drawn = true;
}

void Terminal::wipe() {
    if (!m_drawn) return;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    m_drawn = false;
}

}  // namespace pith::cli
