// Strict reading of the JSON that trust is decided from: a key that stands twice is an error (two readers could each
// take another one), as are another spelling of base64, a number that is not a whole one, and too much of anything.
// Source: the JSON mapping of Protocol Buffers (64-bit integers may be texts; null is a field that is not set), of
// which only the lowerCamelCase names are taken. Limits: 32 levels, and those of base/json_check.h. Only .cpp files
// include it. Thread-safe.
#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "trust/time.h"

namespace pith::trust {

using Json = nlohmann::ordered_json;

// Errors: limit, or format; both name the document as `what`.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view what, std::uint64_t most);

// No white space, keys as they were added.
[[nodiscard]] std::string dump_json(const Json& json);

// An object of a document, which must outlive it. Errors are format errors that give the path of the field.
class JsonObject {
public:
    [[nodiscard]] static Result<JsonObject> of(const Json& json, std::string path);

    // Any other key is an error.
    [[nodiscard]] Result<> only(std::initializer_list<std::string_view> keys) const;
    [[nodiscard]] bool has(std::string_view key) const;

    // A field that is not there is an error of text(), base64() and object(), and empty or 0 elsewhere.
    [[nodiscard]] Result<std::string> text(std::string_view key) const;
    [[nodiscard]] Result<Bytes> base64(std::string_view key) const;          // not empty
    [[nodiscard]] Result<std::uint64_t> number(std::string_view key) const;  // 0 to 2^63 - 1
    [[nodiscard]] Result<Time> time(std::string_view key) const;             // a number of seconds since 1970, to 9999
    [[nodiscard]] Result<JsonObject> object(std::string_view key) const;
    [[nodiscard]] Result<std::vector<JsonObject>> objects(std::string_view key, std::size_t most) const;
    [[nodiscard]] Result<std::vector<Bytes>> base64_list(std::string_view key, std::size_t most) const;
    // The texts of an object whose values are texts, by key, in the order of the document.
    [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> texts(std::string_view key,
                                                                                 std::size_t most) const;
    [[nodiscard]] const Json* value(std::string_view key) const;

    [[nodiscard]] std::string path_of(std::string_view key) const;

private:
    JsonObject(const Json* json, std::string path) : m_json(json), m_path(std::move(path)) {}
    [[nodiscard]] Result<const Json*> required(std::string_view key) const;
    [[nodiscard]] Result<const Json*> list(std::string_view key, std::size_t most) const;

    const Json* m_json;
    std::string m_path;
};

}  // namespace pith::trust
