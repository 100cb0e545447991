// What the two worlds write differently: relations as text, and the order of versions.
#include "pkg/model.h"

#include <array>

#include "base/text.h"
#include "pkg/version/apk.h"
#include "pkg/version/deb.h"

namespace pith::pkg {
namespace {

struct Sign {
    std::string_view deb, apk;
};
// By Comparison.
constexpr std::array<Sign, 7> signs{
    {{"", ""}, {"<<", "<"}, {"<=", "<="}, {"=", "="}, {">=", ">="}, {">>", ">"}, {"~", "~"}}};

}  // namespace

std::string to_text(const Relation& relation, Format format) {
    const auto& sign = signs.at(static_cast<std::size_t>(relation.comparison));
    bool constrained = relation.comparison != Comparison::any;
    std::string text = relation.name;
    if (format == Format::apk) {
        if (constrained) text += std::string(sign.apk) + relation.version;
        if (!relation.pin.empty()) text += "@" + relation.pin;
        return text;
    }
    if (!relation.architecture.empty()) text += ":" + relation.architecture;
    if (constrained) text += " (" + std::string(sign.deb) + " " + relation.version + ")";
    return text;
}

std::string to_text(const Alternatives& alternatives, Format format) {
    std::vector<std::string> parts;
    for (const auto& relation : alternatives) parts.push_back(to_text(relation, format));
    return join(parts, " | ");
}

int compare_versions(Format format, std::string_view a, std::string_view b) {
    return format == Format::deb ? version::deb::compare(a, b) : version::apk::compare(a, b);
}

bool satisfies(Format format, std::string_view candidate, const Relation& relation) {
    if (relation.comparison == Comparison::any) return true;
    if (relation.comparison == Comparison::fuzzy)
        return format == Format::deb ? version::deb::matches_prefix(candidate, relation.version)
                                     : version::apk::matches_prefix(candidate, relation.version);
    int order = compare_versions(format, candidate, relation.version);
    switch (relation.comparison) {
        case Comparison::less: return order < 0;
        case Comparison::less_equal: return order <= 0;
        case Comparison::equal: return order == 0;
        case Comparison::greater_equal: return order >= 0;
        case Comparison::greater: return order > 0;
        case Comparison::any:
        case Comparison::fuzzy: break;
    }
    return false;
}

}  // namespace pith::pkg
