#include <cstdint>
#include <cstdlib>

#include "inventory/inventory_record.h"

using namespace pith;

// A record that is taken is written as one that gives the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto record = as_text(std::as_bytes(std::span(data, size)));
    auto inventory = inventory::from_record(record, 3);
    if (!inventory) return 0;
    auto again = inventory::from_record(inventory::to_record(*inventory), 3);
    if (!again || inventory::to_record(*again) != inventory::to_record(*inventory)) std::abort();
    return 0;
}
