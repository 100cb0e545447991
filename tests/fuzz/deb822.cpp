// Stanzas with and without comments; every value must lie inside the text or a copy that is alive (ASan sees it).
#include <cstdlib>

#include "pkg/deb/deb822.h"

namespace {

void read_all(std::string_view text, pith::pkg::deb::Comments comments) {
    pith::pkg::deb::StanzaReader reader(text, "fuzz", comments);
    pith::pkg::deb::Stanza stanza;
    for (;;) {
        auto more = reader.next(stanza);
        if (!more || !*more) return;
        if (stanza.fields().empty()) std::abort();
        auto moved = std::move(stanza);
        for (const auto& field : moved.fields()) {
            if (moved.field(field.name) != &field) std::abort();
            for (auto line : pith::pkg::deb::value_lines(field.value))
                if (line.empty()) std::abort();
        }
        stanza = std::move(moved);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    read_all(text, pith::pkg::deb::Comments::refused);
    read_all(text, pith::pkg::deb::Comments::allowed);
    return 0;
}
