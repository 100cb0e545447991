#include "inventory/licence_names.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <regex>

namespace pith::inventory {

namespace {

struct Row {
    std::string_view debian, spdx;
};

constexpr std::string_view identifiers[] = {
#include "inventory/spdx_ids.inc"
};

constexpr std::string_view exception_identifiers[] = {
#include "inventory/spdx_exceptions.inc"
};

// Names that differ by more than the case of letters, deprecated ones of SPDX among them. The Artistic licence of
// Debian's common-licenses is Perl's.
constexpr Row names[] = {
    {"Artistic", "Artistic-1.0-Perl"},
    {"Artistic-1", "Artistic-1.0-Perl"},
    {"Artistic-1.0", "Artistic-1.0"},
    {"Artistic-2", "Artistic-2.0"},
    {"Apache-2", "Apache-2.0"},
    {"BSD-2-clause-FreeBSD", "BSD-2-Clause-Views"},
    {"BSD-2-clause-NetBSD", "BSD-2-Clause"},
    {"BSL-1", "BSL-1.0"},
    {"CC0", "CC0-1.0"},
    {"CDDL-1", "CDDL-1.0"},
    {"CPL-1", "CPL-1.0"},
    {"EFL-1", "EFL-1.0"},
    {"EFL-2", "EFL-2.0"},
    {"Expat", "MIT"},
    {"MPL-2", "MPL-2.0"},
    {"OFL-1", "OFL-1.1"},
    {"Perl", "(Artistic-1.0-Perl OR GPL-1.0-or-later)"},
    {"PSF-2", "PSF-2.0"},
    {"Python-2", "Python-2.0"},
    {"Python-CNRI", "CNRI-Python"},
    {"QPL-1", "QPL-1.0"},
    {"Zope-1.1", "ZPL-1.1"},
    {"Zope-2.0", "ZPL-2.0"},
    {"Zope-2.1", "ZPL-2.1"},
};

// "… with NAME exception", by the licence that it is an exception from.
struct ExceptionRow {
    std::string_view debian, base, spdx;
};
constexpr ExceptionRow exceptions[] = {
    {"Autoconf", "GPL-2.0", "Autoconf-exception-2.0"},
    {"Autoconf", "GPL-3.0", "Autoconf-exception-3.0"},
    {"Bison", "GPL-2.0", "Bison-exception-2.2"},
    {"Bison", "GPL-3.0", "Bison-exception-2.2"},
    {"Classpath", "GPL-2.0", "Classpath-exception-2.0"},
    {"Font", "GPL-2.0", "Font-exception-2.0"},
    {"GCC", "GPL-3.0", "GCC-exception-3.1"},
    {"GCC-3.1", "GPL-3.0", "GCC-exception-3.1"},
    {"Libtool", "GPL-2.0", "Libtool-exception"},
    {"LLVM", "Apache-2.0", "LLVM-exception"},
};

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> listed(std::string_view name) {
    const auto* found = std::ranges::find_if(identifiers, [&](std::string_view id) { return same(id, name); });
    if (found == std::end(identifiers)) return std::nullopt;
    return std::string(*found);
}

// The GNU licences: a version, and "+" for "or later"; "NIV" is "no invariant sections".
std::optional<std::string> gnu_name(const std::string& name) {
    static const std::regex form("(GPL|LGPL|AGPL|GFDL|GFDL-NIV)-([0-9])(\\.[0-9])?(\\.0)?(\\+)?", std::regex::icase);
    std::smatch parts;
    if (name.size() > 32 || !std::regex_match(name, parts, form)) return std::nullopt;
    auto family = parts[1].str();
    std::ranges::transform(family, family.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    std::string_view invariants;
    if (family.ends_with("-NIV")) {
        family.resize(family.size() - 4);
        invariants = "-no-invariants";
    }
    return listed(fmt::format("{}-{}{}{}{}", family, parts[2].str(), parts[3].matched ? parts[3].str() : ".0",
                              invariants, parts[5].matched ? "-or-later" : "-only"));
}

std::optional<std::string> plain_name(std::string_view name) {
    const auto* row = std::ranges::find_if(names, [&](const Row& each) { return same(each.debian, name); });
    if (row != std::end(names)) return std::string(row->spdx);
    if (auto found = listed(name)) return found;
    // "Apache-2.0+", "MPL-1.1+"; a GNU licence has its own way to say so.
    if (auto gnu = gnu_name(std::string(name))) return gnu;
    if (name.ends_with('+'))
        if (auto found = listed(name.substr(0, name.size() - 1))) return *found + "+";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> spdx_name(std::string_view debian_name) {
    constexpr std::string_view with = " with ", exception = " exception";
    auto at = debian_name.find(with);
    if (at == debian_name.npos) return plain_name(debian_name);
    auto licence = plain_name(debian_name.substr(0, at));
    auto what = debian_name.substr(at + with.size());
    if (!licence || !what.ends_with(exception)) return std::nullopt;
    what.remove_suffix(exception.size());
    for (const auto& row : exceptions)
        if (same(row.debian, what) && licence->starts_with(row.base))
            return fmt::format("{} WITH {}", *licence, row.spdx);
    return std::nullopt;
}

bool is_spdx_id(std::string_view name) {
    if (name.ends_with('+')) name.remove_suffix(1);
    return std::ranges::find(identifiers, name) != std::end(identifiers);
}

bool is_spdx_exception(std::string_view name) {
    return std::ranges::find(exception_identifiers, name) != std::end(exception_identifiers);
}

}  // namespace pith::inventory
