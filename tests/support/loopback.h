// An HTTP server on 127.0.0.1 for tests: a function answers, and can misbehave (cut, hang, lie about lengths).
// One connection a request. The function is called from several threads.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pith::test {

struct HttpRequest {
    std::string method, target;                  // the target as sent: a path, or a whole URL to a proxy
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body{};
    bool cut = false;  // the connection was closed within the body; there is nobody to answer any more
    [[nodiscard]] std::string header(const std::string& name) const;
};

struct HttpAnswer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::optional<std::size_t> cut_after{};  // so many bytes of the body, then …
    bool hang = false;                       // … silence until the server ends (else the connection is closed)
};

class Loopback {
public:
    using Handler = std::function<HttpAnswer(const HttpRequest&)>;
    // After how many bytes of a request's body the connection is closed, by its head; nothing for all others.
    using Cutter = std::function<std::optional<std::size_t>(const HttpRequest&)>;
    explicit Loopback(Handler handler, Cutter cutter = {});
    ~Loopback();
    Loopback(const Loopback&) = delete;
    Loopback& operator=(const Loopback&) = delete;

    [[nodiscard]] std::string url(std::string_view path) const;  // "http://127.0.0.1:PORT" + path
    [[nodiscard]] std::vector<HttpRequest> requests() const;     // so far, in the order of their arrival
    [[nodiscard]] unsigned connections() const;                  // so far

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// The files below a folder, as a plain static server has them: ETag, Last-Modified, conditional and range requests.
[[nodiscard]] Loopback::Handler serve_folder(std::filesystem::path root);

}  // namespace pith::test
