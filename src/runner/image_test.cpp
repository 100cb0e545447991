// A test has parts (a command or service, its files); each part adds its faults to the result.
#include "runner/image_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "runner/emulation.h"
#include "runner/http_probe.h"
#include "runner/image_files.h"
#include "runner/text_match.h"

namespace pith::runner {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds one_probe(5);
constexpr std::chrono::milliseconds between_probes(100);
constexpr std::size_t most_named = 10;  // paths in one fault
constexpr int emulation_factor = 10;    // how much more time an emulator may take

std::string name_some(const std::vector<std::string>& paths) {
    auto shown =
        std::vector(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(std::min(paths.size(), most_named)));
    for (auto& path : shown) path = printable(path);
    auto more = paths.size() > most_named ? fmt::format(" and {} more", paths.size() - most_named) : "";
    return join(shown, ", ") + more;
}

// Judges the end of a command.
Result<> check_outcome(const ImageTest& test, Outcome outcome, TestResult& result) {
    if (outcome.timed_out)
        result.faults.push_back(fmt::format("it did not end within {} ms", test.run.timeout.count()));
    else if (outcome.exit_code != test.exit_code)
        result.faults.push_back(fmt::format("exit code {}, not {}", outcome.exit_code, test.exit_code));
    if (!test.output.empty() && !TRY(finds(test.output, outcome.out)) && !TRY(finds(test.output, outcome.err)))
        result.faults.push_back(fmt::format("nothing that it wrote matches '{}'", printable(test.output)));
    result.out = std::move(outcome.out);
    result.err = std::move(outcome.err);
    return {};
}

// The first answer of a service that is still starting.
Result<HttpAnswer> wait_for_answer(const Service& service, const ServiceCheck& check, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    for (;;) {
        auto process = TRY(service.process());
        if (!process) return fail(ErrorCode::network, "the service ended before it answered");
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        auto answer = http_get(*process, check.port, check.path,
                               std::clamp<std::chrono::milliseconds>(left, between_probes, one_probe));
        if (answer || answer.error().code != ErrorCode::network || Clock::now() >= deadline) return answer;
        std::this_thread::sleep_for(between_probes);
    }
}

Result<> check_answer(const ServiceCheck& check, const HttpAnswer& answer, TestResult& result) {
    if (answer.status != check.status)
        result.faults.push_back(fmt::format("GET {}: status {}, not {}", check.path, answer.status, check.status));
    if (!check.body.empty() && !TRY(finds(check.body, answer.body)))
        result.faults.push_back(fmt::format("GET {}: the answer does not match '{}': {}", check.path,
                                            printable(check.body), printable(answer.body)));
    return {};
}

Result<> run_service(const LoadedImage& image, const ImageTest& test, TestResult& result) {
    const auto& check = *test.service;
    auto service = TRY(Service::start(image, test.run));
    auto answer = wait_for_answer(service, check, test.run.timeout);
    if (answer)
        TRY(check_answer(check, *answer, result));
    else
        result.faults.push_back(answer.error().text());
    auto outcome = TRY(service.stop(check.stop_signal.empty() ? "SIGTERM" : check.stop_signal, test.run.timeout));
    return check_outcome(test, std::move(outcome), result);
}

Result<> run_command(const LoadedImage& image, const ImageTest& test, TestResult& result) {
    return check_outcome(test, TRY(run_container(image, test.run)), result);
}

// Below one of the folders, or one of them itself.
bool is_within(std::string_view path, const std::vector<std::string>& folders) {
    return std::ranges::any_of(folders, [&](std::string_view folder) {
        return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
    });
}

Result<> check_files(const ImageFiles& files, const std::string& user, const ImageTest& test, TestResult& result) {
    for (const auto& pattern : test.absent)
        if (auto found = files.matching(pattern); !found.empty())
            result.faults.push_back(
                fmt::format("'{}' must not be in the image: {}", printable(pattern), name_some(found)));
    if (auto found = files.setuid(); test.no_setuid && !found.empty())
        result.faults.push_back(fmt::format("files with the setuid or setgid bit: {}", name_some(found)));
    if (!test.writable) return {};
    auto found = files.writable(TRY(files.identity(user)));
    std::erase_if(found, [&](const std::string& path) { return is_within(path, *test.writable); });
    if (!found.empty())
        result.faults.push_back(
            fmt::format("user '{}' may write to {}", user.empty() ? "root" : printable(user), name_some(found)));
    return {};
}

bool looks_at_files(const ImageTest& test) { return !test.absent.empty() || test.no_setuid || test.writable; }

// Every part of a test is judged, even where one before it failed.
TestResult run_test(const LoadedImage& image, const std::optional<ImageFiles>& files, const std::string& user,
                    const ImageTest& test) {
    TestResult result{test.name, {}, {}, {}};
    auto note = [&](const Result<>& part) {
        if (!part) result.faults.push_back(part.error().text());
    };
    if (test.service)
        note(run_service(image, test, result));
    else if (test.runs)
        note(run_command(image, test, result));
    if (files && looks_at_files(test)) note(check_files(*files, user, test, result));
    return result;
}

}  // namespace

bool TestReport::passed() const { return std::ranges::all_of(results, &TestResult::passed); }

Result<TestReport> run_tests(const Engine& engine, const std::string& reference, const std::vector<ImageTest>& tests,
                             const std::string& platform) {
    auto speed = Speed::native;
    if (std::ranges::any_of(tests, &ImageTest::runs) && !platform.empty()) speed = TRY(check_can_run(platform));
    auto image = TRY(LoadedImage::load(engine, reference, platform));
    std::optional<ImageFiles> files;
    if (std::ranges::any_of(tests, &looks_at_files)) files = TRY(ImageFiles::list(image));
    auto user = TRY(image.user());
    TestReport report;
    for (auto test : tests) {
        if (speed == Speed::emulated) test.run.timeout *= emulation_factor;
        report.results.push_back(run_test(image, files, user, test));
    }
    return report;
}

}  // namespace pith::runner
