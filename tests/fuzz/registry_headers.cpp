#include <cstdint>
#include <cstdlib>

#include "net/address.h"
#include "net/url.h"
#include "oci/registry/headers.h"

using namespace pith;

// A header's parts are never longer than the header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& challenge : oci::registry::read_challenges(text))
        for (const auto& [name, value] : challenge.parameters)
            if (name.empty() || value.size() > size) std::abort();
    auto next = oci::registry::next_link(text);
    if (next.size() > size) std::abort();
    if (!next.empty())
        if (auto url = net::resolve_url("https://registry.example/v2/a/tags/list", next))
            if (auto parsed = net::parse_url(*url); !parsed) std::abort();
    (void)oci::registry::uploaded(text);
    (void)oci::registry::media_type_of(text);
    if (net::is_loopback(text) && !net::is_private_address(text)) std::abort();
    return 0;
}
