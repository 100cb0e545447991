// YAML 1.2 as a plain tree that knows its lines, for definitions and data files.
// Limits: 4 MiB of text, depth 64, 200,000 nodes after aliases are expanded. A key that stands twice in
// one mapping is an error, and so is a second document, a byte that is not UTF-8, a control character. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pith::yaml {

struct Node {
    Node();  // not inline: clang would need the pairs of `map` complete while it completes this

    enum class Kind { null, scalar, sequence, mapping };
    Kind kind = Kind::null;
    std::string scalar;
    bool quoted = false;                            // a quoted scalar is text whatever it looks like
    std::vector<Node> items;                        // of a sequence
    std::vector<std::pair<std::string, Node>> map;  // of a mapping, in the order of the file
    std::vector<int> key_lines;                     // the line of each key of `map`
    int line = 0;                                   // counted from 1
    std::shared_ptr<const std::string> file;        // the name given to parse()

    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] std::string place() const;  // "FILE:LINE"
};

// `name` is the file's name for messages. Errors read "NAME:LINE: …".
[[nodiscard]] Result<Node> parse(std::string_view text, std::string_view name);

}  // namespace pith::yaml
