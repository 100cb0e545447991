#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include <fmt/format.h>

#include "archive/tar.h"
#include "base/file.h"
#include "base/text.h"
#include "compose/lock/json_fields.h"
#include "compose/lock/lock_file.h"
#include "compose/lock/lock_words.h"
#include "pkg/deb/dependency.h"
#include "pkg/version/deb.h"

namespace pith::compose {

namespace {

constexpr std::uint64_t most_bytes = 32 * MiB;
constexpr int most_depth = 8;
constexpr std::size_t most_packages = 20'000, most_repositories = 1'000, most_reasons = 20'000, most_layers = 127;
constexpr std::uint64_t most_package_size = 16 * GiB;

Result<std::string> read_package_name(const JsonValue& value) {
    auto name = TRY(read_string(value));
    if (!pkg::deb::is_package_name(name))
        return fail_at(value, fmt::format("'{}' is no package name", printable(name)));
    return name;
}

Result<std::string> read_version(const JsonValue& value) {
    auto version = TRY(read_string(value));
    auto parsed = pkg::version::deb::parse(version);
    if (!parsed) return fail_at(value, parsed.error().message);
    return version;
}

// Below the repository's root, and as it stands in a URL.
Result<std::string> read_path(const JsonValue& value) {
    auto path = TRY(read_string(value));
    auto clean = archive::clean_path(path);
    bool plain = std::ranges::all_of(path, [](char c) { return c > ' ' && c <= '~'; });
    if (!clean || *clean != path || path.empty() || !plain)
        return fail_at(value, fmt::format("'{}' is no path below a repository's root: it is relative and without '..', "
                                          "'.', empty parts and spaces",
                                          printable(path)));
    return path;
}

// "2026-03-14T09:26:53Z"
Result<std::string> read_date(const JsonValue& value) {
    auto date = TRY(read_string(value));
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
    bool fits = date.size() == form.size();
    for (std::size_t i = 0; fits && i < form.size(); ++i)
        fits = form[i] == 'd' ? date[i] >= '0' && date[i] <= '9' : date[i] == form[i];
    if (!fits) return fail_at(value, fmt::format("'{}' is not a time as 2026-03-14T09:26:53Z", printable(date)));
    return date;
}

// A field whose reader gives the value.
template <class T, class Read>
JsonField field(std::string_view key, T& into, Read read) {
    return {key, [&into, read](const JsonValue& value) -> Result<> {
                into = TRY(read(value));
                return {};
            }};
}

// A field that holds one of a few words.
template <class T, class Of>
JsonField word_field(std::string_view key, T& into, Of of_word, std::string_view known) {
    return field(key, into, [of_word, known](const JsonValue& value) -> Result<T> {
        auto word = TRY(read_string(value));
        auto found = of_word(word);
        if (!found) return fail_at(value, fmt::format("'{}' is none of {}", printable(word), known));
        return *found;
    });
}

auto number_up_to(std::uint64_t most) {
    return [most](const JsonValue& value) { return read_number(value, most); };
}

JsonField list_field(std::string_view key, std::size_t most, ReadJson read) {
    return {key, [most, read](const JsonValue& value) { return read_items(value, most, read); }};
}

Result<pkg::Repository> read_repository(const JsonValue& value) {
    pkg::Repository out;
    std::uint64_t entry = 0;
    TRY(read_object(value, {string_field("name", out.name), string_field("suite", out.suite),
                            string_field("component", out.component), field("entry", entry, number_up_to(9'999)),
                            field("date", out.date, read_date), digest_field("release", out.release_digest),
                            string_field("signedBy", out.signed_by)}));
    out.entry = static_cast<unsigned>(entry);
    return out;
}

// One architecture's part of the file.
class LockReader {
public:
    LockReader(std::string architecture, const std::vector<pkg::Repository>& repositories)
        : m_repositories(repositories), m_numbers(repositories.size(), -1) {
        m_lock.architecture = std::move(architecture);
    }

    Result<Lock> read(const JsonValue& value) {
        TRY(read_object(value,
                        {list_field("packages", most_packages, [&](const auto& item) { return read_package(item); }),
                         list_field("leftOut", most_packages, [&](const auto& item) { return read_left_out(item); }),
                         list_field("layers", most_layers, [&](const auto& item) { return read_layer(item); })}));
        for (const auto& locked : m_lock.packages)
            if (locked.role != LockedPackage::Role::certificates && !m_in_layer.contains(locked.package.name))
                return fail_at(value, fmt::format("the package {} is in no layer", locked.package.name));
        return std::move(m_lock);
    }

private:
    Result<> read_package(const JsonValue& value) {
        LockedPackage locked;
        auto& package = locked.package;
        std::uint64_t repository = 0;
        TRY(read_object(
            value,
            {field("name", package.name, read_package_name), field("version", package.version, read_version),
             string_field("architecture", package.architecture), field("repository", repository, number_up_to(9'999)),
             field("path", package.path, read_path), field("size", package.size, number_up_to(most_package_size)),
             digest_field("sha256", package.sha256),
             word_field("role", locked.role, role_of_word, "installed, part, certificates"),
             list_field("why", most_reasons, [&](const auto& item) { return read_reason(item, locked.reasons); })}));
        if (package.architecture != m_lock.architecture && package.architecture != "all")
            return fail_at(value, fmt::format("the architecture is '{}', neither {} nor all",
                                              printable(package.architecture), m_lock.architecture));
        if (repository >= m_repositories.size())
            return fail_at(value, fmt::format("there is no repository {}", repository));
        const auto& packages = m_lock.packages;
        if (!packages.empty() && packages.back().package.name >= package.name)
            return fail_at(value, fmt::format("{} stands after {}: packages are sorted by name, each once",
                                              package.name, packages.back().package.name));
        locked.repository = number_of(repository);
        m_lock.packages.push_back(std::move(locked));
        return {};
    }

    static Result<> read_reason(const JsonValue& value, std::vector<solve::Reason>& reasons) {
        solve::Reason reason;
        TRY(read_object(value, {string_field("by", reason.by), string_field("relation", reason.relation)}));
        reasons.push_back(std::move(reason));
        return {};
    }

    Result<> read_left_out(const JsonValue& value) {
        solve::LeftOut left;
        TRY(read_object(value, {field("package", left.package, read_package_name),
                                word_field("why", left.why, left_out_of_word, "without, install-time"),
                                string_field("reason", left.reason),
                                list_field("neededBy", most_packages, [&](const auto& item) -> Result<> {
                                    left.needed_by.push_back(TRY(read_package_name(item)));
                                    return {};
                                })}));
        m_lock.left_out.push_back(std::move(left));
        return {};
    }

    Result<> read_layer(const JsonValue& value) {
        auto& group = m_lock.layers.emplace_back();
        TRY(read_items(value, most_packages, [&](const JsonValue& item) -> Result<> {
            auto name = TRY(read_string(item));
            auto found = std::ranges::lower_bound(m_lock.packages, name, {},
                                                  [](const auto& locked) -> auto& { return locked.package.name; });
            if (found == m_lock.packages.end() || found->package.name != name ||
                found->role == LockedPackage::Role::certificates)
                return fail_at(item, fmt::format("'{}' is no package with files in the image", printable(name)));
            if (!m_in_layer.insert(name).second) return fail_at(item, fmt::format("{} is in two layers", name));
            group.push_back(static_cast<int>(found - m_lock.packages.begin()));
            return {};
        }));
        if (group.empty()) return fail_at(value, "a layer without a package");
        return {};
    }

    // A lock has the repositories of its packages alone, in the order in which they first name them.
    std::uint32_t number_of(std::uint64_t repository) {
        auto& number = m_numbers[repository];
        if (number < 0) {
            number = static_cast<int>(m_lock.repositories.size());
            m_lock.repositories.push_back(m_repositories[repository]);
            m_lock.repositories.back().architecture = m_lock.architecture;
        }
        return static_cast<std::uint32_t>(number);
    }

    const std::vector<pkg::Repository>& m_repositories;
    std::vector<int> m_numbers;
    std::set<std::string, std::less<>> m_in_layer;
    Lock m_lock;
};

// First, for another schema may have other fields altogether.
Result<> check_schema(const JsonValue& document) {
    auto found = document.json->is_object() ? document.json->find("schema") : document.json->end();
    if (!document.json->is_object() || found == document.json->end())
        return fail_at(document, "not a lock file: it has no 'schema'");
    if (*found != lock_schema)
        return fail(
            ErrorCode::unsupported,
            fmt::format("{}: /schema: this program reads version {}, and this is version {}; make the lock again "
                        "with 'pith lock', or use the program that wrote it",
                        document.file, lock_schema, printable(found->dump(), 20)));
    return {};
}

Result<> read_locks(const JsonValue& value, const std::vector<pkg::Repository>& repositories, LockFile& out) {
    TRY(read_members(value, [&](const std::string& architecture, const JsonValue& member) -> Result<> {
        if (!pkg::deb::is_architecture(architecture) || architecture == "all")
            return fail_at(member, "no architecture has this name");
        if (!out.locks.empty() && out.locks.back().architecture >= architecture)
            return fail_at(member, "architectures are sorted by name");
        out.locks.push_back(TRY(LockReader(architecture, repositories).read(member)));
        out.locks.back().definition = out.definition;
        return {};
    }));
    if (out.locks.empty()) return fail_at(value, "there is no architecture");
    return {};
}

}  // namespace

Result<LockFile> parse_lock_file(std::string_view text, const std::string& name) {
    if (text.size() > most_bytes)
        return fail(ErrorCode::limit, fmt::format("{}: larger than {}", name, human_size(most_bytes)));
    auto json = TRY(parse_json(text, name, most_depth));
    JsonValue document{&json, "", name};
    TRY(check_schema(document));
    LockFile out;
    std::uint64_t schema = 0, composition = 0;
    std::vector<pkg::Repository> repositories;
    TRY(read_object(
        document, {field("schema", schema, number_up_to(lock_schema)),
                   field("composition", composition, number_up_to(999'999)),
                   {"definition",
                    [&](const JsonValue& value) {
                        return read_object(
                            value, {string_field("name", out.choice.name), string_field("variant", out.choice.variant),
                                    string_field("suite", out.choice.suite), digest_field("digest", out.definition)});
                    }},
                   string_field("compressor", out.compressor),
                   list_field("repositories", most_repositories,
                              [&](const JsonValue& item) -> Result<> {
                                  repositories.push_back(TRY(read_repository(item)));
                                  return {};
                              }),
                   {"architectures", [&](const JsonValue& value) { return read_locks(value, repositories, out); }}}));
    out.composition = static_cast<int>(composition);
    return out;
}

Result<LockFile> read_lock_file(const std::filesystem::path& path) {
    return parse_lock_file(TRY(read_text(path, most_bytes)), path.string());
}

}  // namespace pith::compose
