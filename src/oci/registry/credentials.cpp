#include "oci/registry/credentials.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "oci/json.h"

namespace pith::oci::registry {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::uint64_t most_file_bytes = MiB;
constexpr std::chrono::seconds helper_time{30};

// What Docker calls its own registry in its files.
constexpr std::string_view docker_keys[] = {"docker.io", "index.docker.io", "registry-1.docker.io",
                                            "https://index.docker.io/v1/"};

fs::path variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string text_at(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// "https://host/v1/" is the host; podman's keys may name repositories: "host/team/app".
std::string normal_key(std::string_view key) {
    if (std::ranges::count(docker_keys, key) > 0) return "docker.io";
    bool is_url = false;
    for (std::string_view scheme : {"https://", "http://"})
        if (key.starts_with(scheme)) key.remove_prefix(scheme.size()), is_url = true;
    if (is_url) key = key.substr(0, key.find('/'));
    while (key.ends_with('/')) key.remove_suffix(1);
    return std::string(key);
}

bool covers(std::string_view key, std::string_view name) {
    return name == key || (name.starts_with(key) && name.size() > key.size() && name[key.size()] == '/');
}

// Nothing where the entry holds nothing, as those of credential helpers do.
Result<std::optional<Credentials>> read_entry(const Json& entry, std::string_view what) {
    Credentials out{text_at(entry, "username"), text_at(entry, "password"), text_at(entry, "identitytoken")};
    auto member = entry.is_object() ? entry.find("auth") : entry.end();
    if (member != entry.end() && !member->is_string() && !member->is_null())
        return fail(ErrorCode::format, fmt::format("{} has an 'auth' that is no text", what));
    if (auto auth = text_at(entry, "auth"); !auth.empty()) {
        auto bytes = from_base64(auth);
        auto text = bytes ? as_text(*bytes) : std::string_view();
        auto colon = text.find(':');
        if (colon == text.npos)
            return fail(
                ErrorCode::format,
                fmt::format("{} has an 'auth' that is not the base64 of USER:PASSWORD; `pith login` writes one", what));
        out.user = text.substr(0, colon);
        out.password = trim(text.substr(colon + 1));
        while (out.password.ends_with('\0')) out.password.pop_back();  // Docker pads some
    }
    if (out.user.empty() && out.identity_token.empty()) return std::nullopt;
    return out;
}

bool is_helper_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_' || c == '.';
    });
}

Result<std::optional<Credentials>> ask_helper(const AuthEntry& entry) {
    auto program = "docker-credential-" + entry.helper;
    auto outcome = TRY(context(run({program, "get"}, helper_time, entry.helper_key), "credentials"));
    if (outcome.timed_out)
        return fail(ErrorCode::io, fmt::format("{} gave no answer within {} s", program, helper_time.count()));
    if (outcome.exit_code == 0) {
        if (auto answer = read_helper_answer(outcome.out)) return answer;
        return fail(ErrorCode::format, fmt::format("{} gave an answer that names no user", program));
    }
    // "credentials not found in native keychain" is how the protocol says that there are none.
    if (outcome.out.contains("credentials not found")) return std::nullopt;
    return fail(ErrorCode::io, fmt::format("{} failed with {}: {}", program, outcome.exit_code,
                                           printable(trim(outcome.err.empty() ? outcome.out : outcome.err))));
}

Result<Json> read_object(const fs::path& file) {
    auto text = read_text(file, most_file_bytes);
    if (!text && text.error().code == ErrorCode::not_found) return Json(Json::object());
    auto json = TRY(parse_json(TRY(std::move(text)), file.string(), most_file_bytes));
    if (!json.is_object()) return fail(ErrorCode::format, fmt::format("{} is not an object", file.string()));
    if (auto auths = json.find("auths"); auths != json.end() && !auths->is_object())
        return fail(ErrorCode::format, fmt::format("{} has 'auths' that are no object", file.string()));
    return json;
}

Result<> write_object(const fs::path& file, const Json& json) {
    return write_file(file, as_bytes(json.dump(4, ' ', false, Json::error_handler_t::replace) + "\n"), 0600);
}

}  // namespace

Result<AuthEntry> read_auth_file(std::string_view text, std::string_view name, std::string_view what) {
    auto json = TRY(parse_json(text, what, most_file_bytes));
    AuthEntry out;
    auto host = std::string(name.substr(0, name.find('/')));
    auto use_helper = [&](const std::string& helper) -> Result<AuthEntry> {
        if (!is_helper_name(helper))
            return fail(ErrorCode::format, fmt::format("{} names a credential helper '{}', which is no name of one",
                                                       what, printable(helper)));
        out.helper = helper;
        out.helper_key = host == "docker.io" ? "https://index.docker.io/v1/" : host;
        return out;
    };
    if (!json.is_object()) return fail(ErrorCode::format, fmt::format("{} is not an object", what));
    if (auto helpers = json.find("credHelpers"); helpers != json.end() && helpers->is_object())
        for (const auto& [key, helper] : helpers->items())
            if (normal_key(key) == host && helper.is_string()) return use_helper(helper.get<std::string>());
    std::vector<std::pair<std::string, const Json*>> entries;  // that cover the name, what names most of it first
    if (auto auths = json.find("auths"); auths != json.end() && auths->is_object())
        for (const auto& [key, entry] : auths->items())
            if (covers(normal_key(key), name)) entries.emplace_back(key, &entry);
    std::ranges::stable_sort(entries, std::greater(), [](const auto& each) { return normal_key(each.first).size(); });
    for (const auto& [key, entry] : entries) {
        out.credentials = TRY(read_entry(*entry, fmt::format("{}: '{}'", what, printable(key))));
        if (out.credentials) return out;
    }
    if (auto store = text_at(json, "credsStore"); !store.empty()) return use_helper(store);
    return out;
}

std::optional<Credentials> read_helper_answer(std::string_view text) {
    auto json = parse_json(text, "the answer", most_file_bytes);
    if (!json) return std::nullopt;
    auto user = text_at(*json, "Username"), secret = text_at(*json, "Secret");
    if (user.empty() || secret.empty()) return std::nullopt;
    if (user == "<token>") return Credentials{{}, {}, std::move(secret)};
    return Credentials{std::move(user), std::move(secret), {}};
}

std::vector<fs::path> auth_files(const fs::path& named) {
    if (!named.empty()) return {named};
    if (auto file = variable("REGISTRY_AUTH_FILE"); !file.empty()) return {file};
    std::vector<fs::path> out;
    auto runtime = variable("XDG_RUNTIME_DIR");
    if (runtime.empty()) runtime = fmt::format("/run/containers/{}", ::getuid());
    out.push_back(runtime / (variable("XDG_RUNTIME_DIR").empty() ? "auth.json" : "containers/auth.json"));
    auto home = variable("HOME"), config = variable("XDG_CONFIG_HOME"), docker = variable("DOCKER_CONFIG");
    if (!config.empty() || !home.empty())
        out.push_back((config.empty() ? home / ".config" : config) / "containers" / "auth.json");
    if (!docker.empty() || !home.empty()) out.push_back((docker.empty() ? home / ".docker" : docker) / "config.json");
    return out;
}

Result<std::optional<Credentials>> find_credentials(std::string_view name, const fs::path& named) {
    for (const auto& file : auth_files(named)) {
        auto text = read_text(file, most_file_bytes);
        // Another user's folder is as good as none, unless it was named.
        if (!text &&
            (text.error().code == ErrorCode::not_found || (named.empty() && text.error().code == ErrorCode::io)))
            continue;
        auto entry = TRY(read_auth_file(TRY(std::move(text)), name, file.string()));
        if (entry.credentials) return entry.credentials;
        if (entry.helper.empty()) continue;
        if (auto given = TRY(ask_helper(entry))) return given;
    }
    return std::nullopt;
}

Result<fs::path> store_credentials(std::string_view host, const Credentials& credentials, const fs::path& named) {
    auto file = auth_files(named).front();
    auto json = TRY(read_object(file));
    auto auth = to_base64(as_bytes(fmt::format("{}:{}", credentials.user, credentials.password)));
    json["auths"][std::string(host)] = {{"auth", auth}};
    TRY(write_object(file, json));
    return file;
}

Result<bool> remove_credentials(std::string_view host, const fs::path& named) {
    bool removed = false;
    for (const auto& file : auth_files(named)) {
        auto json = TRY(read_object(file));
        auto auths = json.find("auths");
        if (auths == json.end()) continue;
        Json kept = Json::object();
        for (const auto& [key, entry] : auths->items())
            if (normal_key(key) != host) kept[key] = entry;
        if (kept.size() == auths->size()) continue;
        *auths = std::move(kept);
        TRY(write_object(file, json));
        removed = true;
    }
    return removed;
}

}  // namespace pith::oci::registry
