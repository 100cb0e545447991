// A feed of the fuzzer's bytes: what a reader takes in must be readable again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <span>

#include "advisory/codec.h"
#include "advisory/feeds/readers.h"

namespace pith::fuzz {

inline int read_feed(Result<> (*read)(const advisory::feeds::Document&, advisory::FeedData&), const std::uint8_t* data,
                     std::size_t size) {
    advisory::FeedData out;
    if (!read({"debian", std::as_bytes(std::span(data, size))}, out)) return 0;
    for (const auto& [stream, packages] : out.claims())
        for (const auto& [package, blob] : packages) {
            advisory::ClaimReader reader(blob);
            advisory::Claim claim;
            while (!reader.at_end())
                if (!reader.next(claim)) std::abort();
        }
    for (const auto& [id, blob] : out.facts())
        if (!advisory::decode_fact(blob)) std::abort();
    return 0;
}

}  // namespace pith::fuzz
