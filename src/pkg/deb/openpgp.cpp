#include "pkg/deb/openpgp.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <limits>
#include <memory>
#include <mutex>

#include "base/file.h"
#include "base/text.h"
#include "pkg/deb/cleartext.h"

namespace pith::pkg::deb {

namespace {

constexpr std::uint64_t most_signature = 1 * MiB, most_keyring = 16 * MiB;
constexpr std::size_t most_keyrings = 100, most_signatures = 64;

template <auto destroy>
struct Destroy {
    void operator()(auto* handle) const { (void)destroy(handle); }
};
template <class Handle, auto destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy<destroy>>;

using Ffi = Owned<rnp_ffi_t, rnp_ffi_destroy>;
using Input = Owned<rnp_input_t, rnp_input_destroy>;
using Output = Owned<rnp_output_t, rnp_output_destroy>;
using Operation = Owned<rnp_op_verify_t, rnp_op_verify_destroy>;
using Key = Owned<rnp_key_handle_t, rnp_key_handle_destroy>;
using SignatureHandle = Owned<rnp_signature_handle_t, rnp_signature_handle_destroy>;

// Calls an rnp function that gives a handle through its first argument; null if it fails.
template <class O, class Make>
O make(Make call) {
    typename O::pointer handle = nullptr;
    if (call(&handle) != RNP_SUCCESS) return nullptr;
    return O(handle);
}

// A text that rnp gives; empty if it fails.
template <class Call>
std::string text_of(Call call) {
    char* text = nullptr;
    if (call(&text) != RNP_SUCCESS || !text) return {};
    std::string out = text;
    rnp_buffer_destroy(text);
    return out;
}

Input input_of(std::string_view bytes) {
    return make<Input>([&](rnp_input_t* out) {
        return rnp_input_from_memory(out, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), false);
    });
}

// Debian's librnp tells most of its doubts to stderr and has no switch for it; a Judgement says the same. While this
// lives, C's `stderr` (a variable in glibc) leads to /dev/null; one thread at a time.
class Silence {
public:
    Silence() : m_lock(mutex()), m_stderr(stderr) {
        static FILE* nowhere = std::fopen("/dev/null", "we");
        if (nowhere) stderr = nowhere;
    }
    ~Silence() { stderr = m_stderr; }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    static std::mutex& mutex() {
        static std::mutex only;
        return only;
    }
    std::lock_guard<std::mutex> m_lock;
    FILE* m_stderr;
};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

struct Judgement {
    std::string fingerprint;  // of the primary key, if the signature is good
    Time good_from{}, good_until = Time::max();
    std::string key_id, fault;
};

// Judges the signatures that one operation finds.
class Judge {
public:
    Judge(rnp_ffi_t ffi, Time now) : m_ffi(ffi), m_now(now) {}
    [[nodiscard]] Result<> run(const Operation& operation, std::string_view name);
    // What came out: the first signature that counts, or why none does.
    [[nodiscard]] Result<Judgement> verdict(std::string_view name, const std::string& keyrings) const;

private:
    [[nodiscard]] Judgement judge(rnp_op_verify_signature_t signature) const;
    [[nodiscard]] std::string fault_of_signer(const Key& key, Judgement& out) const;

    rnp_ffi_t m_ffi;
    Time m_now;
    std::vector<Judgement> m_judgements;
};

std::string day(Time time) { return fmt::format("{:%Y-%m-%d}", fmt::gmtime(time)); }

// Why a key does not count; empty if it does, and then not longer than it lives.
std::string fault_of(const Key& key, Judgement& out) {
    bool revoked = true, expired = true;
    if (rnp_key_is_revoked(key.get(), &revoked) != RNP_SUCCESS || revoked) return "the key is revoked";
    std::uint64_t till = 0;
    (void)rnp_key_valid_till64(key.get(), &till);
    if (till < std::numeric_limits<std::uint32_t>::max())
        out.good_until = std::min(out.good_until, Time(std::chrono::seconds(till)));
    if (rnp_key_is_expired(key.get(), &expired) != RNP_SUCCESS || expired)
        return fmt::format("the key expired on {}", day(out.good_until));
    return {};
}

// A primary key speaks for its subkeys: both must be good.
std::string Judge::fault_of_signer(const Key& key, Judgement& out) const {
    auto fingerprint = text_of([&](char** to) { return rnp_key_get_primary_fprint(key.get(), to); });
    if (fingerprint.empty()) fingerprint = text_of([&](char** to) { return rnp_key_get_fprint(key.get(), to); });
    if (auto fault = fault_of(key, out); !fault.empty()) return fault;
    auto primary =
        make<Key>([&](rnp_key_handle_t* to) { return rnp_locate_key(m_ffi, "fingerprint", fingerprint.c_str(), to); });
    if (!primary) return "its primary key is not in the keyring";
    out.fingerprint = lower(fingerprint);
    return fault_of(primary, out);
}

Judgement Judge::judge(rnp_op_verify_signature_t signature) const {
    Judgement out;
    auto refuse = [&](std::string why) {
        out.fault = std::move(why);
        return out;
    };
    auto handle = make<SignatureHandle>(
        [&](rnp_signature_handle_t* to) { return rnp_op_verify_signature_get_handle(signature, to); });
    if (handle) out.key_id = text_of([&](char** to) { return rnp_signature_get_keyid(handle.get(), to); });
    auto hash = text_of([&](char** to) { return rnp_op_verify_signature_get_hash(signature, to); });
    auto status = rnp_op_verify_signature_get_status(signature);

    if (hash == "MD5" || hash == "SHA1" || hash == "RIPEMD160")
        return refuse(fmt::format("signed with {}, a weak hash", hash));
    auto key = make<Key>([&](rnp_key_handle_t* to) { return rnp_op_verify_signature_get_key(signature, to); });
    if (status == RNP_ERROR_KEY_NOT_FOUND || !key) return refuse("not in the keyring");
    if (auto fault = fault_of_signer(key, out); !fault.empty()) return refuse(fault);

    std::uint32_t created = 0, lasts = 0;
    (void)rnp_op_verify_signature_get_times(signature, &created, &lasts);
    auto made = Time(std::chrono::seconds(created));
    if (made > m_now) return refuse(fmt::format("signed on {}, which is in the future; check the clock", day(made)));
    if (status == RNP_ERROR_SIGNATURE_EXPIRED) return refuse("the signature is expired");
    if (status != RNP_SUCCESS) return refuse("the signature does not match the text");
    out.good_from = made;
    if (lasts != 0) out.good_until = std::min(out.good_until, made + std::chrono::seconds(lasts));
    return out;
}

// That a signature is bad does not make the operation fail: others may be good.
Result<> Judge::run(const Operation& operation, std::string_view name) {
    if (!operation) return fail(ErrorCode::internal, "librnp cannot begin to verify");
    rnp_op_verify_set_flags(operation.get(), RNP_VERIFY_IGNORE_SIGS_ON_DECRYPT);
    auto error = rnp_op_verify_execute(operation.get());
    constexpr rnp_result_t about_signatures[] = {RNP_SUCCESS,
                                                 RNP_ERROR_SIGNATURE_INVALID,
                                                 RNP_ERROR_SIGNATURE_UNKNOWN,
                                                 RNP_ERROR_SIGNATURE_EXPIRED,
                                                 RNP_ERROR_KEY_NOT_FOUND,
                                                 RNP_ERROR_NO_SIGNATURES_FOUND};
    if (std::ranges::find(about_signatures, error) == std::end(about_signatures))
        return fail(ErrorCode::format,
                    fmt::format("{}: its OpenPGP signature cannot be read: {}", name, rnp_result_to_string(error)));
    std::size_t count = 0;
    (void)rnp_op_verify_get_signature_count(operation.get(), &count);
    if (m_judgements.size() + count > most_signatures)
        return fail(ErrorCode::limit, fmt::format("{}: more than {} signatures", name, most_signatures));
    for (std::size_t i = 0; i < count; ++i) {
        rnp_op_verify_signature_t signature = nullptr;
        if (rnp_op_verify_get_signature_at(operation.get(), i, &signature) == RNP_SUCCESS)
            m_judgements.push_back(judge(signature));
    }
    return {};
}

Result<Judgement> Judge::verdict(std::string_view name, const std::string& keyrings) const {
    std::vector<std::string> faults;
    for (const auto& each : m_judgements) {
        if (each.fault.empty()) return each;
        faults.push_back(fmt::format("key {}: {}", each.key_id, each.fault));
    }
    return fail(
        ErrorCode::integrity,
        fmt::format("{}: no signature counts: {}; the keyring is {}; if the archive has another one, name it", name,
                    faults.empty() ? "there is none" : join(faults, "; "), keyrings.empty() ? "empty" : keyrings));
}

// Several armored signatures may stand one after the other; librnp reads the first only.
std::vector<std::string_view> armored_blocks(std::string_view signature) {
    constexpr std::string_view begin = "-----BEGIN PGP SIGNATURE-----";
    std::vector<std::string_view> out;
    for (auto at = signature.find(begin); at != std::string_view::npos;) {
        auto next = signature.find(begin, at + begin.size());
        out.push_back(signature.substr(at, next - at));
        at = next;
    }
    if (out.empty()) out.push_back(signature);
    return out;
}

}  // namespace

Result<Keyring> Keyring::load(std::span<const std::filesystem::path> files) {
    if (files.size() > most_keyrings)
        return fail(ErrorCode::limit, fmt::format("more than {} keyrings are named", most_keyrings));
    Keyring out;
    for (const auto& file : files) out.add(file.string(), TRY(context(read_text(file, most_keyring), "keyring")));
    return out;
}

void Keyring::add(std::string name, std::string keys) { m_files.push_back({std::move(name), std::move(keys)}); }

struct Verifier::State {
    Ffi ffi;
    Time now;
    std::string keyrings;  // for messages
};

Verifier::Verifier(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;
Verifier::~Verifier() = default;

Result<Verifier> Verifier::open(const Keyring& keyring, Time now) {
    auto ffi = make<Ffi>([](rnp_ffi_t* out) { return rnp_ffi_create(out, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG); });
    if (!ffi) return fail(ErrorCode::internal, "librnp cannot be started");
    rnp_ffi_set_log_fd(ffi.get(), ::open("/dev/null", O_WRONLY | O_CLOEXEC));
    Silence silence;
    rnp_set_timestamp(ffi.get(), static_cast<std::uint64_t>(now.time_since_epoch().count()));
    std::vector<std::string> names;
    for (const auto& file : keyring.files()) {
        // Permissive: keys of a kind that librnp does not know must not hide the others.
        constexpr auto flags = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE;
        auto error = rnp_import_keys(ffi.get(), input_of(file.keys).get(), flags, nullptr);
        if (error != RNP_SUCCESS)
            return fail(ErrorCode::format, fmt::format("'{}' is not a keyring of OpenPGP public keys: {}", file.name,
                                                       rnp_result_to_string(error)));
        names.push_back(file.name);
    }
    return Verifier(std::make_unique<State>(std::move(ffi), now, join(names, ", ")));
}

Result<Signed> Verifier::cleartext(std::string_view file, std::string_view name) {
    auto text = TRY(split_cleartext(file, name));
    Silence silence;
    Judge judge(m_state->ffi.get(), m_state->now);
    auto input = input_of(file);
    auto output = make<Output>([](rnp_output_t* out) { return rnp_output_to_memory(out, 0); });
    auto operation = make<Operation>(
        [&](rnp_op_verify_t* out) { return rnp_op_verify_create(out, m_state->ffi.get(), input.get(), output.get()); });
    TRY(judge.run(operation, name));

    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    (void)rnp_output_memory_get_buf(output.get(), &bytes, &size, false);
    if (without_trailing_blanks({reinterpret_cast<const char*>(bytes), size}) != text)
        return fail(ErrorCode::format, fmt::format("{}: what is signed is not what it shows", name));
    auto good = TRY(judge.verdict(name, m_state->keyrings));
    return Signed{std::move(text), good.fingerprint, good.good_from, good.good_until};
}

Result<Signed> Verifier::detached(std::string_view text, std::string_view signature, std::string_view name) {
    if (text.size() > most_signed_text || signature.size() > most_signature)
        return fail(ErrorCode::limit, fmt::format("{}: it or its signature is larger than {} and {}", name,
                                                  human_size(most_signed_text), human_size(most_signature)));
    if (text.empty() || signature.empty())
        return fail(ErrorCode::format, fmt::format("{}: it or its signature is empty", name));
    Silence silence;
    Judge judge(m_state->ffi.get(), m_state->now);
    for (auto block : armored_blocks(signature)) {
        auto input = input_of(text), signature_input = input_of(block);
        auto operation = make<Operation>([&](rnp_op_verify_t* out) {
            return rnp_op_verify_detached_create(out, m_state->ffi.get(), input.get(), signature_input.get());
        });
        TRY(judge.run(operation, name));
    }
    auto good = TRY(judge.verdict(name, m_state->keyrings));
    return Signed{std::string(text), good.fingerprint, good.good_from, good.good_until};
}

}  // namespace pith::pkg::deb
