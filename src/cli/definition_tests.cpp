#include "cli/definition_tests.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/build_images.h"
#include "cli/temporary_folder.h"
#include "oci/output.h"
#include "report/test_report.h"
#include "runner/emulation.h"

namespace pith::cli {

namespace {

runner::ImageTest to_image_test(const compose::Test& test) {
    runner::ImageTest out;
    out.name = test.name;
    out.runs = !test.command.empty() || !test.entrypoint.empty() || test.service;
    out.run.command = test.command;
    if (!test.entrypoint.empty()) out.run.entrypoint = test.entrypoint;
    out.run.tmpfs = test.tmpfs;
    out.run.timeout = std::chrono::seconds(test.timeout);
    out.exit_code = test.exit_code;
    out.output = test.output;
    out.absent = test.absent;
    out.no_setuid = test.no_setuid;
    out.writable = test.writable;
    if (test.service)
        out.service = {test.service->port, test.service->path, test.service->status, test.service->body,
                       test.service->stop_signal};
    return out;
}

}  // namespace

Result<std::vector<runner::ImageTest>> tests_of(const compose::Definition& definition) {
    if (definition.tests.empty()) return fail(ErrorCode::usage, fmt::format("{} has no tests", definition.file));
    std::vector<runner::ImageTest> out;
    for (const auto& test : definition.tests) out.push_back(to_image_test(test));
    return out;
}

Result<std::vector<std::optional<runner::TestReport>>> test_images(const compose::Definition& definition,
                                                                   const std::vector<compose::BuiltImage>& built,
                                                                   Session& session) {
    auto tests = TRY(tests_of(definition));
    TemporaryFolder folder;
    TRY(folder.create("test"));
    oci::Destination layout{oci::Destination::Kind::oci_layout, folder.path() / "image", "test"};
    (void)TRY(oci::write(images_of(built), layout, *session.registries, session.terminal));
    auto engine = runner::Engine::from_environment();
    std::vector<std::optional<runner::TestReport>> out;
    for (const auto& image : built) {
        auto platform = image.image.config.platform.text();
        out.emplace_back();
        if (auto can = runner::check_can_run(platform); !can) {
            session.terminal.note(fmt::format("{} is not tested: {}", platform, can.error().text()));
            continue;
        }
        out.back() = TRY(context(runner::run_tests(engine, layout.text(), tests, platform), platform));
        session.terminal.print(fmt::format("{}:\n{}", platform, report::to_text(*out.back())));
        if (!out.back()->passed())
            return fail(ErrorCode::conflict,
                        fmt::format("{}: tests of {} failed, so nothing was written", platform, definition.name));
    }
    if (std::ranges::none_of(out, [](const auto& report) { return report.has_value(); }))
        return fail(ErrorCode::unsupported, "none of the platforms could be tested here; leave out --test");
    return out;
}

}  // namespace pith::cli
