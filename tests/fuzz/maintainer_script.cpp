// A script is taken apart and looked up; whatever it holds, it is either modelled or shown.
#include <cstdlib>

#include "compose/effects/model.h"

using namespace pith::compose;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const EffectsModel model = *EffectsModel::built_in();
    const MaintainerScript script{"nginx-common", "nginx",    "1.26.3-3+deb13u11",
                                  "all",          "postinst", {reinterpret_cast<const char*>(data), size}};
    auto modelled = model.effects_of(script);
    if (!modelled && modelled.error().message.empty()) std::abort();
    return 0;
}
