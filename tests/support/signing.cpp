#include "support/signing.h"

#include <gtest/gtest.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <algorithm>
#include <cctype>

namespace pith::test {

namespace {

void must(rnp_result_t result, const char* what) {
    if (result == RNP_SUCCESS) return;
    ADD_FAILURE() << what << ": " << rnp_result_to_string(result);
    std::abort();
}
#define MUST(call) must(call, #call)

std::string take(rnp_output_t output) {
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    MUST(rnp_output_memory_get_buf(output, &bytes, &size, false));
    std::string out(reinterpret_cast<const char*>(bytes), size);
    rnp_output_destroy(output);
    return out;
}

}  // namespace

struct SigningKey::State {
    rnp_ffi_t ffi = nullptr;
    rnp_key_handle_t key = nullptr;
    KeyOptions options;

    using Create = rnp_result_t (*)(rnp_op_sign_t*, rnp_ffi_t, rnp_input_t, rnp_output_t);
    std::string sign(Create create, bool armor, std::string_view text, const SignOptions& sign) const {
        rnp_input_t input = nullptr;
        rnp_output_t output = nullptr;
        rnp_op_sign_t operation = nullptr;
        MUST(rnp_input_from_memory(&input, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), false));
        MUST(rnp_output_to_memory(&output, 0));
        MUST(create(&operation, ffi, input, output));
        MUST(rnp_op_sign_add_signature(operation, key, nullptr));
        MUST(rnp_op_sign_set_hash(operation, sign.hash.c_str()));
        MUST(rnp_op_sign_set_creation_time(operation, sign.created));
        MUST(rnp_op_sign_set_expiration_time(operation, sign.lasts));
        if (armor) MUST(rnp_op_sign_set_armor(operation, true));
        MUST(rnp_op_sign_execute(operation));
        rnp_op_sign_destroy(operation);
        rnp_input_destroy(input);
        return take(output);
    }
};

SigningKey::SigningKey(const KeyOptions& options) : m_state(std::make_unique<State>()) {
    auto& state = *m_state;
    state.options = options;
    MUST(rnp_ffi_create(&state.ffi, "GPG", "GPG"));
    // The key must be good while it signs, whatever it is later.
    MUST(rnp_set_timestamp(state.ffi, options.created));
    rnp_op_generate_t operation = nullptr;
    MUST(rnp_op_generate_create(&operation, state.ffi, "EDDSA"));
    MUST(rnp_op_generate_set_userid(operation, "Test Archive <archive@mirror.example>"));
    MUST(rnp_op_generate_set_expiration(operation, options.lasts));
    MUST(rnp_op_generate_execute(operation));
    MUST(rnp_op_generate_get_key(operation, &state.key));
    rnp_op_generate_destroy(operation);
}

SigningKey::~SigningKey() {
    rnp_key_handle_destroy(m_state->key);
    rnp_ffi_destroy(m_state->ffi);
}

std::string SigningKey::public_key(bool armored) const {
    if (m_state->options.revoked) MUST(rnp_key_revoke(m_state->key, 0, nullptr, "compromised", nullptr));
    rnp_output_t output = nullptr;
    MUST(rnp_output_to_memory(&output, 0));
    MUST(rnp_key_export(m_state->key, output, RNP_KEY_EXPORT_PUBLIC | (armored ? RNP_KEY_EXPORT_ARMORED : 0)));
    return take(output);
}

std::string SigningKey::fingerprint() const {
    char* text = nullptr;
    MUST(rnp_key_get_fprint(m_state->key, &text));
    std::string out = text;
    rnp_buffer_destroy(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

std::string SigningKey::cleartext(std::string_view text, const SignOptions& options) const {
    // The last line's end is not signed (RFC 9580, section 7.2); librnp would make an empty line of it.
    if (text.ends_with('\n')) text.remove_suffix(1);
    return m_state->sign(rnp_op_sign_cleartext_create, false, text, options);
}

std::string SigningKey::detached(std::string_view text, const SignOptions& options) const {
    return m_state->sign(rnp_op_sign_detached_create, true, text, options);
}

}  // namespace pith::test
