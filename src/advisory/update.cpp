#include "advisory/update.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "advisory/database.h"
#include "advisory/feeds/open_feed.h"
#include "base/file.h"
#include "base/text.h"

namespace pith::advisory {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_fetched = 2 * GiB;
constexpr std::uint64_t whole_tracker = 1000;  // sources; the whole one has some 4,000

bool is_url(std::string_view place) { return place.starts_with("http://") || place.starts_with("https://"); }

std::string stem_of(const std::string& place) {
    auto name = fs::path(place).filename().string();
    return name.substr(0, name.find('.'));
}

// A feed on its way: where its bytes are, and what became of them.
struct Job {
    const FeedSource* source = nullptr;
    fs::path file;
    net::Response response;  // holds the fetched file's lock
    feeds::Opened opened;
    Outcome outcome;

    void fail_with(Error error) {
        outcome.kind = Outcome::Kind::failed;
        outcome.error = std::move(error);
    }
    [[nodiscard]] bool live() const { return outcome.kind == Outcome::Kind::updated; }
};

// What the database has from a source's address; null where that would not do: it is to be described otherwise now.
const Feed* had_from(const FeedSource& source, const std::vector<Feed>& old) {
    for (const auto& feed : old) {
        if (feed.source != source.place || (!source.name.empty() && feed.name != source.name)) continue;
        bool same = (feed.partial || !source.partial) && (source.date.empty() || feed.date == source.date);
        return same ? &feed : nullptr;
    }
    return nullptr;
}

void fetch_all(std::vector<Job>& jobs, const std::vector<Feed>& old, const fs::path& folder,
               const net::Options& options, Progress& progress) {
    std::vector<net::Request> requests;
    std::vector<Job*> fetched;
    for (auto& job : jobs) {
        if (!is_url(job.source->place)) continue;
        net::Request request;
        request.url = job.source->place;
        request.partial = folder / fmt::format(".fetch-{}.part", sha256(request.url).brief());
        request.most_bytes = most_fetched;
        if (const auto* had = had_from(*job.source, old)) {
            request.etag = had->etag;
            request.last_modified = had->last_modified;
        }
        requests.push_back(std::move(request));
        fetched.push_back(&job);
    }
    if (requests.empty()) return;
    progress.begin("fetching advisories", 0);
    auto responses = net::fetch(requests, options, progress);
    progress.end();
    for (std::size_t i = 0; i < fetched.size(); ++i) {
        if (!responses[i]) {
            fetched[i]->fail_with(std::move(responses[i]).error());
            continue;
        }
        fetched[i]->response = std::move(*responses[i]);
        fetched[i]->file = requests[i].partial;
        if (fetched[i]->response.not_modified) fetched[i]->outcome.kind = Outcome::Kind::unchanged;
    }
}

// RFC 9110's "Tue, 24 Nov 2026 03:41:00 GMT" as a date; empty where it is none.
std::string date_of_header(const std::string& text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    auto parts = words(text);
    if (parts.size() < 4 || parts[1].size() != 2 || parts[2].size() != 3) return {};
    auto month = months.find(parts[2]);
    auto out = month == months.npos ? "" : fmt::format("{}-{:02}-{}", parts[3], month / 3 + 1, parts[1]);
    return is_date(out) ? out : "";
}

std::string date_of_file(const fs::path& file) {
    struct stat facts{};
    if (stat(file.c_str(), &facts) != 0) return {};
    std::chrono::year_month_day date(
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(facts.st_mtime))));
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

// Of Alpine's feeds, whose files all are called "main": by what they cover.
std::string name_of(const FeedSource& source, const feeds::Opened& opened) {
    if (!source.name.empty()) return source.name;
    bool covers = opened.format == "secdb" && !opened.data.claims().empty();
    return opened.format + ":" + (covers ? opened.data.claims().rbegin()->first : stem_of(source.place));
}

void describe(Job& job) {
    const auto& source = *job.source;
    auto& feed = job.outcome.feed;
    const auto& data = job.opened.data;
    feed.name = name_of(source, job.opened);
    feed.format = job.opened.format;
    feed.source = is_url(source.place) ? source.place : fs::path(source.place).filename().string();
    feed.digest = job.opened.digest;
    feed.partial = source.partial || (feed.format == "debian-tracker" && data.records() < whole_tracker);
    feed.records = data.records();
    feed.skipped = data.skipped();
    feed.etag = job.response.etag;
    feed.last_modified = job.response.last_modified;
    feed.date = source.date.empty() ? data.date() : source.date;
    if (feed.date.empty()) feed.date = date_of_header(feed.last_modified);
    if (feed.date.empty()) feed.date = date_of_file(source.records.empty() ? job.file : source.records.front());
}

Result<> open(Job& job) {
    const auto& source = *job.source;
    job.opened = TRY(source.records.empty() ? feeds::open_file(job.file, {}) : feeds::open_records(source.records, {}));
    if (job.opened.data.empty()) return fail(ErrorCode::format, "it says nothing that could be taken in");
    describe(job);
    if (!is_date(job.outcome.feed.date))
        return fail(ErrorCode::format, "it does not say of which day it is: give --date");
    return {};
}

void open_all(std::vector<Job>& jobs, ThreadPool& pool) {
    pool.for_each(jobs.size(), [&](std::size_t i) {
        auto& job = jobs[i];
        if (!job.live()) return;
        if (job.file.empty()) job.file = job.source->place;
        if (auto opened = context(open(job), fmt::format("'{}'", job.source->place)); !opened)
            job.fail_with(std::move(opened).error());
    });
}

// Those without rows of their own are named all the same.
void name_others(std::vector<Job>& jobs, const std::vector<Feed>& old) {
    for (auto& job : jobs) {
        if (job.outcome.kind == Outcome::Kind::unchanged) {
            job.outcome.feed = *had_from(*job.source, old);
            continue;
        }
        if (!job.live()) job.outcome.feed.name = job.source->name.empty() ? job.source->place : job.source->name;
    }
}

std::vector<FeedToWrite> feeds_to_write(const std::vector<Job>& jobs, const std::vector<Feed>& old) {
    std::vector<FeedToWrite> out;
    for (const auto& job : jobs) {
        if (!job.live()) continue;
        // Of two with one name the later counts.
        std::erase_if(out, [&](const FeedToWrite& each) { return each.feed.name == job.outcome.feed.name; });
        out.push_back({job.outcome.feed, &job.opened.data});
    }
    for (const auto& feed : old)
        if (std::ranges::none_of(out, [&](const FeedToWrite& each) { return each.feed.name == feed.name; }))
            out.push_back({feed, nullptr});
    return out;
}

}  // namespace

Result<std::vector<FeedSource>> sources_in(const fs::path& place, std::vector<std::string>& others) {
    std::error_code error;
    if (!fs::is_directory(place, error))
        return std::vector<FeedSource>{{.name = {}, .place = place.string(), .records = {}, .date = {}}};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(place, error))
        if (entry.is_regular_file(error)) files.push_back(entry.path());
    if (error) return fail(ErrorCode::io, fmt::format("read folder '{}': {}", place.string(), error.message()));
    std::ranges::sort(files);
    std::vector<FeedSource> out;
    FeedSource records{.name = {}, .place = (place / "").parent_path().string(), .records = {}, .date = {}};
    for (const auto& file : files) {
        auto format = TRY(context(feeds::format_of(file), fmt::format("'{}'", file.string())));
        if (format.name.empty())
            others.push_back(file.filename().string());
        else if (format.records && !format.packed)
            records.records.push_back(file);
        else
            out.push_back({.name = {}, .place = file.string(), .records = {}, .date = {}});
    }
    if (!records.records.empty()) out.push_back(std::move(records));
    if (out.empty()) return fail(ErrorCode::unsupported, fmt::format("no file in '{}' is a feed", place.string()));
    return out;
}

Result<std::vector<Outcome>> update(const fs::path& file, const std::vector<FeedSource>& sources,
                                    const net::Options& options, ThreadPool& pool, Progress& progress) {
    std::vector<Feed> old;
    if (auto database = Database::open(file))
        old = database->feeds();
    else if (database.error().code != ErrorCode::not_found && database.error().code != ErrorCode::unsupported)
        return std::unexpected(std::move(database).error());
    TRY(make_folders(file.parent_path()));
    std::vector<Job> jobs(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) jobs[i].source = &sources[i];
    fetch_all(jobs, old, file.parent_path(), options, progress);
    open_all(jobs, pool);
    name_others(jobs, old);
    auto feeds = feeds_to_write(jobs, old);
    bool changed = std::ranges::any_of(feeds, [](const FeedToWrite& each) { return each.data != nullptr; });
    if (changed) TRY(write_database(file, std::move(feeds)));
    std::vector<Outcome> out;
    for (auto& job : jobs) {
        std::error_code gone;
        if (is_url(job.source->place) && job.live()) fs::remove(job.file, gone);
        out.push_back(std::move(job.outcome));
    }
    return out;
}

}  // namespace pith::advisory
