#include "unit/solve/universe_of.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "pkg/deb/dependency.h"

namespace pith::test {
namespace {

template <class T>
T checked(Result<T> result) {
    if (result) return std::move(*result);
    ADD_FAILURE() << result.error().text();
    return {};
}

void set(pkg::Package& package, std::string_view key, std::string_view value) {
    using namespace pkg;
    const std::vector<std::string_view> priorities{"required", "important", "standard", "optional", "extra"};
    const std::vector<std::string_view> kinds{"no", "same", "foreign", "allowed"};
    auto at = [&](const std::vector<std::string_view>& names) {
        return std::find(names.begin(), names.end(), value) - names.begin();
    };
    if (key == "depends")
        package.depends = checked(deb::parse_depends(value, "amd64"));
    else if (key == "pre-depends")
        package.pre_depends = checked(deb::parse_depends(value, "amd64"));
    else if (key == "conflicts")
        package.conflicts = checked(deb::parse_relations(value, "amd64"));
    else if (key == "breaks")
        package.breaks = checked(deb::parse_relations(value, "amd64"));
    else if (key == "provides")
        package.provides = checked(deb::parse_provides(value, "amd64"));
    else if (key == "priority")
        package.priority = static_cast<Priority>(at(priorities));
    else if (key == "multi-arch")
        package.multi_arch = static_cast<MultiArch>(at(kinds));
    else if (key == "essential")
        package.essential = value == "yes";
    else if (key == "arch")
        package.architecture = value;
    else
        ADD_FAILURE() << "unknown key " << key;
}

pkg::Package package_of(std::string_view line) {
    pkg::Package package;
    auto first = words(line);
    package.name = first.at(0);
    package.version = first.at(1);
    package.architecture = "amd64";
    auto rest = line.substr(first[1].data() + first[1].size() - line.data());
    for (auto part : split(rest, ';')) {
        part = trim(part);
        if (part.empty()) continue;
        auto colon = part.find(':');
        set(package, part.substr(0, colon), trim(part.substr(colon + 1)));
    }
    return package;
}

}  // namespace

pkg::Universe universe_of(const std::vector<std::string>& repositories) {
    pkg::Universe universe;
    for (std::size_t i = 0; i < repositories.size(); ++i) {
        pkg::IndexBuilder builder;
        for (auto line : split(repositories[i], '\n'))
            if (!trim(line).empty()) builder.add(package_of(trim(line)));
        auto bytes = std::make_shared<Bytes>(std::move(builder).finish());
        pkg::Repository repository;
        repository.name = "test";
        repository.suite = fmt::format("s{}", i);
        repository.priority = static_cast<int>(i);
        universe.add(repository, checked(pkg::Index::open(*bytes, bytes)));
    }
    return universe;
}

solve::Request request_of(const std::vector<std::string>& packages) {
    solve::Request request;
    request.architecture = "amd64";
    for (std::size_t i = 0; i < packages.size(); ++i) {
        auto parsed = checked(pkg::deb::parse_package_request(packages[i]));
        if (parsed.excluded) {
            request.conflicts.push_back(parsed.any_of[0]);
            continue;
        }
        request.install.push_back(parsed.any_of);
        request.places.push_back(fmt::format("image.yaml:{}", i + 1));
    }
    return request;
}

std::string told(const Result<solve::Solution>& solution) {
    if (!solution) return fmt::format("{}: {}", static_cast<int>(solution.error().code), solution.error().text());
    std::vector<std::string> names;
    for (const auto& chosen : solution->packages) names.push_back(chosen.package.name + "=" + chosen.package.version);
    return join(names, " ");
}

std::string left_out(const Result<solve::Solution>& solution) {
    if (!solution) return solution.error().text();
    std::vector<std::string> out;
    for (const auto& item : solution->left_out) out.push_back(item.package + "<-" + join(item.needed_by, ","));
    return join(out, " ");
}

}  // namespace pith::test
