// pith test: a definition's tests, run against an image that was built from it.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/definition_tests.h"
#include "cli/exit_codes.h"
#include "cli/temporary_folder.h"
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

// An image in a registry, as a layout for the time of the tests: what is tested is one resolution of its name.
class FetchedImage {
public:
    // The name itself where it is an image on disk.
    Result<std::string> local_name(const std::string& name, const std::string& platform, const Globals& globals) {
        auto place = TRY(oci::Destination::parse(name, oci::Destination::Use::read));
        if (place.kind != oci::Destination::Kind::registry) return name;
        TRY(m_folder.create("test"));
        oci::Destination layout{oci::Destination::Kind::oci_layout, m_folder.path() / "image", "test"};
        auto session = TRY(Session::open(globals));
        TRY(oci::copy(place, layout, TRY(platform_of(platform)), *session->registries, session->terminal));
        return layout.text();
    }

private:
    TemporaryFolder m_folder;
};

Result<int> run_tests(const TestOptions& options, const Globals& globals) {
    auto definition = TRY(load(options.choice));
    auto tests = TRY(tests_of(definition));
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
