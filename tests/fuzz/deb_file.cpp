// A .deb within small limits, and the same bytes as a data.tar; every path that comes out must be clean, sorted
// and there once, and nothing may stand below a path that is not a folder.
#include <cstdlib>
#include <set>

#include "pkg/deb/deb_file.h"

namespace {

using namespace pith;

void check(const std::vector<archive::TarEntry>& entries) {
    const std::string* before = nullptr;
    std::set<std::string> files;
    for (const auto& entry : entries) {
        auto clean = archive::clean_path(entry.path);
        if (!clean || *clean != entry.path || (before && *before >= entry.path)) std::abort();
        for (auto slash = entry.path.find('/'); slash != std::string::npos; slash = entry.path.find('/', slash + 1))
            if (files.contains(entry.path.substr(0, slash))) std::abort();
        if (entry.type != archive::EntryType::directory) files.insert(entry.path);
        before = &entry.path;
    }
    for (const auto& entry : entries)
        if (entry.type == archive::EntryType::hardlink && !files.contains(entry.link)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
    const pkg::deb::DebLimits limits{.most_control = 1 * MiB, .data = {.most_bytes = 1 * MiB}};
    if (auto deb = pkg::deb::read_deb(bytes, limits)) check(deb->entries);
    if (auto entries = pkg::deb::read_payload(bytes, limits)) check(*entries);
    return 0;
}
