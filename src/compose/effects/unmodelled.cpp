#include "compose/effects/unmodelled.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr std::size_t most_pairs = 4'000'000;
constexpr std::size_t shown_lines = 60, shown_changes = 200;

// "  12 | text", with tabs as spaces and whatever a terminal might act on made visible.
std::string shown(const ScriptLine& line, char mark) {
    std::string text;
    for (char c : line.text) text += c == '\t' ? std::string(4, ' ') : std::string(1, c);
    return fmt::format("  {} {:>4} | {}\n", mark, line.number, printable(text, 400));
}

std::string plural(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "lines 3, 5-8 and 12", counted from 1.
std::string ranges(const std::vector<std::size_t>& indices) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < indices.size();) {
        std::size_t end = i;
        while (end + 1 < indices.size() && indices[end + 1] == indices[end] + 1) ++end;
        parts.push_back(end == i ? fmt::format("{}", indices[i] + 1)
                                 : fmt::format("{}-{}", indices[i] + 1, indices[end] + 1));
        i = end + 1;
    }
    const std::string noun = indices.size() == 1 ? "line " : "lines ";
    if (parts.size() < 2) return noun + join(parts, "");
    auto last = parts.back();
    parts.pop_back();
    return fmt::format("{}{} and {}", noun, join(parts, ", "), last);
}

std::string what_changed(const ScriptPart& part, const Nearest& nearest) {
    const auto& [added, removed] = nearest.difference;
    std::string out = fmt::format("Beside the nearest that is modelled ({}, {} of {}), ", nearest.place,
                                  nearest.digest.brief(), plural(nearest.lines, "line"));
    out +=
        added.size() == 1 ? "1 line is new or changed:\n" : fmt::format("{} lines are new or changed:\n", added.size());
    for (std::size_t i = 0; i < std::min(added.size(), shown_changes); ++i) out += shown(part.lines[added[i]], '+');
    if (added.size() > shown_changes) out += fmt::format("  … and {} more\n", added.size() - shown_changes);
    if (!removed.empty())
        out += fmt::format("and its {} {} gone (counted without comments and empty lines)\n", ranges(removed),
                           removed.size() == 1 ? "is" : "are");
    return out;
}

std::string listing(const MaintainerScript& script, const ScriptPart& part) {
    std::string out;
    for (std::size_t i = 0; i < std::min(part.lines.size(), shown_lines); ++i) out += shown(part.lines[i], ' ');
    if (part.lines.size() > shown_lines)
        out += fmt::format("  … and {} more of {}; `dpkg-deb --info FILE.deb {}` shows the whole script\n",
                           part.lines.size() - shown_lines, plural(part.lines.size(), "line"), script.script);
    return out;
}

std::string describe(const MaintainerScript& script, const UnmodelledPart& unknown) {
    const auto& part = *unknown.part;
    std::string out = "\n";
    if (!part.helper.empty())
        return out +
               fmt::format("This section is marked as written by {}, but is none of those it is known to write:\n",
                           part.helper) +
               listing(script, part);
    if (unknown.nearest)
        out += what_changed(part, *unknown.nearest) + "\n";
    else
        out += fmt::format("No version of {} is modelled yet.\n", script.name());
    return out + "What its maintainer wrote, without comments:\n" + listing(script, part);
}

std::string ways_to_answer(const MaintainerScript& script, const std::vector<UnmodelledPart>& parts) {
    std::string out =
        "\nWhat can be done:\n"
        "  - use a newer pith, whose data may know this script, or report the script to its authors;\n"
        "  - or read it, and say in the definition what a first installation does to an image:\n"
        "      effects:\n";
    for (const auto& unknown : parts)
        out += fmt::format("        - script: {}\n          sha256: {}\n          none: WHY IT CHANGES NOTHING\n",
                           script.name(), unknown.part->digest.hex());
    return out + "    with `actions:` in place of `none:` where it does change something (docs/effects.md lists them).";
}

}  // namespace

LineDigest line_digest(const ScriptLine& line) {
    auto digest = sha256(line.normal);
    LineDigest out = 0;
    for (int i = 0; i < 4; ++i) out = out << 8 | std::to_integer<LineDigest>(digest.value[static_cast<std::size_t>(i)]);
    return out;
}

std::vector<LineDigest> line_digests(const ScriptPart& part) {
    std::vector<LineDigest> out;
    for (const auto& line : part.lines) out.push_back(line_digest(line));
    return out;
}

LineDifference difference(std::span<const LineDigest> before, std::span<const LineDigest> after) {
    std::size_t start = 0, old_end = before.size(), new_end = after.size();
    while (start < old_end && start < new_end && before[start] == after[start]) ++start;
    while (old_end > start && new_end > start && before[old_end - 1] == after[new_end - 1]) --old_end, --new_end;

    const std::size_t rows = old_end - start, columns = new_end - start;
    // longest[i][j]: of the longest common subsequence of what follows old line i and new line j.
    std::vector<std::uint32_t> longest;
    if (rows * columns <= most_pairs) longest.resize((rows + 1) * (columns + 1));
    auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return longest[i * (columns + 1) + j]; };
    for (std::size_t i = rows; !longest.empty() && i-- > 0;)
        for (std::size_t j = columns; j-- > 0;)
            at(i, j) =
                before[start + i] == after[start + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));

    LineDifference out;
    for (std::size_t i = 0, j = 0; i < rows || j < columns;) {
        const bool comparable = i < rows && j < columns && !longest.empty();
        if (comparable && before[start + i] == after[start + j])
            ++i, ++j;
        else if (i < rows && (!comparable || at(i + 1, j) >= at(i, j + 1)))
            out.removed.push_back(start + i++);
        else
            out.added.push_back(start + j++);
    }
    return out;
}

std::string unmodelled_message(const MaintainerScript& script, const std::vector<UnmodelledPart>& parts) {
    std::string out =
        fmt::format("{} of {} {} ({}) is not modelled: nobody has said what it does to an image, and it is not run\n",
                    script.script, script.package, script.version, script.architecture);
    for (const auto& unknown : parts) out += describe(script, unknown);
    return out + ways_to_answer(script, parts);
}

}  // namespace pith::compose
