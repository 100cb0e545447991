#include "feed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return pith::fuzz::read_feed(pith::advisory::feeds::read_wolfi_events, data, size);
}
