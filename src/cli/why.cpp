// pith why: the chains of dependencies that keep a package in an image.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/locks.h"
#include "cli/world.h"

namespace pith::cli {

namespace {

struct WhyOptions {
    DefinitionChoice choice;
    LockOptions lock;
    std::string package;
};

using Chains = std::vector<std::vector<solve::Link>>;

std::string to_text(const Chains& chains) {
    std::string out;
    for (const auto& chain : chains) {
        for (std::size_t i = 0; i < chain.size(); ++i)
            out += i == 0 ? chain[i].package : fmt::format(" → {} [{}]", chain[i].package, chain[i].relation);
        out += "\n";
    }
    return out;
}

std::string to_json(const std::string& package, const Chains& chains, const std::string& note) {
    nlohmann::ordered_json list = nlohmann::json::array();
    for (const auto& chain : chains) {
        nlohmann::ordered_json links = nlohmann::json::array();
        for (const auto& link : chain) links.push_back({{"package", link.package}, {"relation", link.relation}});
        list.push_back(links);
    }
    nlohmann::ordered_json document = {{"package", package}, {"chains", list}};
    if (!note.empty()) document["note"] = note;
    return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// A package that is not installed may be left out, or be there for another purpose.
Result<std::string> other_reason(const compose::Definition& definition, const solve::Solution& solution,
                                 const std::string& package) {
    for (const auto& left : solution.left_out)
        if (left.package == package && !left.needed_by.empty())
            return fmt::format("{} is left out: {} (needed by {})", package, left.reason, join(left.needed_by, ", "));
    for (const auto& part : definition.contents.parts)
        if (part.package == package)
            return fmt::format("{}: only {} of it (contents.parts{}{})", package, join(part.paths, ", "),
                               part.reason.empty() ? "" : ": ", part.reason);
    for (const auto& provider : definition.certificates.providers)
        if (provider == package)
            return fmt::format("{}: its certificates make the bundle (certificates.providers)", package);
    std::vector<std::string> names;
    for (const auto& chosen : solution.packages) names.push_back(chosen.package.name);
    auto near = nearest(package, names);
    return fail(ErrorCode::not_found, fmt::format("{} is not in the image{}", printable(package),
                                                  near.empty() ? "; it holds " + join(names, ", ")
                                                               : "; did you mean " + join(near, ", ") + "?"));
}

// A lock remembers the solver's answer.
solve::Solution solution_of(const compose::Lock& lock) {
    solve::Solution out;
    for (const auto& locked : lock.packages)
        if (locked.role == compose::LockedPackage::Role::installed)
            out.packages.push_back({{}, locked.package, locked.reasons});
    out.left_out = lock.left_out;
    return out;
}

Result<int> why(const WhyOptions& options, const Globals& globals) {
    auto definition = TRY(load(options.choice));
    auto architectures = TRY(architectures_of(options.choice, definition));
    architectures.resize(1);  // the first platform speaks for all
    auto session = TRY(Session::open(globals));
    auto resolved = TRY(resolve(options.choice, definition, architectures, options.lock, *session));
    auto solution = solution_of(resolved.locks[0]);
    auto chains = solve::why(solution, options.package);
    auto note = chains.empty() ? TRY(other_reason(definition, solution, options.package)) : std::string();
    if (globals.json())
        fmt::print("{}", to_json(options.package, chains, note));
    else
        fmt::print("{}", chains.empty() ? note + "\n" : to_text(chains));
    return exit_done;
}

}  // namespace

void add_why(CLI::App& app, const Globals& globals, Run& run) {
    auto options = std::make_shared<WhyOptions>();
    auto* command = app.add_subcommand("why", "what keeps a package in an image");
    add_definition_options(*command, options->choice);
    add_lock_options(*command, options->lock);
    command->add_option("PACKAGE", options->package, "the package's name")->required();
    command->footer(
        "Each line is a chain from a package that the definition asks for; [] holds the dependency as written.\n\n"
        "Examples:\n  pith why catalog/nginx.yaml zlib1g\n  pith why catalog/nginx.yaml libc6 --suite bookworm");
    command->callback([&globals, &run, options] { run = [&globals, options] { return why(*options, globals); }; });
}

}  // namespace pith::cli
