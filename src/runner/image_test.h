// The tests of an image: commands with what they must answer, services that must serve, and what must not be there.
// Thread-safety: values; run_tests may run several times at once.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runner/container.h"

namespace pith::runner {

// An HTTP service: started in the background, asked once it answers, then told to end.
struct ServiceCheck {
    int port = 0;
    std::string path = "/";
    int status = 200;
    std::string body;         // a regular expression (text_match.h) that the answer's body must match; empty: any
    std::string stop_signal;  // "SIGQUIT"; empty: SIGTERM
};

struct ImageTest {
    std::string name;

    // A command is run, in a container as container.h describes, where `runs`; with `service`, in the background.
    bool runs = false;
    ContainerRun run;    // its `timeout` bounds each step of a service; ten times of it under an emulator
    int exit_code = 0;   // what it must end with
    std::string output;  // a regular expression that standard output or standard error must match; empty: any
    std::optional<ServiceCheck> service;

    // What is looked for in the image's files, without running it (image_files.h).
    std::vector<std::string> absent;                   // globs: no such path
    bool no_setuid = false;                            // no file with the setuid or setgid bit
    std::optional<std::vector<std::string>> writable;  // nothing but these, and what is below them, can be written
                                                       // to by the image's user
};

struct TestResult {
    std::string name;
    std::vector<std::string> faults;  // empty: passed
    std::string out, err;             // what the command wrote
    [[nodiscard]] bool passed() const { return faults.empty(); }
};

struct TestReport {
    std::vector<TestResult> results;  // in the order of the tests
    [[nodiscard]] bool passed() const;
};

// Runs all tests over one image, taken into the engine's storage once (loaded_image.h has the forms of
// `reference` and the meaning of `platform`). What goes wrong in one test is its fault; an image that cannot be loaded,
// or has programs to run that this machine cannot run, is an error.
[[nodiscard]] Result<TestReport> run_tests(const Engine& engine, const std::string& reference,
                                           const std::vector<ImageTest>& tests, const std::string& platform = "");

}  // namespace pith::runner
