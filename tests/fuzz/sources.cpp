// Sources as definitions and hosts write them.
#include "pkg/deb/sources.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pith::pkg::deb;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parse_short_name(text, "fuzz");
    (void)parse_source_line(text, "fuzz");
    (void)read_sources_list(text, "fuzz");
    (void)read_sources_stanzas(text, "fuzz");
    return 0;
}
