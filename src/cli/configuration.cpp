#include "cli/configuration.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/fields.h"

namespace pith::cli {

namespace fs = std::filesystem;

namespace {

constexpr unsigned most_jobs = 1024;

// Values of one place; what it does not name is unset.
struct Configuration {
    std::optional<std::string> cache_dir;
    std::optional<std::uint64_t> cache_limit;
    std::optional<unsigned> jobs;
    std::optional<bool> offline;
    std::vector<std::string> keyrings;
    std::map<std::string, std::string> mirrors, advisories;
};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

fs::path configuration_file() {
    if (auto xdg = variable("XDG_CONFIG_HOME"); !xdg.empty()) return fs::path(xdg) / "pith" / "config.yaml";
    if (auto home = variable("HOME"); !home.empty()) return fs::path(home) / ".config" / "pith" / "config.yaml";
    return {};
}

// "~/…" is below the home folder; another relative path is beside the file.
std::string path_in(const fs::path& file, const std::string& path) {
    if (path.starts_with("~/")) return variable("HOME") + path.substr(1);
    return (file.parent_path() / path).string();
}

Result<std::uint64_t> size_of(const std::string& text, std::string_view what) {
    if (auto size = parse_size(text)) return *size;
    return fail(ErrorCode::usage, fmt::format("{} should be a size such as 500M or 10G, or 0 for none, but is '{}'",
                                              what, printable(text)));
}

Result<Configuration> from_file(const fs::path& file) {
    using yaml::Node;
    Configuration out;
    // None, or one in a folder that this user may not look into, as after `sudo -u` with root's HOME.
    if (std::error_code unreachable; !fs::exists(file, unreachable)) return out;
    auto document = TRY(yaml::parse(TRY(read_text(file, MiB)), file.string()));
    TRY(compose::read_mapping(document, "the configuration",
                              {{"cache-dir",
                                [&](const Node& node) -> Result<> {
                                    out.cache_dir = path_in(file, TRY(compose::read_text(node, "cache-dir")));
                                    return {};
                                }},
                               {"cache-limit",
                                [&](const Node& node) -> Result<> {
                                    auto size = TRY(compose::read_text(node, "cache-limit"));
                                    out.cache_limit = TRY(context(size_of(size, "'cache-limit'"), node.place()));
                                    return {};
                                }},
                               {"jobs",
                                [&](const Node& node) -> Result<> {
                                    out.jobs = TRY(compose::read_number(node, "jobs", most_jobs));
                                    return {};
                                }},
                               {"offline",
                                [&](const Node& node) -> Result<> {
                                    out.offline = TRY(compose::read_boolean(node, "offline"));
                                    return {};
                                }},
                               {"keyring",
                                [&](const Node& node) -> Result<> {
                                    for (const auto& path : TRY(compose::read_texts(node, "keyring")))
                                        out.keyrings.push_back(path_in(file, path));
                                    return {};
                                }},
                               {"advisories",
                                [&](const Node& node) -> Result<> {
                                    out.advisories = TRY(compose::read_text_map(node, "advisories"));
                                    return {};
                                }},
                               {"mirrors", [&](const Node& node) -> Result<> {
                                    out.mirrors = TRY(compose::read_text_map(node, "mirrors"));
                                    return {};
                                }}}));
    return out;
}

// PITH_MIRROR_* is read with the mirrors (pkg/deb/mirror.h).
Result<Configuration> from_environment() {
    Configuration out;
    if (auto folder = variable("PITH_CACHE_DIR"); !folder.empty()) out.cache_dir = folder;
    if (auto limit = variable("PITH_CACHE_LIMIT"); !limit.empty())
        out.cache_limit = TRY(size_of(limit, "PITH_CACHE_LIMIT"));
    if (auto jobs = variable("PITH_JOBS"); !jobs.empty()) {
        auto number = parse_number(jobs);
        if (!number || *number > most_jobs)
            return fail(ErrorCode::usage, fmt::format("PITH_JOBS should be a number from 0 to {}, but is '{}'",
                                                      most_jobs, printable(jobs)));
        out.jobs = static_cast<unsigned>(*number);
    }
    if (auto offline = variable("PITH_OFFLINE"); !offline.empty()) {
        if (offline != "0" && offline != "1" && offline != "false" && offline != "true")
            return fail(ErrorCode::usage,
                        fmt::format("PITH_OFFLINE should be 1 or 0, but is '{}'", printable(offline)));
        out.offline = offline == "1" || offline == "true";
    }
    for (auto path : split(variable("PITH_KEYRING"), ':'))
        if (!path.empty()) out.keyrings.emplace_back(path);
    return out;
}

}  // namespace

Result<> settle(const CLI::App& app, Globals& globals) {
    auto environment = TRY(from_environment());
    auto file = TRY(from_file(configuration_file()));
    auto fill = [&](const char* option, auto& value, const auto& first, const auto& second) {
        if (app.get_option(option)->count() > 0) return;
        if (first)
            value = *first;
        else if (second)
            value = *second;
    };
    fill("--cache-dir", globals.cache_dir, environment.cache_dir, file.cache_dir);
    fill("--jobs", globals.jobs, environment.jobs, file.jobs);
    fill("--offline", globals.offline, environment.offline, file.offline);
    if (app.get_option("--cache-limit")->count() > 0)
        globals.cache_limit = TRY(size_of(globals.cache_limit_text, "--cache-limit"));
    else
        fill("--cache-limit", globals.cache_limit, environment.cache_limit, file.cache_limit);
    if (globals.keyrings.empty()) globals.keyrings = environment.keyrings;
    if (globals.keyrings.empty()) globals.keyrings = file.keyrings;
    globals.configured_mirrors = std::move(file.mirrors);
    globals.advisory_sources = std::move(file.advisories);
    globals.advisory_database = variable("PITH_ADVISORIES");
    return {};
}

}  // namespace pith::cli
