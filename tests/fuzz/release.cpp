// InRelease and Release files: the frame around the signed text, and the text.
#include "pkg/deb/release.h"

#include "pkg/deb/cleartext.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view file(reinterpret_cast<const char*>(data), size);
    auto text = pith::pkg::deb::split_cleartext(file, "fuzz");
    auto release = pith::pkg::deb::parse_release(text ? *text : file, "fuzz");
    if (release)
        for (const auto& each : release->files)
            if (release->find(each.path) != &each || each.path.starts_with("/") || each.path.starts_with("../"))
                __builtin_trap();
    return 0;
}
