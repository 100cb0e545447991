#include "oci/registry/exchange.h"

#include <fmt/format.h>

#include "net/url.h"

namespace pith::oci::registry {

net::Request Exchange::prepare(net::Request request) {
    request.any_status = true;
    bool here = request.url.starts_with(m_endpoint.base);
    request.reach = !here && m_from_public ? net::Reach::public_only : net::Reach::as_begun;
    m_asked = request;
    m_sent = here ? m_endpoint.authorization->header() : "";
    if (!m_sent.empty()) request.headers.emplace_back("Authorization", m_sent);
    return request;
}

std::optional<net::Request> Exchange::first() {
    auto request = begin();
    if (request) return prepare(std::move(*request));
    return std::nullopt;
}

std::optional<net::Request> Exchange::next(Result<net::Response> answer) {
    if (answer && answer->status != 0) m_from_public = answer->from_public;
    bool unauthorized = answer && answer->status == 401 && m_asked.url.starts_with(m_endpoint.base);
    if (unauthorized && !std::exchange(m_renewed, true)) {
        auto renewed = m_endpoint.authorization->answer(*answer, m_sent);
        m_asked.pause = {};
        if (renewed) return prepare(std::move(m_asked));
        answer = std::unexpected(std::move(renewed).error());
    }
    m_renewed = false;
    auto request = follow(std::move(answer));
    if (request) return prepare(std::move(*request));
    return std::nullopt;
}

net::Request Exchange::request(std::string_view path, net::Method method) const {
    return {.url = net::join_url(m_endpoint.base, path), .method = method};
}

Result<std::string> Exchange::follow_url(const net::Response& answer, std::string_view reference) {
    auto url = TRY(net::resolve_url(answer.url, reference));
    if (!url.starts_with("http") || (answer.url.starts_with("https:") && !url.starts_with("https:")))
        return fail(ErrorCode::network, fmt::format("'{}' leads from https to '{}'", net::printable_url(answer.url),
                                                    net::printable_url(url)));
    return url;
}

std::optional<net::Request> Steps::follow(Result<net::Response> answer) {
    auto next = answer ? m_step(std::move(*answer)) : std::unexpected(std::move(answer).error());
    if (next) return std::move(*next);
    m_result = std::unexpected(std::move(next).error());
    return std::nullopt;
}

Error unexpected_answer(const Endpoint& endpoint, const net::Response& answer, std::string_view what) {
    auto said = describe_answer(answer);
    if (answer.status == 404)
        return {ErrorCode::not_found, fmt::format("{} has no {} ({})", endpoint.host, what, said)};
    if (answer.status == 401 || answer.status == 403)
        return {ErrorCode::network,
                fmt::format("{} does not give {} to this user ({}); check the name, and log in with `pith login {}`",
                            endpoint.host, what, said, endpoint.host)};
    return {ErrorCode::network, fmt::format("{} gives a strange answer about {} ({}); try later, or ask who runs it",
                                            endpoint.host, what, said)};
}

}  // namespace pith::oci::registry
