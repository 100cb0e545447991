// pith test: a definition's tests, run against an image that was built from it.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/world.h"
#include "compose/architecture.h"
#include "oci/copy.h"
#include "report/test_report.h"
#include "runner/image_test.h"

namespace pith::cli {

namespace {

struct TestOptions {
    DefinitionChoice choice;
    std::string image;
};

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

// An image in a registry, as a layout for the time of the tests: what is tested is one resolution of its name.
class FetchedImage {
public:
    FetchedImage() = default;
    FetchedImage(const FetchedImage&) = delete;
    FetchedImage& operator=(const FetchedImage&) = delete;
    ~FetchedImage() {
        std::error_code ignored;
        if (!m_folder.empty()) std::filesystem::remove_all(m_folder, ignored);
    }
    // The name itself where it is an image on disk.
    Result<std::string> local_name(const std::string& name, const std::string& platform, const Globals& globals) {
        auto place = TRY(oci::Destination::parse(name, oci::Destination::Use::read));
        if (place.kind != oci::Destination::Kind::registry) return name;
        auto folder = (temporary_folder() / "pith-test-XXXXXX").string();
        if (!::mkdtemp(folder.data())) return fail_errno("create a folder in", temporary_folder());
        m_folder = folder;
        oci::Destination layout{oci::Destination::Kind::oci_layout, m_folder / "image", "test"};
        auto session = TRY(Session::open(globals));
        TRY(oci::copy(place, layout, TRY(platform_of(platform)), *session->registries, session->terminal));
        return layout.text();
    }

private:
    std::filesystem::path m_folder;
};

Result<int> run_tests(const TestOptions& options, const Globals& globals) {
    auto definition = TRY(load(options.choice));
    if (definition.tests.empty()) return fail(ErrorCode::usage, fmt::format("{} has no tests", options.choice.file));
    std::vector<runner::ImageTest> tests;
    for (const auto& test : definition.tests) tests.push_back(to_image_test(test));
    std::string platform;
    if (!options.choice.platforms.empty()) {
        auto architectures = TRY(architectures_of(options.choice, definition));
        if (architectures.size() > 1) return fail(ErrorCode::usage, "--platform: tests run on one platform at a time");
        platform = compose::platform_of(architectures[0]).text();
    }
    FetchedImage fetched;
    auto image = TRY(fetched.local_name(options.image, platform, globals));
    auto report = TRY(runner::run_tests(runner::Engine::from_environment(), image, tests, platform));
    fmt::print("{}", globals.json() ? report::to_json(report) : report::to_text(report));
    return report.passed() ? exit_done : exit_failed;
}

}  // namespace

void add_test(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<TestOptions>();
    auto* command = app.add_subcommand("test", "run a definition's tests against an image");
    add_definition_options(*command, options->choice);
    command->add_option("IMAGE", options->image, "[docker://][HOST/]NAME[:TAG], oci:DIR[:TAG] or oci-archive:FILE")
        ->required();
    command->footer(
        "Runs containers with podman ($PITH_PODMAN names another program and its options): read-only root, the image's "
        "user, no\n"
        "network, no capabilities. Another architecture than this machine's needs --platform, and an emulator\n"
        "(qemu-user-static) that the kernel knows. Exit code 1 if a test fails.\n\n"
        "Examples:\n  pith test catalog/nginx.yaml oci:images:nginx\n"
        "  pith test catalog/nginx.yaml --platform linux/arm64 oci:images:nginx\n"
        "  pith test catalog/nginx.yaml --variant debug oci:images:nginx-debug");
    command->callback(
        [&globals, &run, options] { run = [&globals, options] { return run_tests(*options, globals); }; });
}

}  // namespace pith::cli
