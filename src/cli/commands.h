// The commands of pith, one file each. A command adds itself to the parser; when the user chose it, `run` of the
// choice does the work. Only these files print, and only main() exits.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cache.h"
#include "base/thread_pool.h"
#include "cli/terminal.h"
#include "oci/image.h"
#include "oci/registry/registries.h"

namespace CLI {
class App;
}

namespace pith::cli {

// Options that every command understands.
struct Globals {
    std::string cache_dir;
    std::string cache_limit_text;          // as given on the command line
    std::uint64_t cache_limit = 10 * GiB;  // 0: none
    unsigned jobs = 0;
    bool quiet = false, offline = false;
    std::string auth_file, ca_file;  // of registries
    bool plain_http = false;
    std::vector<std::string> mirrors, keyrings;
    std::map<std::string, std::string> configured_mirrors;  // of the configuration file
    std::string advisory_database;                          // PITH_ADVISORIES; empty: the user's
    std::map<std::string, std::string> advisory_sources;    // of the configuration file: name → address
    std::string format = "table";

    [[nodiscard]] bool json() const { return format == "json"; }
};

// What a command works with while it runs.
struct Session {
    const Globals& globals;
    Cache cache;
    ThreadPool pool;
    Terminal terminal;
    std::unique_ptr<oci::registry::Registries> registries{};

    // Holds the cache to its limit if anything was added to it.
    ~Session();
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(const Globals& globals);
};

// Gives the exit code.
using Run = std::function<Result<int>()>;

void add_build(CLI::App& app, const Globals& globals, Run& run);
void add_lock(CLI::App& app, const Globals& globals, Run& run);
void add_why(CLI::App& app, const Globals& globals, Run& run);
void add_effects(CLI::App& app, const Globals& globals, Run& run);
void add_test(CLI::App& app, const Globals& globals, Run& run);
void add_cache(CLI::App& app, const Globals& globals, Run& run);
void add_schema(CLI::App& app, const Globals& globals, Run& run);
void add_completion(CLI::App& app, const Globals& globals, Run& run);
void add_manual(CLI::App& app, const Globals& globals, Run& run);
void add_help(CLI::App& app, const Globals& globals, Run& run);
void add_sbom(CLI::App& app, const Globals& globals, Run& run);
void add_scan(CLI::App& app, const Globals& globals, Run& run);
void add_advisories(CLI::App& app, const Globals& globals, Run& run);
void add_push(CLI::App& app, const Globals& globals, Run& run);
void add_pull(CLI::App& app, const Globals& globals, Run& run);
void add_copy(CLI::App& app, const Globals& globals, Run& run);
void add_inspect(CLI::App& app, const Globals& globals, Run& run);
void add_tags(CLI::App& app, const Globals& globals, Run& run);
void add_referrers(CLI::App& app, const Globals& globals, Run& run);
void add_login(CLI::App& app, const Globals& globals, Run& run);
void add_logout(CLI::App& app, const Globals& globals, Run& run);
void add_keygen(CLI::App& app, const Globals& globals, Run& run);
void add_sign(CLI::App& app, const Globals& globals, Run& run);
void add_attest(CLI::App& app, const Globals& globals, Run& run);
void add_verify(CLI::App& app, const Globals& globals, Run& run);
void add_verify_attestation(CLI::App& app, const Globals& globals, Run& run);
void add_verify_bundle(CLI::App& app, const Globals& globals, Run& run);
void add_bundle(CLI::App& app, const Globals& globals, Run& run);
void add_diff(CLI::App& app, const Globals& globals, Run& run);

// How images are named, for help.
constexpr const char* image_forms =
    "[docker://][HOST/]NAME[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG]";

// How registries are reached, as the options say.
[[nodiscard]] oci::registry::Settings registry_settings(const Globals& globals);

// The options that choose what of a definition is meant; shared by the commands that read one.
struct DefinitionChoice {
    std::string file, variant, suite;
    std::vector<std::string> platforms;
};
void add_definition_options(CLI::App& command, DefinitionChoice& choice);

// A --platform of one image; nothing where it is not given.
[[nodiscard]] Result<std::optional<oci::Platform>> platform_of(const std::string& text);

}  // namespace pith::cli
