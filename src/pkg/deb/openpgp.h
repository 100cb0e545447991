// OpenPGP signatures of Release files (librnp inside): who signed, and which text exactly.
//
// One good signature by a valid key of the keyring suffices. A signature does not count if its key is unknown,
// expired or revoked, if it is expired or made in the future itself, or if its hash is weak (MD5, SHA-1).
// Sources: RFC 9580 (section 7 for the cleartext framework), RFC 4880.
// Limits: 16 MiB of signed text, 1 MiB of a detached signature, 16 MiB a keyring, 100 keyrings, 64 signatures.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pith::pkg::deb {

// Public keys, binary or armored.
class Keyring {
public:
    // not_found names the keyring that is missing; what is no keyring shows when it is used.
    [[nodiscard]] static Result<Keyring> load(std::span<const std::filesystem::path> files);
    void add(std::string name, std::string keys);
    [[nodiscard]] bool empty() const { return m_files.empty(); }

    struct File {
        std::string name, keys;
    };
    [[nodiscard]] const std::vector<File>& files() const { return m_files; }

private:
    std::vector<File> m_files;
};

using Time = std::chrono::sys_seconds;

struct Signed {
    std::string text;                // what was signed, and nothing else
    std::string fingerprint;         // of the primary key of the first good signature, in lower-case hex
    Time good_from{}, good_until{};  // from when it was made until it or its key expires (far away if never)
};

// Opening one takes half a second for Debian's keyring, so one serves many files. `now` is the time that
// signatures and keys are judged at. Belongs to one thread at a time.
class Verifier {
public:
    [[nodiscard]] static Result<Verifier> open(const Keyring& keyring, Time now);
    Verifier(Verifier&&) noexcept;
    Verifier& operator=(Verifier&&) noexcept;
    ~Verifier();

    // A cleartext-signed file (InRelease). Text before or after the signed block, a second block, or unknown
    // armor headers are a format error: others would read another text than was signed.
    // Errors: integrity (lists each signature's key and why it does not count), format, limit.
    [[nodiscard]] Result<Signed> cleartext(std::string_view file, std::string_view name);
    // A text with its detached signature (Release and Release.gpg).
    [[nodiscard]] Result<Signed> detached(std::string_view text, std::string_view signature, std::string_view name);

private:
    struct State;
    explicit Verifier(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace pith::pkg::deb
