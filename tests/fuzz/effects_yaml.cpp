// A definition's own answers, as YAML.
#include "compose/effects/debhelper.h"
#include "compose/effects/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto list = pith::yaml::parse(text, "fuzz")) (void)pith::compose::parse_answers(*list);
    (void)pith::compose::SectionTemplates::parse(text, "fuzz");
    return 0;
}
