// Lock → Image, the last step of composing: plan, compress, describe.
#pragma once

#include "compose/layers.h"
#include "compose/plan.h"

namespace pith::compose {

// What a build tells of itself, for one architecture.
struct BuildSummary {
    struct Package {
        std::string name, version;
        std::uint64_t files = 0, bytes = 0;  // in the image
        bool made = false;                   // its member was made now, not found in the cache
    };
    oci::Platform platform;
    std::vector<Package> packages;             // those with a file in the image, by name
    std::vector<solve::LeftOut> left_out;      // packages
    std::vector<LeftOutFiles> left_out_files;  // rules that left something out
    std::vector<std::string> effects;
    std::vector<std::string> bits_dropped;  // paths of files without their setuid or setgid bit
    std::size_t members_new = 0, members_reused = 0, layers = 0;
    std::uint64_t tar_size = 0, blob_size = 0;
};

struct BuiltImage {
    oci::Image image;
    BuildSummary summary;
};

[[nodiscard]] Result<BuiltImage> build_image(const PlanInputs& inputs, Progress& progress);

}  // namespace pith::compose
