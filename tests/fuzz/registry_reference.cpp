#include <cstdint>
#include <cstdlib>

#include "oci/output.h"
#include "oci/registry/reference.h"

using namespace pith::oci;

// What was read is written such that it is read the same, and names no other path of the registry.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)registry::is_host(text);
    auto parsed = registry::Reference::parse(text);
    if (!parsed) return 0;
    auto again = registry::Reference::parse(parsed->text());
    if (!again || *again != *parsed) std::abort();
    if (parsed->repository.find_first_of("?#%\\ @") != std::string::npos || parsed->repository.contains(".."))
        std::abort();
    return 0;
}
