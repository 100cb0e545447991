// A conversation with a registry about one repository: every request carries the authorization, and one that is refused
// for want of it is made once more with another. What the registry sends elsewhere goes there without it.
// Thread-safety: as its transfer loop.
#pragma once

#include <functional>

#include "net/transfer.h"
#include "oci/registry/authorization.h"

namespace pith::oci::registry {

// Where a repository's requests go, and who asks.
struct Endpoint {
    std::string host;  // as in references
    std::string base;  // "https://registry-1.docker.io/v2/"
    Authorization* authorization;
    const net::Options* options;
};

class Exchange : public net::Conversation {
public:
    explicit Exchange(const Endpoint& endpoint) : m_endpoint(endpoint) {}
    std::optional<net::Request> first() final;
    std::optional<net::Request> next(Result<net::Response> answer) final;

protected:
    [[nodiscard]] virtual std::optional<net::Request> begin() = 0;
    // What follows from an answer of any status but 401.
    [[nodiscard]] virtual std::optional<net::Request> follow(Result<net::Response> answer) = 0;

    // A request below the registry's base: "library/nginx/manifests/latest".
    [[nodiscard]] net::Request request(std::string_view path, net::Method method = net::Method::get) const;
    // Where a Location or Link of an answer leads; never from https to http.
    [[nodiscard]] static Result<std::string> follow_url(const net::Response& answer, std::string_view reference);

    const Endpoint& m_endpoint;

private:
    [[nodiscard]] net::Request prepare(net::Request request);

    net::Request m_asked;    // without authorization
    std::string m_sent;      // the authorization that went with it
    bool m_renewed = false;  // it was made once more already
    bool m_from_public = false;
};

// One request after another: of each answer, of any status but 401, `step` says what to ask next. `result` is the first
// error, of the network or of a step.
class Steps : public Exchange {
public:
    using Step = std::function<Result<std::optional<net::Request>>(net::Response answer)>;
    Steps(const Endpoint& endpoint, net::Request first, Step step, Result<>& result)
        : Exchange(endpoint), m_first(std::move(first)), m_step(std::move(step)), m_result(result) {}

protected:
    std::optional<net::Request> begin() override { return std::move(m_first); }
    std::optional<net::Request> follow(Result<net::Response> answer) override;

private:
    net::Request m_first;
    Step m_step;
    Result<>& m_result;
};

// What an answer that was not expected means: not_found for 404, else network; with the way to log in for
// 401 and 403.
[[nodiscard]] Error unexpected_answer(const Endpoint& endpoint, const net::Response& answer, std::string_view what);

}  // namespace pith::oci::registry
