// An older and a newer image with findings that went, stayed and came.
#pragma once

#include "report/difference_report.h"
#include "support/findings.h"

namespace pith::test {

struct TwoImages {
    inventory::Inventory old_image, new_image;
    advisory::Findings before, after;
    inventory::Difference difference;
    advisory::Comparison vulnerabilities;

    TwoImages() {
        before.image = "old";
        after.image = "new";
        after.as_of = before.as_of = "2026-11-21";
        before.packages = {scanned("bash"), scanned("libc6", "glibc"),
                           scanned("odd", "odd", advisory::Verdict::unknown)};
        before.findings = {found("CVE-2020-1", 0), found("CVE-2020-2", 1, advisory::Severity::low)};
        after.packages = {scanned("libc6", "glibc"), scanned("zlib1g")};
        after.findings = {found("CVE-2020-2", 0, advisory::Severity::low), found("CVE-2020-3", 1)};
        old_image.packages.resize(3);
        new_image.packages.resize(2);
    }

    // What was set since the beginning counts.
    report::BeforeAfter compare() {
        difference = inventory::compare(old_image, new_image);
        vulnerabilities = advisory::compare(before, after);
        return {difference, before, after, vulnerabilities};
    }
};

}  // namespace pith::test
