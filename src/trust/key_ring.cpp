#include "trust/key_ring.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"

namespace pith::trust {

namespace {

constexpr std::uint64_t most_bytes = 1 * MiB, most_key_bytes = 64 * KiB;
constexpr std::size_t most_keys = 256;
constexpr std::size_t date_size = 10;  // "2026-01-31"
constexpr std::string_view pem_mark = "-----BEGIN";

bool is_pem(std::string_view text) { return trim(text).starts_with(pem_mark); }

Result<Time> time_of(const yaml::Node& node, bool is_end) {
    auto time = TRY(context(parse_time(node.scalar), node.place()));
    if (!is_end || node.scalar.size() != date_size) return time;
    return time + std::chrono::days(1) - std::chrono::milliseconds(1);
}

Result<RingKey> read_key(const yaml::Node& node, const ReadKeyFile& read) {
    if (node.kind != yaml::Node::Kind::mapping)
        return fail(ErrorCode::format, fmt::format("{}: a key should be a mapping with 'key'", node.place()));
    std::string name, source;
    Validity valid;
    for (const auto& [key, value] : node.map) {
        if (value.kind != yaml::Node::Kind::scalar || value.scalar.empty())
            return fail(ErrorCode::format,
                        fmt::format("{}: '{}' should be a text that is not empty", value.place(), printable(key)));
        if (key == "key")
            source = value.scalar;
        else if (key == "name")
            name = value.scalar;
        else if (key == "from")
            valid.from = TRY(time_of(value, false));
        else if (key == "until")
            valid.until = TRY(time_of(value, true));
        else
            return fail(ErrorCode::format, fmt::format("{}: a key has key, name, from and until, but no '{}'",
                                                       value.place(), printable(key)));
    }
    if (source.empty()) return fail(ErrorCode::format, fmt::format("{}: 'key' is missing", node.place()));
    if (valid.from && valid.until && *valid.from > *valid.until)
        return fail(ErrorCode::format, fmt::format("{}: 'until' is before 'from'", node.place()));
    bool in_place = is_pem(source);
    auto pem = in_place ? source : TRY(context(read(source), node.place()));
    auto key = TRY(context(PublicKey::from_pem(pem),
                           in_place ? node.place() : fmt::format("{}: key '{}'", node.place(), printable(source))));
    if (name.empty()) name = in_place ? key.id().brief() : source;
    return RingKey{std::move(name), std::move(key), valid};
}

}  // namespace

Result<KeyRing> parse_key_ring(std::string_view text, const std::string& name, const ReadKeyFile& read) {
    if (is_pem(text)) {
        auto key = TRY(context(PublicKey::from_pem(text), fmt::format("key '{}'", name)));
        return KeyRing{{{name, std::move(key), {}}}};
    }
    auto document = TRY(context(yaml::parse(text, name), "not a PEM public key, so read as a key ring"));
    const auto* keys = document.find("keys");
    if (!keys || keys->kind != yaml::Node::Kind::sequence || keys->items.empty() || document.map.size() != 1)
        return fail(ErrorCode::format,
                    fmt::format("'{}' is neither a PEM public key nor a key ring: YAML with a list 'keys'", name));
    if (keys->items.size() > most_keys)
        return fail(ErrorCode::limit, fmt::format("{}: more than {} keys", keys->place(), most_keys));
    KeyRing out;
    for (const auto& node : keys->items) out.keys.push_back(TRY(read_key(node, read)));
    return out;
}

Result<KeyRing> read_key_ring(const std::filesystem::path& file) {
    auto text = TRY(read_text(file, most_bytes));
    return parse_key_ring(text, file.filename().string(), [&](const std::string& name) {
        return read_text(file.parent_path() / name, most_key_bytes);
    });
}

Result<const RingKey*> signer(const KeyRing& ring, const std::function<Result<>(const PublicKey& key)>& verify) {
    std::optional<Error> unclear;
    for (const auto& each : ring.keys) {
        auto verified = verify(each.key);
        if (verified) return &each;
        if (verified.error().code != ErrorCode::integrity) unclear = std::move(verified).error();
    }
    if (unclear) return std::unexpected(std::move(*unclear));
    return fail(
        ErrorCode::integrity,
        ring.keys.size() == 1
            ? fmt::format("the signature was not made by the {} key '{}' over this content", ring.keys[0].key.kind(),
                          printable(ring.keys[0].name))
            : fmt::format("the signature was not made by any of the {} keys over this content", ring.keys.size()));
}

Result<> check_valid(const RingKey& key, const std::vector<Time>& times, bool proved) {
    for (auto time : times)
        if (!key.valid.contains(time))
            return fail(ErrorCode::integrity, fmt::format("the key '{}' that made the signature is valid {}, and {} {}",
                                                          printable(key.name), to_text(key.valid),
                                                          proved ? "this was signed at"
                                                                 : "no verified timestamp proves that it "
                                                                   "was used then: now it is",
                                                          to_text(time)));
    return {};
}

}  // namespace pith::trust
