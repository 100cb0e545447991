// A registry on loopback for tests, after distribution-spec 1.1, that can be as strict, as old or as hostile as a test
// wants it. Everything it was asked is in server().requests().
#pragma once

#include <map>
#include <mutex>

#include "base/digest.h"
#include "support/loopback.h"

namespace pith::test {

class FakeRegistry {
public:
    struct Behaviour {
        bool has_referrers = false;      // else 404 for /referrers, and no OCI-Subject
        bool mounts = true;              // else an upload is begun instead
        std::size_t least_chunk = 0;     // OCI-Chunk-Min-Length
        std::size_t page = 0;            // entries a page of lists; 0: all
        std::string user{}, password{};  // wanted, by a token service unless `basic`
        bool basic = false;
        // Answers in its place where it gives an answer.
        std::function<std::optional<HttpAnswer>(const HttpRequest&)> instead{};
        Loopback::Cutter cutter{};
    };
    explicit FakeRegistry(Behaviour behaviour);

    [[nodiscard]] std::string host() const;  // "127.0.0.1:PORT"
    [[nodiscard]] const Loopback& server() const { return m_server; }
    [[nodiscard]] std::size_t count(std::string_view method, std::string_view part_of_target) const;

    // Gives the digest; the blob is in that repository alone.
    std::string add_blob(const std::string& repository, std::string bytes);
    std::string add_manifest(const std::string& repository, const std::string& tag, std::string type,
                             std::string bytes);
    // Loses a blob or a manifest.
    void remove(const std::string& repository, const std::string& digest);
    [[nodiscard]] bool has_blob(const std::string& repository, const std::string& digest) const;
    struct Manifest {
        std::string type, bytes;
    };
    [[nodiscard]] std::optional<Manifest> manifest(const std::string& repository, const std::string& name) const;

private:
    HttpAnswer answer(const HttpRequest& request);
    std::optional<HttpAnswer> refuse(const HttpRequest& request) const;
    HttpAnswer blob(const HttpRequest& request, const std::string& repository, const std::string& digest) const;
    HttpAnswer begin_upload(const HttpRequest& request, const std::string& repository);
    HttpAnswer continue_upload(const HttpRequest& request, const std::string& repository, const std::string& id);
    HttpAnswer manifests(const HttpRequest& request, const std::string& repository, const std::string& name);
    HttpAnswer tags(const HttpRequest& request, const std::string& repository) const;
    HttpAnswer referrers(const std::string& repository, const std::string& digest) const;

    Behaviour m_behaviour;
    mutable std::mutex m_mutex;
    std::map<std::string, std::map<std::string, std::string>> m_blobs;   // repository → digest → bytes
    std::map<std::string, std::map<std::string, Manifest>> m_manifests;  // repository → tag or digest
    std::map<std::string, std::string> m_uploads;                        // id → bytes so far
    unsigned m_begun = 0;
    Loopback m_server;  // last: it asks as soon as it is there
};

}  // namespace pith::test
