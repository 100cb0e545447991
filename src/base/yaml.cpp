#include "base/yaml.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/bytes.h"

namespace pith::yaml {

namespace {

constexpr std::size_t most_bytes = 4 * MiB, most_nodes = 200'000;
constexpr int most_depth = 64;

class Converter {
public:
    explicit Converter(std::string_view name) : m_name(std::make_shared<std::string>(name)) {}

    Result<Node> convert(const YAML::Node& in, int depth) {
        Node out;
        out.line = in.Mark().line + 1;
        out.file = m_name;
        if (depth > most_depth)
            return error(out.line, ErrorCode::limit, fmt::format("nested deeper than {}", most_depth));
        if (++m_count > most_nodes)
            return error(out.line, ErrorCode::limit,
                         fmt::format("more than {} values (aliases counted each time they are used)", most_nodes));
        switch (in.Type()) {
            case YAML::NodeType::Undefined:
            case YAML::NodeType::Null: break;
            case YAML::NodeType::Scalar:
                out.kind = Node::Kind::scalar;
                out.scalar = in.Scalar();
                out.quoted = in.Tag() == "!";
                break;
            case YAML::NodeType::Sequence:
                out.kind = Node::Kind::sequence;
                for (const auto& item : in) out.items.push_back(TRY(convert(item, depth + 1)));
                break;
            case YAML::NodeType::Map: TRY(convert_map(in, depth, out)); break;
        }
        return out;
    }

private:
    Result<> convert_map(const YAML::Node& in, int depth, Node& out) {
        out.kind = Node::Kind::mapping;
        for (const auto& entry : in) {
            int line = entry.first.Mark().line + 1;
            if (!entry.first.IsScalar()) return error(line, ErrorCode::format, "a key that is not plain text");
            const auto& key = entry.first.Scalar();
            if (out.find(key)) return error(line, ErrorCode::format, fmt::format("the key '{}' stands twice", key));
            out.map.emplace_back(key, TRY(convert(entry.second, depth + 1)));
            out.key_lines.push_back(line);
        }
        return {};
    }

    std::unexpected<Error> error(int line, ErrorCode code, const std::string& what) const {
        return fail(code, fmt::format("{}:{}: {}", *m_name, line, what));
    }

    std::shared_ptr<const std::string> m_name;
    std::size_t m_count = 0;
};

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
    try {
        auto documents = YAML::LoadAll(std::string(text));
        if (documents.size() > 1)
            return fail(ErrorCode::format, fmt::format("{}:{}: a second document begins here, and only one is read",
                                                       name, documents[1].Mark().line + 1));
        return Converter(name).convert(documents.empty() ? YAML::Node() : documents[0], 0);
    } catch (const YAML::Exception& e) {
        return fail(ErrorCode::format, fmt::format("{}:{}: not valid YAML: {}", name, e.mark.line + 1, e.msg));
    }
}

}  // namespace pith::yaml
