#include "advisory/feeds/readers.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace pith::advisory::feeds {

namespace {

using Marks = std::string_view;
constexpr Marks tracker_marks[] = {"\"releases\"", "\"status\""};
constexpr Marks secdb_marks[] = {"\"pkg\"", "\"secfixes\""};
constexpr Marks wolfi_marks[] = {"schema-version:", "package:", "advisories:"};
constexpr Marks osv_marks[] = {"\"id\"", "\"affected\"", "\"modified\""};
constexpr Marks old_osv_marks[] = {"\"id\"", "\"affected\"", "\"package\""};
constexpr Marks nvd_marks[] = {"\"NVD_CVE\"", "\"vulnerabilities\""};
constexpr Marks kev_marks[] = {"\"cveID\"", "\"dateAdded\""};
constexpr Marks epss_marks[] = {"cve,epss,percentile"};
constexpr Marks rating_marks[] = {"\"CVE-", "\"severity\"", "\"source\""};
constexpr Marks distro_info_marks[] = {"version,codename,series,created,release,eol"};
constexpr Marks endoflife_marks[] = {"\"eol\"", "ycle\""};

// The more particular come first.
constexpr Format all[] = {
    {"nvd", "the National Vulnerability Database's ratings", nvd_marks, read_nvd},
    {"kev", "CISA's known exploited vulnerabilities", kev_marks, read_kev},
    {"epss", "EPSS, the likelihood of exploitation", epss_marks, read_epss},
    {"distro-info", "the lives of Debian's and Ubuntu's releases", distro_info_marks, read_distro_info},
    {"endoflife", "endoflife.date, the lives of distributions", endoflife_marks, read_endoflife},
    {"secdb", "what Alpine, Wolfi or Chainguard fixed", secdb_marks, read_secdb},
    {"wolfi-events", "Wolfi's advisories with their open states", wolfi_marks, read_wolfi_events, true},
    {"osv", "records of OSV", osv_marks, read_osv, true},
    {"osv", "records of OSV", old_osv_marks, read_osv, true},
    {"debian-tracker", "the Debian security tracker", tracker_marks, read_debian_tracker},
    {"ratings", "ratings gathered from elsewhere", rating_marks, read_ratings},
};

constexpr std::size_t beginning = 64 * KiB;

}  // namespace

std::span<const Format> formats() { return all; }

const Format* find_format(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &Format::name);
    return found == std::end(all) ? nullptr : found;
}

const Format* recognise(std::string_view text) {
    text = text.substr(0, beginning);
    const auto* found = std::ranges::find_if(all, [&](const Format& format) {
        return std::ranges::all_of(format.marks, [&](auto mark) { return text.find(mark) != text.npos; });
    });
    return found == std::end(all) ? nullptr : found;
}

Result<> check_last_line(const Document& document) {
    if (as_text(document.bytes).ends_with('\n')) return {};
    return fail(ErrorCode::format, "it ends in the middle of a line: it was cut");
}

}  // namespace pith::advisory::feeds
