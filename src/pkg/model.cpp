// What the two worlds write differently: relations as text.
#include "pkg/model.h"

#include <array>

#include "base/text.h"

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

}  // namespace pith::pkg
