// The definition of an image: what a person writes in image.yaml, read strictly.
//
// The schema is apko.yaml's, extended for Debian packages; docs/definition.md lists every key and which of
// them are ours. An unknown key is an error that names file, line and the nearest known key.
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/yaml.h"
#include "compose/effects/model.h"
#include "pkg/model.h"
#include "solve/solve.h"

namespace pith::compose {

// A line of contents.packages with its place, kept as text until the world it belongs to is known.
struct PackageLine {
    std::string text, place;
};

// Some paths of a package, without its scripts and dependencies (`contents.parts`).
struct Part {
    std::string package;
    std::vector<std::string> paths;  // globs over the package's paths, each with a leading '/'
    std::string to;                  // when set: the one file that matches is placed here
    std::string reason;
};

// A file that the definition brings itself.
struct FileSource {
    std::string url;                   // either a URL with a digest …
    std::filesystem::path source;      // … or a file or folder beside the definition
    std::vector<std::string> exclude;  // globs of what stays out of a folder: paths below it, or names without a '/'
    std::optional<Digest> sha256;
    std::string path;
    std::uint32_t uid = 0, gid = 0;
    std::optional<std::uint32_t> mode;  // unset: 0644, or 0755 for what is executable at its source
    std::string place;
};

struct PathRule {
    enum class Type { directory, empty_file, hardlink, symlink, permissions } type = Type::directory;
    std::string path, source;
    std::uint32_t uid = 0, gid = 0;
    std::optional<std::uint32_t> mode;
    bool recursive = false;
    std::string place;
};

struct User {
    std::string name, shell, home;
    std::uint32_t uid = 0, gid = 0;
    std::string place;
};

struct Group {
    std::string name;
    std::uint32_t gid = 0;
    std::vector<std::string> members;
    std::string place;
};

// A service that a test starts, asks over HTTP, and stops.
struct TestService {
    int port = 0;
    std::string path = "/", body;  // what is asked for, and a regular expression for the answer
    int status = 200;
    std::string stop_signal;  // sent at the end; the test's exit_code is what it must end with
};

// One entry of `tests`: a command with what it must answer, a service that must serve, or what must not be.
struct Test {
    std::string name, place;
    std::vector<std::string> command, entrypoint;  // `entrypoint` replaces the image's
    int exit_code = 0;
    std::string output;                                // a regular expression that standard output and error must match
    std::vector<std::string> absent;                   // globs: no such path in the image
    bool no_setuid = false;                            // no setuid or setgid file in the image
    std::optional<std::vector<std::string>> writable;  // the only paths the image's user may write to
    std::optional<TestService> service;
    std::vector<std::string> tmpfs;  // mounted writable for this test
    int timeout = 60;                // seconds
};

struct Definition {
    std::string name;              // the file's name without folders and ".yaml"
    std::string file;              // the file as it was named, for messages
    std::filesystem::path folder;  // what relative paths in it refer to

    struct Contents {
        std::vector<std::string> repositories;
        std::vector<std::string> keyrings;  // files; relative ones were beside the file that names them
        std::vector<PackageLine> packages;
        std::vector<solve::Exclusion> without;
        std::vector<Part> parts;
        std::vector<FileSource> files;
        std::vector<std::string> keep;  // globs: kept although a rule would leave them out
        bool keep_install_time = false;
    } contents;

    struct Accounts {
        std::string run_as;  // "65532" unless said
        std::vector<User> users;
        std::vector<Group> groups;
    } accounts;

    struct Certificates {
        std::vector<std::string> providers;  // packages whose certificates make the bundle
        struct Additional {
            std::string name, content;
        };
        std::vector<Additional> additional;
    } certificates;

    struct Layering {
        unsigned budget = 60;
        bool zstd = false;  // gzip unless said
    } layering;

    std::vector<std::string> entrypoint, cmd;
    std::string work_dir, stop_signal;
    std::map<std::string, std::string> environment, annotations, os_release;
    std::vector<std::string> ports, volumes, setuid;
    std::vector<PathRule> paths;
    std::vector<std::string> architectures;  // Debian's names, sorted; amd64 and arm64 unless said
    std::vector<Effects> effects;
    std::vector<Test> tests;
};

struct DefinitionOptions {
    std::string variant{};  // applied on top; a usage error names those there are
    std::string suite{};    // replaces the suite of every short name (`debian:SUITE`)
};

// Reads a definition with its includes (relative to the including file, at most 8 deep).
[[nodiscard]] Result<Definition> load_definition(const std::filesystem::path& path, const DefinitionOptions& options);

// The same from text, for tests and tools; includes are looked for in `folder`.
[[nodiscard]] Result<Definition> parse_definition(std::string_view text, const std::string& file_name,
                                                  const std::filesystem::path& folder,
                                                  const DefinitionOptions& options);

}  // namespace pith::compose
