// Running the program under test. Builds of the e2e tests share one cache of downloads beside the program, so the
// archive is asked once for each package; a test that needs a cold start copies it without what pith made of it.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/support.h"

namespace pith::test {

inline std::filesystem::path shared_cache() { return pith_binary().parent_path() / "e2e-cache"; }

// `pith ARGUMENTS` in the checkout, with the shared cache unless the arguments name one.
inline Ran run_pith(const std::string& arguments, const std::string& environment = "") {
    auto cache = arguments.find("--cache-dir") == arguments.npos
                     ? fmt::format(" --cache-dir '{}'", shared_cache().string())
                     : "";
    return sh(fmt::format("cd '{}' && {} '{}' {}{}", source_dir().string(), environment, pith_binary().string(),
                          arguments, cache));
}

// The digest that a build printed.
inline std::string built(const std::string& arguments, const std::string& environment = "") {
    auto ran = run_pith("build " + arguments, environment);
    EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.err;
    return ran.out.substr(0, ran.out.find('\n'));
}

// A copy of the shared cache with the downloads alone.
inline void copy_downloads(const std::filesystem::path& to) {
    std::filesystem::create_directories(to);
    std::filesystem::copy(shared_cache(), to, std::filesystem::copy_options::recursive);
    for (const char* made :
         {"members", "layers", "facts", "ca-bundles", "listings", "inventories", "sboms-spdx", "sboms-cyclonedx"})
        std::filesystem::remove_all(to / "records" / made);
}

}  // namespace pith::test
