#include "support/fake_registry.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"

namespace pith::test {

namespace {

HttpAnswer error(int status, std::string_view code) {
    return {status,
            {{"Content-Type", "application/json"}},
            fmt::format(R"({{"errors":[{{"code":"{}","message":"{}"}}]}})", code, code)};
}

// A parameter of the target's query, of which %3A and %2F alone are decoded.
std::string parameter(std::string_view target, std::string_view name) {
    auto query = target.find('?');
    if (query == target.npos) return {};
    for (auto pair : split(target.substr(query + 1), '&')) {
        if (!pair.starts_with(name) || !pair.substr(name.size()).starts_with('=')) continue;
        std::string out(pair.substr(name.size() + 1));
        for (auto [code, c] : {std::pair("%3A", ':'), {"%2F", '/'}})
            for (auto at = out.find(code); at != out.npos; at = out.find(code)) out.replace(at, 3, 1, c);
        return out;
    }
    return {};
}

std::string digest_of(std::string_view bytes) { return sha256(bytes).text(); }

}  // namespace

FakeRegistry::FakeRegistry(Behaviour behaviour)
    : m_behaviour(std::move(behaviour)),
      m_server([this](const HttpRequest& request) { return answer(request); }, m_behaviour.cutter) {}

std::string FakeRegistry::host() const { return m_server.url("").substr(7); }

std::size_t FakeRegistry::count(std::string_view method, std::string_view part_of_target) const {
    std::size_t out = 0;
    for (const auto& each : m_server.requests()) out += each.method == method && each.target.contains(part_of_target);
    return out;
}

std::string FakeRegistry::add_blob(const std::string& repository, std::string bytes) {
    std::lock_guard lock(m_mutex);
    auto digest = digest_of(bytes);
    m_blobs[repository][digest] = std::move(bytes);
    return digest;
}

std::string FakeRegistry::add_manifest(const std::string& repository, const std::string& tag, std::string type,
                                       std::string bytes) {
    std::lock_guard lock(m_mutex);
    auto digest = digest_of(bytes);
    Manifest manifest{std::move(type), std::move(bytes)};
    m_manifests[repository][digest] = manifest;
    if (!tag.empty()) m_manifests[repository][tag] = std::move(manifest);
    return digest;
}

void FakeRegistry::remove(const std::string& repository, const std::string& digest) {
    std::lock_guard lock(m_mutex);
    m_blobs[repository].erase(digest);
    m_manifests[repository].erase(digest);
}

bool FakeRegistry::has_blob(const std::string& repository, const std::string& digest) const {
    std::lock_guard lock(m_mutex);
    auto found = m_blobs.find(repository);
    return found != m_blobs.end() && found->second.contains(digest);
}

std::optional<FakeRegistry::Manifest> FakeRegistry::manifest(const std::string& repository,
                                                             const std::string& name) const {
    std::lock_guard lock(m_mutex);
    auto found = m_manifests.find(repository);
    if (found == m_manifests.end() || !found->second.contains(name)) return std::nullopt;
    return found->second.at(name);
}

std::optional<HttpAnswer> FakeRegistry::refuse(const HttpRequest& request) const {
    if (m_behaviour.user.empty()) return std::nullopt;
    auto pair = "Basic " + to_base64(as_bytes(m_behaviour.user + ":" + m_behaviour.password));
    if (request.target.starts_with("/token")) {
        if (request.header("authorization") != pair) return error(401, "UNAUTHORIZED");
        return HttpAnswer{.body = R"({"token":"the-token"})"};
    }
    if (request.header("authorization") == (m_behaviour.basic ? pair : "Bearer the-token")) return std::nullopt;
    auto out = error(401, "UNAUTHORIZED");
    out.headers.emplace_back("WWW-Authenticate", m_behaviour.basic ? R"(Basic realm="here")"
                                                                   : fmt::format(R"(Bearer realm="{}",service="fake")",
                                                                                 m_server.url("/token")));
    return out;
}

HttpAnswer FakeRegistry::answer(const HttpRequest& request) {
    if (m_behaviour.instead)
        if (auto given = m_behaviour.instead(request)) return *given;
    if (auto refused = refuse(request)) return *refused;
    std::lock_guard lock(m_mutex);
    std::string path = request.target.substr(0, request.target.find('?'));
    if (path == "/v2/") return {};
    for (std::string_view part : {"/blobs/uploads/", "/blobs/", "/manifests/", "/referrers/", "/tags/list"}) {
        auto at = path.rfind(part);
        if (at == path.npos || at < 4) continue;
        auto repository = path.substr(4, at - 4), name = path.substr(at + part.size());
        if (part == "/blobs/uploads/" && request.method == "POST") return begin_upload(request, repository);
        if (part == "/blobs/uploads/") return continue_upload(request, repository, name);
        if (part == "/blobs/") return blob(request, repository, name);
        if (part == "/manifests/") return manifests(request, repository, name);
        if (part == "/tags/list") return tags(request, repository);
        return referrers(repository, name);
    }
    return error(404, "UNSUPPORTED");
}

HttpAnswer FakeRegistry::blob(const HttpRequest& request, const std::string& repository,
                              const std::string& digest) const {
    auto blobs = m_blobs.find(repository);
    if (blobs == m_blobs.end() || !blobs->second.contains(digest)) return error(404, "BLOB_UNKNOWN");
    const auto& bytes = blobs->second.at(digest);
    auto range = request.header("range");
    if (range.empty()) return {.body = bytes};
    auto from = parse_number(std::string_view(range).substr(6, range.size() - 7)).value_or(0);
    return {206,
            {{"Content-Range", fmt::format("bytes {}-{}/{}", from, bytes.size() - 1, bytes.size())}},
            bytes.substr(from)};
}

HttpAnswer FakeRegistry::begin_upload(const HttpRequest& request, const std::string& repository) {
    auto digest = parameter(request.target, "mount"), from = parameter(request.target, "from");
    auto there = m_blobs.find(from);
    if (m_behaviour.mounts && there != m_blobs.end() && there->second.contains(digest)) {
        m_blobs[repository][digest] = there->second[digest];
        return {201, {{"Location", fmt::format("/v2/{}/blobs/{}", repository, digest)}}};
    }
    auto id = fmt::format("upload-{}", ++m_begun);
    m_uploads[id];
    HttpAnswer out{202, {{"Location", fmt::format("/v2/{}/blobs/uploads/{}?state=begun", repository, id)}}};
    if (m_behaviour.least_chunk > 0)
        out.headers.emplace_back("OCI-Chunk-Min-Length", fmt::format("{}", m_behaviour.least_chunk));
    return out;
}

HttpAnswer FakeRegistry::continue_upload(const HttpRequest& request, const std::string& repository,
                                         const std::string& id) {
    auto upload = m_uploads.find(id);
    if (upload == m_uploads.end()) return error(404, "BLOB_UPLOAD_UNKNOWN");
    auto& bytes = upload->second;
    auto where = [&](int status) {
        HttpAnswer out{status, {{"Location", fmt::format("{}?state={}", id, bytes.size())}}};
        if (!bytes.empty()) out.headers.emplace_back("Range", fmt::format("0-{}", bytes.size() - 1));
        return out;
    };
    if (request.method == "GET") return where(204);
    if (auto range = request.header("content-range"); !range.empty())
        if (range.substr(0, range.find('-')) != fmt::format("{}", bytes.size())) return where(416);
    bytes += request.body;
    if (request.method == "PATCH") return where(202);
    auto digest = parameter(request.target, "digest");
    if (digest_of(bytes) != digest) return error(400, "DIGEST_INVALID");
    m_blobs[repository][digest] = std::move(bytes);
    m_uploads.erase(upload);
    return {201, {{"Location", fmt::format("/v2/{}/blobs/{}", repository, digest)}}};
}

HttpAnswer FakeRegistry::manifests(const HttpRequest& request, const std::string& repository, const std::string& name) {
    auto& all = m_manifests[repository];
    if (request.method == "PUT") {
        auto digest = digest_of(request.body);
        all[digest] = all[name] = {request.header("content-type"), request.body};
        HttpAnswer out{201, {{"Docker-Content-Digest", digest}}};
        auto subject = request.body.find(R"("subject")");
        if (m_behaviour.has_referrers && subject != std::string::npos)
            out.headers.emplace_back("OCI-Subject", request.body.substr(request.body.find("sha256:", subject), 71));
        return out;
    }
    auto found = all.find(name);
    if (found == all.end()) return error(404, "MANIFEST_UNKNOWN");
    return {200,
            {{"Content-Type", found->second.type}, {"Docker-Content-Digest", digest_of(found->second.bytes)}},
            found->second.bytes};
}

HttpAnswer FakeRegistry::tags(const HttpRequest& request, const std::string& repository) const {
    auto found = m_manifests.find(repository);
    if (found == m_manifests.end()) return error(404, "NAME_UNKNOWN");
    std::vector<std::string> names;
    auto last = parameter(request.target, "last");
    bool more = false;
    for (const auto& [name, manifest] : found->second) {
        if (name.contains(':') || name <= last) continue;
        more = m_behaviour.page > 0 && names.size() == m_behaviour.page;
        if (more) break;
        names.push_back(fmt::format("\"{}\"", name));
    }
    HttpAnswer out{.body = fmt::format(R"({{"name":"{}","tags":[{}]}})", repository, join(names, ","))};
    if (more)
        out.headers.emplace_back("Link", fmt::format("</v2/{}/tags/list?last={}>; rel=\"next\"", repository,
                                                     names.back().substr(1, names.back().size() - 2)));
    return out;
}

HttpAnswer FakeRegistry::referrers(const std::string& repository, const std::string& digest) const {
    if (!m_behaviour.has_referrers) return error(404, "UNSUPPORTED");
    std::vector<std::string> entries;
    if (auto found = m_manifests.find(repository); found != m_manifests.end())
        for (const auto& [name, manifest] : found->second)
            if (name.contains(':') && manifest.bytes.contains(R"("subject")") && manifest.bytes.contains(digest))
                entries.push_back(fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})", manifest.type, name,
                                              manifest.bytes.size()));
    return {
        200,
        {{"Content-Type", "application/vnd.oci.image.index.v1+json"}},
        fmt::format(R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{}]}})",
                    join(entries, ","))};
}

}  // namespace pith::test
