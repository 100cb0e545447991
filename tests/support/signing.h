// Throw-away OpenPGP keys that sign test archives (librnp inside).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pith::test {

struct KeyOptions {
    std::uint32_t created = 1'600'000'000;  // seconds since 1970
    std::uint32_t lasts = 0;                // seconds; 0: for ever
    bool revoked = false;
};

struct SignOptions {
    std::uint32_t created = 1'700'000'000;
    std::uint32_t lasts = 0;
    std::string hash = "SHA256";
};

class SigningKey {
public:
    explicit SigningKey(const KeyOptions& options = {});
    ~SigningKey();
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;

    [[nodiscard]] std::string public_key(bool armored = false) const;
    [[nodiscard]] std::string fingerprint() const;  // lower-case hex
    [[nodiscard]] std::string cleartext(std::string_view text, const SignOptions& options = {}) const;
    [[nodiscard]] std::string detached(std::string_view text, const SignOptions& options = {}) const;  // armored

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace pith::test
