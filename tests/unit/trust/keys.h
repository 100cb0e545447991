// Keys for tests, made once for the program; and files of OpenSSL's, to hold ours against.
#pragma once

#include <gtest/gtest.h>

#include "support/support.h"
#include "trust/key.h"

namespace pith::test {

// ECDSA P-256: one that signs, and another that did not.
inline const trust::PrivateKey& own_key() {
    static const auto key = *trust::PrivateKey::generate();
    return key;
}
inline const trust::PrivateKey& other_key() {
    static const auto key = *trust::PrivateKey::generate();
    return key;
}

// `openssl genpkey OPTIONS`: the text of a PKCS #8 file in PEM.
inline std::string openssl_key(const std::string& options) {
    auto ran = sh("openssl genpkey " + options);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.out;
}

}  // namespace pith::test
