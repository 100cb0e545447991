#include "base/json_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "base/text.h"

namespace pith {

namespace {

using Json = nlohmann::json;

constexpr std::size_t most_pairs = 64'000'000;

class Checker : public nlohmann::json_sax<Json> {
public:
    explicit Checker(const JsonLimits& limits) : m_limits(limits) {}

    std::optional<Error> fault;  // without the document's name

    bool null() override { return value(); }
    bool boolean(bool) override { return value(); }
    bool number_integer(number_integer_t) override { return value(); }
    bool number_unsigned(number_unsigned_t) override { return value(); }
    bool number_float(number_float_t, const string_t&) override { return value(); }
    bool string(string_t&) override { return value(); }
    bool binary(binary_t&) override { return value(); }
    bool start_object(std::size_t) override { return open(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (!m_limits.keys) return true;
        auto& keys = m_open.back();
        if (keys.size() == *m_limits.keys)
            return refuse(ErrorCode::limit, fmt::format("has an object of more than {} keys", *m_limits.keys));
        m_pairs += keys.size();
        if (m_pairs > most_pairs) return refuse(ErrorCode::limit, "has too many large objects");
        if (keys.insert(name).second) return true;
        return refuse(
            ErrorCode::format,
            fmt::format("has the key '{}' twice in one object, which readers take differently", printable(name)));
    }
    bool parse_error(std::size_t, const std::string&, const Json::exception& error) override {
        std::string_view text = error.what();
        auto tag = text.find("] ");  // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
        return refuse(ErrorCode::format,
                      fmt::format("is not JSON: {}", printable(tag == text.npos ? text : text.substr(tag + 2))));
    }

private:
    bool refuse(ErrorCode code, std::string message) {
        if (!fault) fault = {code, std::move(message)};
        return false;
    }
    bool value() {
        if (++m_values <= m_limits.values) return true;
        return refuse(ErrorCode::limit, fmt::format("has more than {} values", m_limits.values));
    }
    bool open() {
        if (m_open.size() == static_cast<std::size_t>(m_limits.depth))
            return refuse(ErrorCode::limit, fmt::format("is nested deeper than {} levels", m_limits.depth));
        m_open.emplace_back();
        return value();
    }
    bool close() {
        m_open.pop_back();
        return true;
    }

    const JsonLimits& m_limits;
    std::vector<std::unordered_set<std::string>> m_open;  // the keys of each object that is open; none of an array
    std::size_t m_values = 0, m_pairs = 0;
};

}  // namespace

Result<> check_json(std::string_view text, std::string_view what, const JsonLimits& limits) {
    Checker checker(limits);
    if (Json::sax_parse(text, &checker)) return {};
    return fail(checker.fault->code, fmt::format("{} {}", what, checker.fault->message));
}

}  // namespace pith
