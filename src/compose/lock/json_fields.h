// Reading JSON strictly, by tables of fields: an unknown key, a missing one, one that stands twice, or a value of
// another type is an error that names the file and the place as a JSON pointer (RFC 6901). Thread-safe.
// Only .cpp files include it.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace pith::compose {

// A value and where it stands.
struct JsonValue {
    const nlohmann::ordered_json* json = nullptr;
    std::string pointer;
    std::string_view file;

    [[nodiscard]] JsonValue child(const std::string& key, const nlohmann::ordered_json& value) const;
};

[[nodiscard]] std::unexpected<Error> fail_at(const JsonValue& value, std::string_view message);

// Errors: format (with line and column), limit (nested deeper than `most_depth`; base/json_check.h).
[[nodiscard]] Result<nlohmann::ordered_json> parse_json(std::string_view text, std::string_view file, int most_depth);

using ReadJson = std::function<Result<>(const JsonValue&)>;
struct JsonField {
    std::string_view key;
    ReadJson read;
};
// All the fields are there, in any order, and no others. They are read in the order of the table.
[[nodiscard]] Result<> read_object(const JsonValue& value, const std::vector<JsonField>& fields);
// An object whose keys are names.
[[nodiscard]] Result<> read_members(const JsonValue& value,
                                    const std::function<Result<>(const std::string& key, const JsonValue&)>& read);
[[nodiscard]] Result<> read_items(const JsonValue& value, std::size_t most, const ReadJson& read);

[[nodiscard]] Result<std::string> read_string(const JsonValue& value);  // without control characters
[[nodiscard]] Result<std::uint64_t> read_number(const JsonValue& value, std::uint64_t most);
[[nodiscard]] Result<Digest> read_digest(const JsonValue& value);  // "sha256:<64 digits>"

// Fields that only store.
[[nodiscard]] JsonField string_field(std::string_view key, std::string& into);
[[nodiscard]] JsonField digest_field(std::string_view key, Digest& into);

}  // namespace pith::compose
