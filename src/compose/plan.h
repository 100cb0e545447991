// Lock → Plan: the whole file tree of an image, decided before a byte is compressed. No script runs; what
// the scripts would do is evaluated as actions over the tree, then come the generated files and what the
// definition itself brings. Deterministic.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/cache.h"
#include "base/thread_pool.h"
#include "compose/effects/model.h"
#include "compose/lock.h"
#include "compose/package_facts.h"
#include "compose/tree.h"
#include "oci/image.h"

namespace pith::compose {

struct PlannedPackage {
    LockedPackage locked;
    PackageFacts facts;
    std::shared_ptr<const PackageContents> contents;  // where they were inflated for the facts and memory allows
    std::uint64_t files = 0, bytes = 0;               // of what stands in the image
};

// Those that are kept, or inflated now.
[[nodiscard]] Result<std::shared_ptr<const PackageContents>> contents_of(const PlannedPackage& package,
                                                                         const Cache& cache);

// What a rule left out of the packages, for the summary.
struct LeftOutFiles {
    std::string rule, reason;
    std::uint64_t files = 0, bytes = 0;
};

// A path that a script diverts: where the file of another package goes (dpkg-divert(1)).
struct Diversion {
    int package = 0;  // whose own file keeps the path
    std::string to;
};

struct Plan {
    std::vector<PlannedPackage> packages;  // in the lock's order
    Tree tree;
    oci::ImageConfig config;
    std::map<std::string, std::string> annotations;
    std::vector<LeftOutFiles> left_out;           // in the order of the rules
    std::vector<std::string> effects;             // "nginx-common.postinst: 3 actions", for the summary
    std::map<std::string, Diversion> diversions;  // by clean path on a merged /usr
    std::vector<std::string> bits_dropped;        // files that lost their setuid or setgid bit, for the summary
};

struct PlanInputs {
    const Definition& definition;
    const Lock& lock;
    const EffectsModel& effects;
    const Cache& cache;
    ThreadPool& pool;
    std::optional<std::int64_t> source_date_epoch;  // caps every file time
    // The bytes of a `files` entry that has a URL, checked against its digest by the caller.
    std::function<Result<std::string>(const FileSource&)> fetch_file;
};

// Every .deb of the lock stands in the cache as a blob.
[[nodiscard]] Result<Plan> make_plan(const PlanInputs& inputs);

}  // namespace pith::compose
