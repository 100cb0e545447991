#include "oci/registry/authorization.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "net/url.h"
#include "oci/json.h"
#include "oci/registry/headers.h"

namespace pith::oci::registry {

namespace {

constexpr std::uint64_t most_token_answer = MiB;
constexpr std::size_t most_errors_shown = 3;
constexpr std::string_view bearer_prefix = "Bearer ";

// A small text that is sent.
class TextUpload : public net::Upload {
public:
    explicit TextUpload(std::string text) : m_text(std::move(text)) {}
    std::uint64_t size() const override { return m_text.size(); }
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
        auto part = std::string_view(m_text).substr(std::min<std::size_t>(offset, m_text.size()), into.size());
        std::memcpy(into.data(), part.data(), part.size());
        return part.size();
    }

private:
    std::string m_text;
};

std::string text_at(const nlohmann::ordered_json& object, const char* key) {
    if (!object.is_object()) return {};
    auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace

std::string describe_answer(const net::Response& answer) {
    auto out = fmt::format("HTTP {}", answer.status);
    if (net::looks_like_html(answer.body)) return out + " and a page in HTML, as a portal or proxy gives it";
    auto json = parse_json(answer.body, "the answer", most_token_answer);
    if (!json && !trim(answer.body).empty()) return out + ", " + printable(trim(answer.body), 120);
    if (!json || !json->is_object()) return out;
    auto errors = json->find("errors");
    if (errors == json->end() || !errors->is_array()) return out;
    for (std::size_t i = 0; i < errors->size() && i < most_errors_shown; ++i)
        out += fmt::format(", {}: {}", printable(text_at((*errors)[i], "code"), 60),
                           printable(text_at((*errors)[i], "message")));
    return out;
}

Authorization::Authorization(std::string name, const Settings& settings)
    : m_name(std::move(name)), m_settings(settings) {}

void Authorization::add(std::set<std::string>& scopes, std::string scope) {
    if (scopes.insert(std::move(scope)).second && m_header.starts_with(bearer_prefix)) m_header.clear();
}

void Authorization::use(Credentials credentials) {
    m_credentials = std::move(credentials);
    m_loaded = true;
}

Result<> Authorization::load_credentials() {
    if (std::exchange(m_loaded, true)) return {};
    m_credentials = TRY(find_credentials(m_name, m_settings.auth_file));
    return {};
}

Result<> Authorization::answer(const net::Response& refused, const std::string& sent) {
    if (sent != m_header) return {};  // another one has been got meanwhile
    TRY(load_credentials());
    std::vector<Challenge> challenges;
    for (const auto& [name, value] : refused.headers)
        if (media_type_of(name) == "www-authenticate")
            std::ranges::move(read_challenges(value), std::back_inserter(challenges));
    auto host = m_name.substr(0, m_name.find('/'));
    auto bearer = std::ranges::find(challenges, "bearer", &Challenge::scheme);
    if (bearer != challenges.end()) {
        if (m_fault) return std::unexpected(*m_fault);
        auto fetch = [&] { return fetch_token(bearer->parameter("realm"), bearer->parameter("service"), refused); };
        auto token = fetch();
        if (!token && !std::exchange(m_optional, {}).empty()) token = fetch();
        if (!token) return std::unexpected(m_fault.emplace(std::move(token).error()));
        m_header = std::string(bearer_prefix) + *token;
        return {};
    }
    if (std::ranges::find(challenges, "basic", &Challenge::scheme) == challenges.end())
        return fail(ErrorCode::unsupported, fmt::format("{} wants an authorization that is neither a token nor a "
                                                        "password ({})",
                                                        host, describe_answer(refused)));
    if (!m_credentials || m_credentials->user.empty())
        return fail(ErrorCode::network,
                    fmt::format("{} wants a user and password; give them with `pith login {}`", host, host));
    if (!sent.empty())
        return fail(ErrorCode::network,
                    fmt::format("{} does not accept the password of '{}' ({}); log in again with "
                                "`pith login {}`",
                                host, printable(m_credentials->user), describe_answer(refused), host));
    m_header = "Basic " + to_base64(as_bytes(fmt::format("{}:{}", m_credentials->user, m_credentials->password)));
    return {};
}

net::Request Authorization::token_request(std::string url, const std::string& service) const {
    net::Request request{.url = std::move(url), .most_bytes = most_token_answer, .any_status = true};
    std::vector<std::string> scopes(m_scopes.begin(), m_scopes.end());
    scopes.insert(scopes.end(), m_optional.begin(), m_optional.end());
    if (m_credentials && !m_credentials->identity_token.empty()) {
        auto scope = join(scopes, " ");
        std::string form = "grant_type=refresh_token&client_id=pith";
        for (auto [key, value] :
             {std::pair("service", service), {"scope", scope}, {"refresh_token", m_credentials->identity_token}})
            form = net::with_query("?" + form, key, value).substr(1);
        request.method = net::Method::post;
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
        request.upload = std::make_shared<TextUpload>(std::move(form));
        return request;
    }
    if (!service.empty()) request.url = net::with_query(request.url, "service", service);
    for (const auto& scope : scopes) request.url = net::with_query(request.url, "scope", scope);
    if (m_credentials) {
        request.url = net::with_query(request.url, "account", m_credentials->user);
        auto pair = to_base64(as_bytes(fmt::format("{}:{}", m_credentials->user, m_credentials->password)));
        request.headers = {{"Authorization", "Basic " + pair}};
    }
    return request;
}

Result<std::string> Authorization::fetch_token(const std::string& realm, const std::string& service,
                                               const net::Response& refused) const {
    auto url = net::parse_url(realm);
    if (!url)
        return fail(ErrorCode::network, fmt::format("{} names the token service '{}', which cannot be asked ({}); ask "
                                                    "who runs it",
                                                    m_name, net::printable_url(realm), url.error().text()));
    bool plain = refused.url.starts_with("http:");
    if (url->scheme == "file" || (url->scheme == "http" && !plain))
        return fail(ErrorCode::network, fmt::format("{} names the token service '{}', which is not asked: it is not "
                                                    "reached over https",
                                                    m_name, net::printable_url(realm)));
    auto request = token_request(realm, service);
    request.reach = refused.from_public ? net::Reach::public_only : net::Reach::anywhere;
    Progress silent;
    auto answers = net::fetch({&request, 1}, m_settings.net, silent);
    return read_token(TRY(context(std::move(answers[0]), fmt::format("a token for {}", m_name))), realm);
}

Result<std::string> Authorization::read_token(const net::Response& answer, const std::string& realm) const {
    auto host = m_name.substr(0, m_name.find('/'));
    if (answer.status >= 500)
        return fail(ErrorCode::network, fmt::format("the token service of {} fails ({}); try later, or ask who runs it",
                                                    m_name, describe_answer(answer)));
    if (answer.status != 200)
        return fail(ErrorCode::network, fmt::format("the token service of {} refuses ({}); log in with `pith login {}`",
                                                    m_name, describe_answer(answer), host));
    auto json = parse_json(answer.body, "the token service's answer", most_token_answer);
    auto token = json ? text_at(*json, "token") : std::string();
    if (json && token.empty()) token = text_at(*json, "access_token");
    if (token.empty() || printable(token, token.size()) != token || token.contains(' '))
        return fail(ErrorCode::format, fmt::format("'{}' gave no token for {}{}", net::printable_url(realm), m_name,
                                                   net::looks_like_html(answer.body) ? ", but a page in HTML" : ""));
    return token;
}

}  // namespace pith::oci::registry
