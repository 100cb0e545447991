// The real apt over an empty system, as an oracle: the host's Debian sources for any suite, in a folder of
// its own, with nothing installed but the stand-ins that a test says.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "pkg/universe.h"
#include "support/support.h"

namespace pith::test {

class Apt {
public:
    // Fetches the suite's indexes; `error` says what failed.
    explicit Apt(std::string suite);
    [[nodiscard]] const std::string& error() const { return m_error; }

    // The very Packages files that apt uses, as pith reads them.
    [[nodiscard]] Result<pkg::Universe> universe() const;

    // What `apt-get --no-install-recommends install NAME` would install, "name version"; nothing if it refuses.
    [[nodiscard]] std::set<std::string> install(const std::string& name) const;

    // Makes apt believe that these are installed, with no dependencies.
    void pretend_installed(const std::vector<pkg::Package>& packages);

private:
    [[nodiscard]] std::string apt_get(const std::string& arguments) const;
    Scratch m_folder;
    std::string m_suite, m_error;
};

}  // namespace pith::test
