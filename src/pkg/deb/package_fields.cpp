// One row a field and one small function a kind of value; the reader itself is a loop over the table.
#include "pkg/deb/package_fields.h"

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "pkg/deb/dependency.h"
#include "pkg/version/deb.h"

namespace pith::pkg::deb {

namespace {

constexpr std::uint64_t most_installed = 1024 * 1024 * GiB;

std::unexpected<Error> not_a(std::string_view what, std::string_view value) {
    return fail(ErrorCode::format, fmt::format("'{}' is not {}", printable(value, 80), what));
}

Result<> read_name(std::string_view value, Package& out) {
    if (!is_package_name(value)) return not_a("a package name", value);
    out.name = value;
    return {};
}

Result<> read_version(std::string_view value, Package& out) {
    TRY(version::deb::parse(value));
    out.version = value;
    return {};
}

Result<> read_architecture(std::string_view value, Package& out) {
    if (!is_architecture(value)) return not_a("an architecture", value);
    out.architecture = value;
    return {};
}

// "glibc" or "glibc (2.36-9)", the version where it is not the package's own.
Result<> read_source(std::string_view value, Package& out) {
    auto open = value.find('(');
    auto name = trim(value.substr(0, open));
    if (!is_package_name(name)) return not_a("a source package", value);
    out.source = name;
    if (open == std::string_view::npos) return {};
    if (!value.ends_with(')')) return not_a("a source package with a version in parentheses", value);
    auto version = trim(value.substr(open + 1, value.size() - open - 2));
    TRY(version::deb::parse(version));
    out.source_version = version;
    return {};
}

Result<> read_maintainer(std::string_view value, Package& out) {
    out.maintainer = value;
    return {};
}

Result<> read_homepage(std::string_view value, Package& out) {
    out.homepage = value;
    return {};
}

template <class Value>
struct Word {
    std::string_view text;
    Value value;
};

// dpkg knows no case in these words.
template <class Value, std::size_t count>
const Value* find_word(const std::array<Word<Value>, count>& words, std::string_view text) {
    for (const auto& word : words)
        if (same_name(word.text, text)) return &word.value;
    return nullptr;
}

Result<> read_priority(std::string_view value, Package& out) {
    constexpr std::array words{Word{"required", Priority::required}, Word{"important", Priority::important},
                               Word{"standard", Priority::standard}, Word{"optional", Priority::optional},
                               Word{"extra", Priority::extra}};
    const auto* found = find_word(words, value);
    // The list is a distribution's own affair (deb-control(5)): a word that is not in it weighs least.
    out.priority = found ? *found : Priority::extra;
    return {};
}

Result<> read_multi_arch(std::string_view value, Package& out) {
    constexpr std::array words{Word{"no", MultiArch::no}, Word{"same", MultiArch::same},
                               Word{"foreign", MultiArch::foreign}, Word{"allowed", MultiArch::allowed}};
    const auto* found = find_word(words, value);
    if (!found) return not_a("one of no, same, foreign, allowed", value);
    out.multi_arch = *found;
    return {};
}

Result<> read_essential(std::string_view value, Package& out) {
    constexpr std::array words{Word{"yes", true}, Word{"no", false}};
    const auto* found = find_word(words, value);
    if (!found) return not_a("yes or no", value);
    out.essential = *found;
    return {};
}

Result<> read_installed_size(std::string_view value, Package& out) {
    auto kibibytes = parse_number(value);
    if (!kibibytes) return not_a("a number of KiB", value);
    if (*kibibytes > most_installed / KiB)
        return fail(ErrorCode::limit, fmt::format("an installed size of over {}", human_size(most_installed)));
    out.installed_size = *kibibytes * KiB;
    return {};
}

template <std::vector<Alternatives> Package::* member>
Result<> read_depends(std::string_view value, Package& out) {
    out.*member = TRY(parse_depends(value, out.architecture));
    return {};
}

template <std::vector<Relation> Package::* member>
Result<> read_relations(std::string_view value, Package& out) {
    out.*member = TRY(parse_relations(value, out.architecture));
    return {};
}

Result<> read_provides(std::string_view value, Package& out) {
    out.provides = TRY(parse_provides(value, out.architecture));
    return {};
}

// In the order of reading: relations ask for the architecture, and errors for the name.
constexpr std::array common_fields{
    PackageField{"Package", true, read_name},
    PackageField{"Version", true, read_version},
    PackageField{"Architecture", true, read_architecture},
    PackageField{"Source", false, read_source},
    PackageField{"Maintainer", false, read_maintainer},
    PackageField{"Homepage", false, read_homepage},
    PackageField{"Priority", false, read_priority},
    PackageField{"Multi-Arch", false, read_multi_arch},
    PackageField{"Essential", false, read_essential},
    PackageField{"Installed-Size", false, read_installed_size},
    PackageField{"Pre-Depends", false, read_depends<&Package::pre_depends>},
    PackageField{"Depends", false, read_depends<&Package::depends>},
    PackageField{"Recommends", false, read_depends<&Package::recommends>},
    PackageField{"Conflicts", false, read_relations<&Package::conflicts>},
    PackageField{"Breaks", false, read_relations<&Package::breaks>},
    PackageField{"Replaces", false, read_relations<&Package::replaces>},
    PackageField{"Provides", false, read_provides},
};

Result<> read_field(const PackageField& row, const Stanza& stanza, std::string_view file, Package& out) {
    const auto* field = stanza.field(row.name);
    auto place = [&](std::size_t line) {
        auto name = stanza.find("Package");
        return fmt::format("{}:{}: package {}", file, line, name ? printable(*name, 80) : "without a name");
    };
    if (!field || field->value.empty()) {
        if (!row.required) return {};
        return fail(ErrorCode::format, fmt::format("{}: the field {} is missing", place(stanza.line()), row.name));
    }
    auto read = row.read(field->value, out);
    if (!read) read.error().contexts.push_back(fmt::format("{}, {}", place(field->line), row.name));
    return read;
}

}  // namespace

Result<Package> read_package_fields(const Stanza& stanza, std::string_view file, std::span<const PackageField> more) {
    Package out;
    out.format = Format::deb;
    for (const auto& row : common_fields) TRY(read_field(row, stanza, file, out));
    for (const auto& row : more) TRY(read_field(row, stanza, file, out));
    if (out.source.empty()) out.source = out.name;
    if (out.source_version.empty()) out.source_version = out.version;
    return out;
}

}  // namespace pith::pkg::deb
