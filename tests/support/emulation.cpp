// Linux, Documentation/admin-guide/binfmt-misc.rst. Of several entries that fit a program the kernel takes the newest.
#include "support/emulation.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/support.h"

namespace pith::test {

namespace fs = std::filesystem;

namespace {

const fs::path folder = "/proc/sys/fs/binfmt_misc";
const fs::path rule = "/usr/lib/binfmt.d/qemu-aarch64.conf";

bool write(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text << std::flush;
    return out.good();
}

}  // namespace

Emulation::Emulation() {
    std::error_code ignored;
    if (!fs::exists(rule, ignored)) {
        m_missing = "qemu-user-static";
        return;
    }
    if (!fs::exists(folder / "register", ignored))
        m_mounted = ::mount("binfmt_misc", folder.c_str(), "binfmt_misc", 0, nullptr) == 0;
    auto line = slurp(rule);  // ":qemu-aarch64:M:…"
    auto name = fmt::format("pith-test-{}", ::getpid());
    if (write(folder / "register", ":" + name + line.substr(line.find(':', 1))))
        m_entry = folder / name;
    else
        m_missing = "root, and a kernel with binfmt_misc";
}

Emulation::~Emulation() {
    if (!m_entry.empty()) write(m_entry, "-1");
    std::error_code ignored;
    bool others = std::distance(fs::directory_iterator(folder, ignored), {}) > 2;  // besides `register` and `status`
    if (m_mounted && !others) ::umount(folder.c_str());
}

}  // namespace pith::test
