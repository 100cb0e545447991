// One text as a control file, as each list of a control member, and as each kind of relationship.
#include <cstdlib>

#include "pkg/deb/control.h"
#include "pkg/deb/dependency.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace deb = pith::pkg::deb;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)deb::read_control(text);
    (void)deb::read_md5sums(text);
    (void)deb::read_conffiles(text);
    (void)deb::read_triggers(text);
    (void)deb::parse_relations(text, "amd64");
    (void)deb::parse_provides(text, "amd64");
    (void)deb::parse_package_request(text);
    // What is read is read the same way again when it is written out.
    if (auto parsed = deb::parse_depends(text, "amd64")) {
        std::string written;
        for (const auto& alternatives : *parsed)
            written += (written.empty() ? "" : ", ") + to_text(alternatives, pith::pkg::Format::deb);
        auto again = deb::parse_depends(written, "amd64");
        if (!again || *again != *parsed) std::abort();
    }
    return 0;
}
