// What publishers say about vulnerabilities, however they write it: claims on packages, facts on vulnerabilities, and
// the lives of releases. Feeds are read into these structs, the database keeps them, matching reads them again.
// Thread-safety: values. A Claim is made of views: into the feed while that is read, into the database's row after.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pith::advisory {

enum class Severity : std::uint8_t { unknown, negligible, low, medium, high, critical };
[[nodiscard]] std::string_view to_text(Severity severity);  // "high"
// "HIGH", "Important", "moderate": the words of the feeds; unknown for any other.
[[nodiscard]] Severity severity_of(std::string_view word);

// What is so about a vulnerability in a package. Claims hold all but fix_available, which follows from a range's end.
enum class State : std::uint8_t { affected, fix_available, wont_fix, deferred, under_investigation, not_affected };
[[nodiscard]] std::string_view to_text(State state);  // "fix available"

// Versions from `introduced` on that are affected; empty: from the first. They end before `fixed` or with
// `last_affected`; both empty: there is no end.
struct Range {
    std::string_view introduced, fixed, last_affected;
};

struct Claim {
    std::string_view id;                    // "CVE-2024-6387", "GHSA-…", "GO-2024-…"
    std::vector<std::string_view> aliases;  // other names of the same vulnerability
    State state = State::affected;          // of versions that are affected and not fixed; not_affected: of all
    std::string_view reason;                // for the state, in the publisher's words
    Severity severity = Severity::unknown;  // as the publisher rates it in this package
    std::uint8_t score = 0;                 // ten times CVSS's base score; 0: none
    std::vector<Range> ranges;
    std::vector<std::string_view> versions;  // that are affected, beside the ranges
};

// What is known of a vulnerability whatever the package.
struct Fact {
    Severity severity = Severity::unknown;
    std::uint8_t score = 0;                  // as above
    std::uint32_t epss = 0, percentile = 0;  // in 1/100,000; 0: none
    std::string_view exploited_since;        // a date, of CISA's catalogue; empty: not in it
    bool ransomware = false;                 // used in ransomware campaigns
    std::string_view severity_source;        // where a feed collects ratings of others
    std::string_view summary;                // one line
};

// The life of a distribution's release, dates as "2028-06-30"; empty: not known.
struct Release {
    std::string stream;  // "debian:12"
    std::string released;
    std::string supported_until;  // security support for everybody; long-term support counts, paid support does not
    auto operator<=>(const Release&) const = default;
};

// What identifies a feed in the database.
struct Feed {
    std::string name;      // "debian", "kev", or what a file is called
    std::string format;    // "debian-tracker", "osv", …
    std::string source;    // the address or the file's name, without folders
    std::string digest;    // "sha256:…" of its bytes as they came
    std::string date;      // the day it speaks of: from the document, else from the server or the file
    bool partial = false;  // it names only some packages: of the others it says nothing
    std::uint64_t records = 0;
    std::map<std::string, std::uint64_t> skipped;  // what was not taken in, and how often
    std::string etag, last_modified;               // for the next conditional request
};

}  // namespace pith::advisory
