#include "advisory/sources.h"

namespace pith::advisory {

namespace {

#define OSV_DUMP "https://storage.googleapis.com/osv-vulnerabilities/"

constexpr KnownSource all[] = {
    {"debian", "https://security-tracker.debian.org/tracker/data/json", "the Debian security tracker"},
    {"distro-info-debian", "https://salsa.debian.org/debian/distro-info-data/-/raw/main/debian.csv",
     "when Debian's releases end"},
    {"kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
     "CISA's known exploited vulnerabilities"},
    {"epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", "the likelihood of exploitation"},
    {"distro-info-ubuntu", "https://salsa.debian.org/debian/distro-info-data/-/raw/main/ubuntu.csv",
     "when Ubuntu's releases end", false},
    {"ubuntu", OSV_DUMP "Ubuntu/all.zip", "Ubuntu", false},
    {"alpine-3.22", "https://secdb.alpinelinux.org/v3.22/main.json", "Alpine 3.22, main", false},
    {"alpine-3.22-community", "https://secdb.alpinelinux.org/v3.22/community.json", "Alpine 3.22, community", false},
    {"almalinux", OSV_DUMP "AlmaLinux/all.zip", "AlmaLinux", false},
    {"rocky", OSV_DUMP "Rocky%20Linux/all.zip", "Rocky Linux", false},
    {"go", OSV_DUMP "Go/all.zip", "Go modules", false},
    {"pypi", OSV_DUMP "PyPI/all.zip", "Python packages", false},
    {"npm", OSV_DUMP "npm/all.zip", "Node packages", false},
    {"maven", OSV_DUMP "Maven/all.zip", "Java artifacts", false},
    {"cargo", OSV_DUMP "crates.io/all.zip", "Rust crates", false},
};

#undef OSV_DUMP

}  // namespace

std::span<const KnownSource> known_sources() { return all; }

}  // namespace pith::advisory
