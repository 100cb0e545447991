#include "base/yaml.h"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/bytes.h"
#include "base/text.h"

namespace pith::yaml {

namespace {

constexpr std::size_t most_bytes = 4 * MiB, most_nodes = 200'000, most_depth = 64;

// Carries an Error through the parser, which knows only exceptions.
struct Refused {
    Error error;
};

// Of a node with all below it.
struct Size {
    std::size_t nodes = 1, height = 1;
};

// Makes the tree while the parser reads, so that the bounds hold before memory is taken.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(std::string_view name) : m_name(std::make_shared<std::string>(name)) {}

    Node take() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(node(mark, Node::Kind::null), anchor); }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        auto out = node(mark, Node::Kind::scalar);
        out.scalar = value;
        out.quoted = tag == "!";
        add(std::move(out), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        auto named = m_anchors.find(anchor);
        if (named == m_anchors.end()) refuse(mark.line + 1, ErrorCode::format, "an alias to what it is a part of");
        const auto& [node, size] = named->second;
        count(mark, size.nodes);
        check_depth(mark.line + 1, size.height);
        add(node, 0, size);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(node(mark, Node::Kind::sequence), anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(node(mark, Node::Kind::mapping), anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        Size size;
        bool expects_value = false;  // of a mapping: the last key has no value yet
    };
    struct Anchored {
        Node node;
        Size size;
    };

    Node node(const YAML::Mark& mark, Node::Kind kind) {
        count(mark, 1);
        Node out;
        out.kind = kind;
        out.line = mark.line + 1;
        out.file = m_name;
        return out;
    }

    void count(const YAML::Mark& mark, std::size_t more) {
        if ((m_nodes += more) > most_nodes)
            refuse(mark.line + 1, ErrorCode::limit,
                   fmt::format("more than {} values (aliases counted each time they are used)", most_nodes));
    }

    void open(Node node, YAML::anchor_t anchor) {
        check_depth(node.line, 1);
        m_open.push_back({std::move(node), anchor, {}});
    }

    void check_depth(int line, std::size_t more) const {
        if (m_open.size() + more > most_depth)
            refuse(line, ErrorCode::limit, fmt::format("nested deeper than {}", most_depth));
    }

    void close() {
        auto done = std::move(m_open.back());
        m_open.pop_back();
        add(std::move(done.node), done.anchor, done.size);
    }

    void add(Node node, YAML::anchor_t anchor, Size size = {}) {
        if (anchor != 0) keep(anchor, node, size);
        if (m_open.empty()) {
            m_root = std::move(node);
            return;
        }
        auto& parent = m_open.back();
        parent.size.nodes += size.nodes;
        parent.size.height = std::max(parent.size.height, size.height + 1);
        if (parent.node.kind == Node::Kind::sequence)
            parent.node.items.push_back(std::move(node));
        else if (std::exchange(parent.expects_value, !parent.expects_value))
            parent.node.map.back().second = std::move(node);
        else
            add_key(parent.node, node);
    }

    // An anchor's value is kept as a copy, and copies count as values do.
    void keep(YAML::anchor_t anchor, const Node& node, Size size) {
        if ((m_kept += size.nodes) > most_nodes)
            refuse(node.line, ErrorCode::limit, fmt::format("more than {} values below anchors", most_nodes));
        m_anchors.insert_or_assign(anchor, Anchored{node, size});
    }

    void add_key(Node& mapping, const Node& key) const {
        if (key.kind != Node::Kind::scalar) refuse(key.line, ErrorCode::format, "a key that is not plain text");
        if (mapping.find(key.scalar))
            refuse(key.line, ErrorCode::format, fmt::format("the key '{}' stands twice", printable(key.scalar)));
        mapping.map.emplace_back(key.scalar, Node());
        mapping.key_lines.push_back(key.line);
    }

    [[noreturn]] void refuse(int line, ErrorCode code, const std::string& what) const {
        throw Refused{{code, fmt::format("{}:{}: {}", *m_name, line, what)}};
    }

    std::shared_ptr<const std::string> m_name;
    Node m_root;
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, Anchored> m_anchors;
    std::size_t m_nodes = 0, m_kept = 0;
};

// Sees where a document begins, and nothing else.
class Beginning : public YAML::EventHandler {
public:
    int line = 0;

    void OnDocumentStart(const YAML::Mark& mark) override { line = mark.line + 1; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

// YAML 1.2.2, section 5.1: what is printable, and UTF-8 alone. The parser itself takes anything.
Result<> check_characters(std::string_view text, std::string_view name) {
    int line = 1;
    for (std::size_t at = 0; at < text.size();) {
        auto length = utf8_length(text.substr(at));
        auto byte = static_cast<unsigned char>(text[at]);
        bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
        if (length == 0 || control)
            return fail(ErrorCode::format,
                        fmt::format("{}:{}: the byte 0x{:02x} at {} is not text: YAML is read as UTF-8 without control "
                                    "characters",
                                    name, line, byte, at));
        if (text[at] == '\n') ++line;
        at += length;
    }
    return {};
}

}  // namespace

Node::Node() = default;

const Node* Node::find(std::string_view key) const {
    auto it = std::find_if(map.begin(), map.end(), [&](const auto& entry) { return entry.first == key; });
    return it == map.end() ? nullptr : &it->second;
}

std::string Node::place() const { return fmt::format("{}:{}", file ? *file : "?", line); }

Result<Node> parse(std::string_view text, std::string_view name) {
    if (text.size() > most_bytes)
        return fail(ErrorCode::limit,
                    fmt::format("{}: larger than {}, the most that is read as YAML", name, human_size(most_bytes)));
    TRY(check_characters(text, name));
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        TreeBuilder tree(name);
        parser.HandleNextDocument(tree);
        if (Beginning second; parser.HandleNextDocument(second))
            return fail(ErrorCode::format,
                        fmt::format("{}:{}: a second document begins here, and only one is read", name, second.line));
        return tree.take();
    } catch (const Refused& refused) {
        return std::unexpected(refused.error);
    } catch (const YAML::Exception& e) {
        return fail(ErrorCode::format, fmt::format("{}:{}: not valid YAML: {}", name, e.mark.line + 1, e.msg));
    }
}

}  // namespace pith::yaml
