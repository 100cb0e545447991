#include "archive/ar.h"

#include <cstdlib>

using namespace pith;

// Whatever is read lies within the archive, and behind what was read before.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView archive = std::as_bytes(std::span(data, size));
    auto members = archive::read_ar(archive);
    if (!members) return 0;
    const auto* end = archive.data();
    for (const auto& member : *members) {
        if (member.content.data() < end || member.name.empty()) std::abort();
        end = member.content.data() + member.content.size();
    }
    if (end > archive.data() + archive.size()) std::abort();
    return 0;
}
