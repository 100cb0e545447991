// in-toto statements: what an attestation says (the predicate) about which contents (the subjects).
// Source: in-toto/attestation, spec/v1/statement.md; of version 0.1 the same fields are read.
// Limits: 32 MiB, 1,024 subjects, 32 digests of each. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"

namespace pith::trust {

constexpr std::string_view in_toto_payload_type = "application/vnd.in-toto+json";

constexpr std::uint64_t most_statement = 32 * MiB;

struct Subject {
    std::string name;                                          // may be empty
    std::vector<std::pair<std::string, std::string>> digests;  // algorithm, hexadecimal digits

    [[nodiscard]] static Subject of(std::string name, const Digest& digest);
    // By its SHA-256 as it is written, in lower case: another spelling is another digest.
    [[nodiscard]] bool is(const Digest& digest) const;
};

struct Statement {
    std::vector<Subject> subjects;  // at least one
    std::string predicate_type;
    std::string predicate;  // JSON of an object

    [[nodiscard]] const Subject* find(const Digest& digest) const;
};

// Errors: limit; format with the path of the field.
[[nodiscard]] Result<Statement> read_statement(std::string_view json);
// Version 1. A format error for a predicate that is no JSON object.
[[nodiscard]] Result<std::string> write_statement(const Statement& statement);

}  // namespace pith::trust
