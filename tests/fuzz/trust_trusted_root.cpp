#include <cstdint>
#include <cstdlib>

#include "trust/trusted_root.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto root = pith::trust::read_trusted_root({reinterpret_cast<const char*>(data), size});
    if (!root) return 0;
    for (const auto* logs : {&root->logs, &root->certificate_logs})
        for (const auto& log : *logs)
            if (!log.valid.from || log.id.empty()) std::abort();
    for (const auto* authorities : {&root->certificate_authorities, &root->timestamp_authorities})
        for (const auto& authority : *authorities)
            if (authority.chain.empty()) std::abort();
    return 0;
}
