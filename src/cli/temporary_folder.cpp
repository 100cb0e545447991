#include "cli/temporary_folder.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/file.h"

namespace pith::cli {

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!m_path.empty()) std::filesystem::remove_all(m_path, ignored);
}

Result<> TemporaryFolder::create(std::string_view what) {
    auto path = (temporary_folder() / fmt::format("pith-{}-XXXXXX", what)).string();
    if (!::mkdtemp(path.data())) return fail_errno("create a folder in", temporary_folder());
    m_path = path;
    return {};
}

}  // namespace pith::cli
