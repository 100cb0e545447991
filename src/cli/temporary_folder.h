// A folder of our own for as long as it is needed.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace pith::cli {

class TemporaryFolder {
public:
    TemporaryFolder() = default;
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();  // removes it and all in it

    // "pith-WHAT-…" among the machine's temporary files, for this user alone.
    [[nodiscard]] Result<> create(std::string_view what);
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

}  // namespace pith::cli
