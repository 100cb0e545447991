// Small Findings for the tests of what is made of them.
#pragma once

#include "advisory/findings.h"

namespace pith::test {

inline advisory::ScannedPackage scanned(std::string name, std::string source = "",
                                        advisory::Verdict verdict = advisory::Verdict::clean) {
    advisory::ScannedPackage out;
    out.type = "deb";
    out.source = source.empty() ? name : std::move(source);
    out.name = std::move(name);
    out.version = "1-1";
    out.verdict = verdict;
    return out;
}

inline advisory::Finding found(std::string id, std::size_t package,
                               advisory::Severity severity = advisory::Severity::high) {
    advisory::Finding out;
    out.id = std::move(id);
    out.package = package;
    out.rating.severity = severity;
    return out;
}

}  // namespace pith::test
