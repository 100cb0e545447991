// What a person is told about a script that nobody modelled: what it holds, what is new in it beside the nearest
// script that is modelled, and how to answer. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compose/effects/script.h"

namespace pith::compose {

// A line of a script without its text: the first 32 bits of the SHA-256 of its normal form. The data keeps these
// for every remainder that is modelled, so that a difference can be shown without the text of Debian's scripts.
using LineDigest = std::uint32_t;

[[nodiscard]] LineDigest line_digest(const ScriptLine& line);
[[nodiscard]] std::vector<LineDigest> line_digests(const ScriptPart& part);

// The least that makes one sequence of lines of the other. Beyond 4 million pairs of lines that differ at all,
// everything between the equal beginning and the equal end counts as changed.
struct LineDifference {
    std::vector<std::size_t> added;    // indices in the new lines
    std::vector<std::size_t> removed;  // indices in the old lines
};
[[nodiscard]] LineDifference difference(std::span<const LineDigest> before, std::span<const LineDigest> after);

// A modelled remainder of the same script, to compare with.
struct Nearest {
    Digest digest;
    std::string place;  // "effects/nginx.yaml:12"
    std::size_t lines = 0;
    LineDifference difference;
};

// One part of a script that is not modelled.
struct UnmodelledPart {
    const ScriptPart* part = nullptr;
    std::optional<Nearest> nearest;
};

[[nodiscard]] std::string unmodelled_message(const MaintainerScript& script, const std::vector<UnmodelledPart>& parts);

}  // namespace pith::compose
