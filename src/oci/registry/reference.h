// Names of images in registries: [HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST], read as Docker and skopeo read them.
//
// What stands before the first '/' is a host if it holds '.', ':' or an upper-case letter, or is "localhost"; without
// one it is docker.io, where a repository of one component lies below "library/". Source: distribution's reference
// package (grammar, normalization); distribution-spec 1.1, "Pulling manifests". Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace pith::oci::registry {

struct Reference {
    std::string host;        // with its port: "docker.io", "localhost:5000", "[::1]:5000"
    std::string repository;  // "library/nginx"
    std::string tag;         // empty if none was given
    std::optional<Digest> digest;

    bool operator==(const Reference&) const = default;

    // Errors: usage; the grammar's bounds are 255 characters of host and repository, 128 of a tag.
    [[nodiscard]] static Result<Reference> parse(std::string_view text);
    // A repository alone, without tag or digest.
    [[nodiscard]] static Result<Reference> parse_repository(std::string_view text);

    // In full: "docker.io/library/nginx:1.27".
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string name() const { return repository.empty() ? host : host + "/" + repository; }
    // What a registry is asked for: the digest if there is one, else the tag, else "latest".
    [[nodiscard]] std::string wanted() const;
};

// Whether it may be a host with a port, and nothing else.
[[nodiscard]] bool is_host(std::string_view text);
[[nodiscard]] bool is_tag(std::string_view text);

}  // namespace pith::oci::registry
