#include "oci/registry/client.h"

#include <fmt/format.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "net/address.h"
#include "net/url.h"
#include "oci/json.h"
#include "oci/registry/certificates.h"
#include "oci/registry/headers.h"

namespace pith::oci::registry {

namespace {

constexpr std::uint64_t most_blob_bytes = 32 * GiB;
constexpr std::uint64_t most_page_bytes = 8 * MiB;
constexpr std::size_t most_pages = 1000, most_tags = 500'000, most_referrers = 20'000;
constexpr unsigned parallel = 6;

constexpr std::string_view accepted =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

std::string host_of(std::string_view host_and_port) {
    auto colon = host_and_port.rfind(':');
    bool has_port = colon != host_and_port.npos && host_and_port.find(']', colon) == host_and_port.npos;
    return std::string(has_port ? host_and_port.substr(0, colon) : host_and_port);
}

// What a descriptor says, which may be wrong, has no part in a fault of these kinds.
bool is_of_the_registry(const Error& error) {
    return error.code == ErrorCode::network || error.code == ErrorCode::not_found;
}

Result<> no_page(const net::Response& answer, std::string_view what) {
    if (media_type_of(answer.header("Content-Type")) != "text/html" && !net::looks_like_html(answer.body)) return {};
    return fail(ErrorCode::format, fmt::format("{}: the server answers with a page in HTML: it is no registry, or a "
                                               "proxy or login portal stands in between",
                                               what));
}

}  // namespace

Client::Client(const Reference& reference, const Settings& settings, const Cache& cache)
    : m_settings(settings),
      m_authorization(reference.name(), m_settings),
      m_endpoint{reference.host, {}, &m_authorization, &m_settings.net},
      m_repository(reference.repository),
      m_cache(cache) {
    m_settings.net.parallel = m_settings.net.parallel_per_host = parallel;
}

Result<std::unique_ptr<Client>> Client::open(const Reference& reference, const Settings& settings, const Cache& cache,
                                             Access access) {
    std::unique_ptr<Client> out(new Client(reference, settings, cache));
    auto& certificates = out->m_settings.net.certificates;
    certificates = TRY(certificates_for(reference.host, settings.ca_file));
    bool plain = settings.plain_http || (certificates.empty() && net::is_loopback(host_of(reference.host)));
    auto host = reference.host == "docker.io" ? "registry-1.docker.io" : reference.host;
    out->m_endpoint.base = fmt::format("{}://{}/v2/", plain ? "http" : "https", host);
    if (!reference.repository.empty())
        out->m_authorization.add_scope(
            fmt::format("repository:{}:{}", reference.repository, access == Access::push ? "pull,push" : "pull"));
    return out;
}

net::Request Client::request(std::string_view path, net::Method method) const {
    return {.url = net::join_url(m_endpoint.base, path), .method = method};
}

net::Request Client::list_request(const std::string& what) const {
    auto out = request(fmt::format("{}/{}", m_repository, what));
    out.most_bytes = most_page_bytes;
    return out;
}

void Client::expect(const std::vector<std::string>& manifests, const std::vector<Descriptor>& blobs) {
    for (const auto& each : manifests)
        if (!m_resolved.contains(each)) m_expected_manifests.insert(each);
    for (const auto& each : blobs)
        if (each.size <= most_small_blob) m_expected_blobs.emplace(each.digest, each);
}

Result<> Client::ask_on(net::Request first, Steps::Step step) {
    std::vector<std::unique_ptr<net::Conversation>> asked;
    std::deque<Result<>> results;
    std::vector<std::string> urls;
    auto add = [&](net::Request request, Steps::Step then) {
        urls.push_back(request.url);
        asked.push_back(
            std::make_unique<Steps>(m_endpoint, std::move(request), std::move(then), results.emplace_back()));
    };
    add(std::move(first), std::move(step));
    for (const auto& name : std::exchange(m_expected_manifests, {})) {
        auto digest = read_digest(name);
        if (digest && (m_cache.read_only() || m_cache.blob_size(*digest))) continue;
        add(manifest_request(name), [this, name](net::Response answer) -> Result<std::optional<net::Request>> {
            (void)TRY(take_manifest(name, std::move(answer)));
            return std::nullopt;
        });
    }
    for (const auto& [digest, blob] : std::exchange(m_expected_blobs, {})) {
        if (m_cache.read_only() || m_cache.blob_size(digest)) continue;
        add(blob_request(blob), [this, blob](net::Response answer) -> Result<std::optional<net::Request>> {
            (void)TRY(take_blob(blob, std::move(answer)));
            return std::nullopt;
        });
    }
    Progress silent;
    m_authorization.begin();
    net::converse(asked, m_settings.net, silent);
    for (std::size_t i = 1; i < results.size(); ++i)
        if (!results[i] && is_of_the_registry(results[i].error()))
            m_faults.insert_or_assign(urls[i], std::move(results[i]).error());
    return std::move(results.front());
}

Result<net::Response> Client::ask(const net::Request& request) {
    net::Response out;
    TRY(ask_on(request, [&](net::Response answer) -> Result<std::optional<net::Request>> {
        out = std::move(answer);
        return std::nullopt;
    }));
    return out;
}

Result<> Client::check_access() {
    auto answer = TRY(ask(request("")));
    if (answer.status == 200) return {};
    if (answer.status == 401 || answer.status == 403)
        return fail(ErrorCode::network, fmt::format("{} does not accept this user and password ({})", m_endpoint.host,
                                                    describe_answer(answer)));
    return std::unexpected(unexpected_answer(m_endpoint, answer, "API of version 2"));
}

Result<Document> Client::manifest(const std::string& wanted) {
    auto found = TRY(find_manifest(wanted));
    if (found) return std::move(*found);
    if (read_digest(wanted))
        return fail(ErrorCode::not_found,
                    fmt::format("{} has no manifest {} in {}", m_endpoint.host, wanted, m_repository));
    return fail(ErrorCode::not_found, fmt::format("{} has no '{}' in {}; `pith tags {}` lists what there is",
                                                  m_endpoint.host, printable(wanted), m_repository, name()));
}

Result<std::optional<Document>> Client::find_manifest(const std::string& wanted) {
    if (auto known = m_resolved.find(wanted); known != m_resolved.end()) return known->second;
    if (auto digest = read_digest(wanted)) {
        auto cached = m_cache.blob(*digest);
        if (cached && cached->bytes().size() <= most_document_bytes) {
            auto text = as_text(cached->bytes());
            auto facts = TRY(read_facts(text, "", "manifest " + wanted));
            return Document{{facts.media_type, *digest, text.size()}, std::string(text)};
        }
    }
    m_expected_manifests.erase(wanted);
    auto get = manifest_request(wanted);
    TRY(expected_fault(get.url));
    return take_manifest(wanted, TRY(context(ask(get), name())));
}

Result<> Client::expected_fault(const std::string& url) {
    auto fault = m_faults.extract(url);
    return fault ? Result<>(std::unexpected(std::move(fault.mapped()))) : Result<>();
}

net::Request Client::manifest_request(const std::string& wanted) const {
    auto get = request(fmt::format("{}/manifests/{}", m_repository, wanted));
    get.most_bytes = most_document_bytes;
    get.headers = {{"Accept", std::string(accepted)}};
    if (auto digest = read_digest(wanted)) get.sha256 = *digest;
    return get;
}

Result<std::optional<Document>> Client::take_manifest(const std::string& wanted, net::Response answer) {
    std::optional<Document> document;
    if (answer.status == 200)
        document = TRY(read_document(wanted, std::move(answer)));
    else if (answer.status != 404)
        return std::unexpected(
            unexpected_answer(m_endpoint, answer, fmt::format("'{}' in {}", printable(wanted), m_repository)));
    if (document && !m_cache.read_only()) (void)TRY(m_cache.put_blob(as_bytes(document->bytes)));
    if (!document || !read_digest(wanted)) m_resolved.insert_or_assign(wanted, document);
    return document;
}

Result<Document> Client::read_document(const std::string& wanted, net::Response answer) const {
    auto what = fmt::format("manifest '{}' of {}", printable(wanted), name());
    TRY(no_page(answer, what));
    auto type = media_type_of(answer.header("Content-Type"));
    // Servers of plain files call a manifest anything; what is another kind of manifest counts.
    auto facts = TRY(read_facts(answer.body, is_manifest_type(type) ? type : "", what));
    Document out{{facts.media_type, sha256(answer.body), answer.body.size()}, std::move(answer.body)};
    if (auto claimed = read_digest(answer.header("Docker-Content-Digest"));
        claimed && *claimed != out.descriptor.digest)
        return fail(ErrorCode::integrity, fmt::format("{}: the registry says that it has the digest {}, and sent {}",
                                                      what, claimed->text(), out.descriptor.digest.text()));
    return out;
}

std::string Client::blob_name(const Descriptor& descriptor) const {
    return fmt::format("blob {} of {}", descriptor.digest.text(), name());
}

Result<std::string> Client::blob(const Descriptor& descriptor) {
    if (descriptor.size > most_small_blob)
        return fail(ErrorCode::limit,
                    fmt::format("{} is larger than {}", blob_name(descriptor), human_size(most_small_blob)));
    if (auto cached = m_cache.blob(descriptor.digest); cached && cached->bytes().size() == descriptor.size)
        return std::string(as_text(cached->bytes()));
    m_expected_blobs.erase(descriptor.digest);
    auto get = blob_request(descriptor);
    TRY(expected_fault(get.url));
    return take_blob(descriptor, TRY(context(ask(get), name())));
}

net::Request Client::blob_request(const Descriptor& descriptor) const {
    auto get = request(fmt::format("{}/blobs/{}", m_repository, descriptor.digest.text()));
    get.size = descriptor.size;
    get.sha256 = descriptor.digest;
    return get;
}

Result<std::string> Client::take_blob(const Descriptor& descriptor, net::Response answer) const {
    if (answer.status != 200) return std::unexpected(unexpected_answer(m_endpoint, answer, blob_name(descriptor)));
    if (!m_cache.read_only()) (void)TRY(m_cache.put_blob(as_bytes(answer.body)));
    return std::move(answer.body);
}

// Takes every page of a list: of each, Link names the next one.
Steps::Step Client::each_page(net::Request page, TakePage take) const {
    return [this, take = std::move(take), seen = std::set{page.url},
            page = std::move(page)](const net::Response& answer) mutable -> Result<std::optional<net::Request>> {
        TRY(take(answer));
        auto next = next_link(answer.header("Link"));
        if (answer.status != 200 || next.empty()) return std::nullopt;
        page.url = TRY(net::resolve_url(page.url, next));
        if (!page.url.starts_with(m_endpoint.base))
            return fail(ErrorCode::format, fmt::format("{} gives a list that goes on elsewhere, at '{}'", name(),
                                                       net::printable_url(page.url)));
        if (!seen.insert(page.url).second)
            return fail(ErrorCode::format, fmt::format("{} gives a list whose pages lead in a circle", name()));
        if (seen.size() > most_pages)
            return fail(ErrorCode::limit, fmt::format("{} gives a list of more than {} pages", name(), most_pages));
        return page;
    };
}

Result<std::vector<std::string>> Client::tags() {
    std::set<std::string> out;
    auto take = [&](const net::Response& answer) -> Result<> {
        if (answer.status != 200)
            return std::unexpected(unexpected_answer(m_endpoint, answer, "list of tags of " + m_repository));
        auto what = fmt::format("the list of tags of {}", name());
        TRY(no_page(answer, what));
        auto json = TRY(parse_json(answer.body, what, most_page_bytes));
        auto list = json.is_object() ? json.find("tags") : json.end();
        if (list == json.end() || !(list->is_array() || list->is_null()))
            return fail(ErrorCode::format, fmt::format("{} gives no list of tags", name()));
        for (const auto& tag : *list)
            if (tag.is_string() && is_tag(tag.get_ref<const std::string&>())) out.insert(tag.get<std::string>());
        if (out.size() > most_tags)
            return fail(ErrorCode::limit, fmt::format("{} has more than {} tags", name(), most_tags));
        return {};
    };
    auto list = list_request("tags/list");
    TRY(ask_on(list, each_page(list, take)));
    return std::vector(out.begin(), out.end());
}

Result<std::vector<Referrer>> Client::referrers(const Digest& subject) {
    std::map<Digest, Referrer> out;
    auto add = [&](std::string_view index, std::string_view what) -> Result<> {
        for (auto& entry : TRY(read_index(index, what)))
            out.try_emplace(
                entry.descriptor.digest,
                Referrer{std::move(entry.descriptor), std::move(entry.artifact_type), std::move(entry.annotations)});
        if (out.size() > most_referrers)
            return fail(ErrorCode::limit, fmt::format("{} has more than {} referrers", what, most_referrers));
        return {};
    };
    auto what = fmt::format("list of what refers to {}", subject.text());
    auto take = [&](const net::Response& answer) -> Result<> {
        if (answer.status != 200) return std::unexpected(unexpected_answer(m_endpoint, answer, what));
        TRY(no_page(answer, what));
        if (!is_index(TRY(read_facts(answer.body, "", what)).media_type))
            return fail(ErrorCode::format, fmt::format("{} gives a {} that is no index", name(), what));
        return add(answer.body, what);
    };
    auto list = list_request("referrers/" + subject.text());
    auto fallback = referrers_tag(subject);
    bool at_fallback = false;
    auto step = [&,
                 pages = each_page(list, take)](net::Response answer) mutable -> Result<std::optional<net::Request>> {
        if (at_fallback) {
            auto index = TRY(take_manifest(fallback, std::move(answer)));
            if (index && !is_index(index->descriptor.media_type))
                return fail(ErrorCode::format,
                            fmt::format("{}: the tag '{}' leads to a manifest, where the index of what "
                                        "refers to that image should be",
                                        name(), fallback));
            if (index) TRY(add(index->bytes, what));
            return std::nullopt;
        }
        if (answer.status != 404) return pages(std::move(answer));
        at_fallback = true;
        return manifest_request(fallback);
    };
    TRY(ask_on(list, step));
    std::vector<Referrer> sorted;
    for (auto& [digest, referrer] : out) sorted.push_back(std::move(referrer));
    return sorted;
}

Result<> Client::bring(const std::vector<Descriptor>& blobs, Progress& progress) {
    std::map<Digest, Descriptor> missing;
    std::uint64_t total = 0;
    for (const auto& blob : blobs) {
        if (blob.size > most_blob_bytes)
            return fail(ErrorCode::limit, fmt::format("blob {} of {} is larger than {}", blob.digest.text(), name(),
                                                      human_size(most_blob_bytes)));
        auto cached = m_cache.blob(blob.digest);
        if (cached && cached->bytes().size() != blob.size)
            return fail(ErrorCode::integrity, fmt::format("blob {} has {} bytes, and its descriptor says {}",
                                                          blob.digest.text(), cached->bytes().size(), blob.size));
        if (cached || missing.contains(blob.digest)) continue;
        missing.emplace(blob.digest, blob);
        total += blob.size;
    }
    if (missing.empty()) return {};
    TRY(m_cache.check_writable(fmt::format("{} layers of {} are", missing.size(), name())));
    std::vector<std::unique_ptr<net::Conversation>> downloads;
    std::vector<Result<>> results(missing.size());
    for (const auto& [digest, blob] : missing) {
        auto get = blob_request(blob);
        get.partial = m_cache.partial_folder() / digest.hex();
        get.most_bytes = most_blob_bytes;
        auto adopt = [this, &digest](const net::Response& answer) -> Result<std::optional<net::Request>> {
            if (answer.status != 200 && answer.status != 206 && answer.status != 0)
                return std::unexpected(unexpected_answer(m_endpoint, answer, "blob " + digest.text()));
            TRY(m_cache.adopt_blob(digest, answer.file.path()));
            return std::nullopt;
        };
        downloads.push_back(std::make_unique<Steps>(m_endpoint, get, adopt, results[downloads.size()]));
    }
    progress.begin("fetching layers", total);
    m_authorization.begin();
    net::converse(downloads, m_settings.net, progress);
    progress.end();
    for (auto& result : results) TRY(context(std::move(result), name()));
    for (const auto& [digest, blob] : missing) note_place(digest);
    return {};
}

}  // namespace pith::oci::registry
