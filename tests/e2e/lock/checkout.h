// Copies of the catalog in other folders, as several clones of the repository have it.
#pragma once

#include "e2e/build/pith.h"

namespace pith::test {

// TO/catalog, without locks.
inline void copy_catalog(const std::filesystem::path& to) {
    namespace fs = std::filesystem;
    fs::create_directories(to);
    fs::copy(source_dir() / "catalog", to / "catalog", fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator(to / "catalog"))
        if (entry.path().string().ends_with(".lock.json")) fs::remove(entry.path());
}

// `pith ARGUMENTS` in a folder, which must succeed.
inline Ran in(const std::filesystem::path& folder, const std::string& arguments, const std::string& environment = "") {
    auto ran =
        sh(fmt::format("cd '{}' && {} '{}' {}", folder.string(), environment, pith_binary().string(), arguments));
    EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.err;
    return ran;
}

}  // namespace pith::test
