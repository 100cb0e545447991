// Errors as values: every fallible function of pith returns Result<T>.
//
// An Error says what happened, where, and what to do. The innermost message is written by the code
// that saw the fault; callers add the place with `context` ("layer 3", "nginx_1.22.1_amd64.deb").
// Thread-safety: values, no shared state.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pith {

enum class ErrorCode {
    usage,        // the command line or a definition says something that cannot be meant
    io,           // the operating system refused: open, read, write, rename, ...
    network,      // a server could not be reached or answered wrongly
    offline,      // it would need the network, and --offline forbids it
    format,       // bytes that break their format
    limit,        // a bound on size, depth, count, ratio or time was reached
    integrity,    // a digest or signature does not hold
    damaged,      // a file of the cache does not hold any more; the same again makes it anew
    not_found,    // something named does not exist
    conflict,     // the request cannot be satisfied
    unmodelled,   // a maintainer script nobody modelled
    unsupported,  // valid, but outside what pith does
    internal,     // a fault of pith itself
};

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::vector<std::string> contexts{};  // outermost last

    // "outer: inner: message", on one line unless the message itself has several.
    [[nodiscard]] std::string text() const {
        std::string out;
        for (auto it = contexts.rbegin(); it != contexts.rend(); ++it) out += *it + ": ";
        return out + message;
    }
};

template <class T = void>
using Result = std::expected<T, Error>;

// `return fail(ErrorCode::format, "…")` from any function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
    return std::unexpected(Error{code, std::move(message)});
}

// Adds where it happened to the error of a result, and leaves a value alone.
template <class T>
[[nodiscard]] Result<T> context(Result<T> result, std::string_view where) {
    if (!result) result.error().contexts.emplace_back(where);
    return result;
}

namespace detail {
template <class T>
T unwrap(Result<T>&& result) {
    return std::move(*result);
}
inline void unwrap(Result<void>&&) {}
}  // namespace detail

}  // namespace pith

// `auto x = TRY(f());` gives the value or returns the error from the enclosing function. One TRY may stand in a
// lambda inside another, so each has a variable of its own. It must not follow another value in braces, as in
// `Pair{name, TRY(f())}`: when it returns, gcc 12 does not destroy the values before it. A test looks for that.
#define TRY(...) PITH_TRY_NUMBERED(__COUNTER__, __VA_ARGS__)
#define PITH_TRY_NUMBERED(number, ...) PITH_TRY_AS(number, __VA_ARGS__)
#define PITH_TRY_AS(number, ...) PITH_TRY_WITH(try_result_##number, __VA_ARGS__)
#define PITH_TRY_WITH(result, ...)                                      \
    __extension__({                                                     \
        auto result = (__VA_ARGS__);                                    \
        if (!result) return std::unexpected(std::move(result).error()); \
        ::pith::detail::unwrap(std::move(result));                      \
    })
