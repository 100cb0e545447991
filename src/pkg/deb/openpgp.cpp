#include "pkg/deb/openpgp.h"

#include <dlfcn.h>
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

// librnp, loaded when a signature is to be verified: with what it needs in turn it takes a third of the time and of the
// memory that the program needs to start, and most commands verify no signature of an archive. Its functions are here
// by their names without "rnp_", as <rnp/rnp.h> declares them.
// clang-format off
#define PITH_RNP(F) \
    F(buffer_destroy) F(ffi_create) F(ffi_destroy) F(ffi_set_log_fd) F(import_keys) F(input_destroy) \
    F(input_from_memory) F(key_get_fprint) F(key_get_primary_fprint) F(key_handle_destroy) F(key_is_expired) \
    F(key_is_revoked) F(key_valid_till64) F(locate_key) F(op_verify_create) F(op_verify_destroy) \
    F(op_verify_detached_create) F(op_verify_execute) F(op_verify_get_signature_at) F(op_verify_get_signature_count) \
    F(op_verify_set_flags) F(op_verify_signature_get_handle) F(op_verify_signature_get_hash) \
    F(op_verify_signature_get_key) F(op_verify_signature_get_status) F(op_verify_signature_get_times) \
    F(output_destroy) F(output_memory_get_buf) F(output_to_memory) F(result_to_string) F(set_timestamp) \
    F(signature_get_keyid) F(signature_handle_destroy)
// clang-format on
struct Rnp {
#define PITH_RNP_POINTER(name) decltype(&::rnp_##name) name = nullptr;
    PITH_RNP(PITH_RNP_POINTER)
};

Rnp functions;
const Rnp& rnp() { return functions; }

Result<> find_functions() {
    constexpr const char* name = "librnp.so.0";  // the interface of <rnp/rnp.h> 0.x
    void* library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(ErrorCode::not_found,
                    fmt::format("OpenPGP signatures need {}, which cannot be loaded: {}; install the package librnp0",
                                name, ::dlerror()));
    const char* missing = nullptr;
    auto find = [&]<class Function>(Function*& pointer, const char* function) {
        pointer = reinterpret_cast<Function*>(::dlsym(library, function));
        if (!pointer) missing = function;
    };
#define PITH_RNP_FIND(name) find(functions.name, "rnp_" #name);
    PITH_RNP(PITH_RNP_FIND)
    if (missing) return fail(ErrorCode::not_found, fmt::format("{} has no function '{}'", name, missing));
    return {};
}

Result<> load_rnp() {
    static const auto loaded = find_functions();
    return loaded;
}

template <auto destroy>
struct Destroy {
    void operator()(auto* handle) const { (void)(rnp().*destroy)(handle); }
};
template <class Handle, auto destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy<destroy>>;

using Ffi = Owned<rnp_ffi_t, &Rnp::ffi_destroy>;
using Input = Owned<rnp_input_t, &Rnp::input_destroy>;
using Output = Owned<rnp_output_t, &Rnp::output_destroy>;
using Operation = Owned<rnp_op_verify_t, &Rnp::op_verify_destroy>;
using Key = Owned<rnp_key_handle_t, &Rnp::key_handle_destroy>;
using SignatureHandle = Owned<rnp_signature_handle_t, &Rnp::signature_handle_destroy>;

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
    rnp().buffer_destroy(text);
    return out;
}

Input input_of(std::string_view bytes) {
    return make<Input>([&](rnp_input_t* out) {
        return rnp().input_from_memory(out, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), false);
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
    if (rnp().key_is_revoked(key.get(), &revoked) != RNP_SUCCESS || revoked) return "the key is revoked";
    std::uint64_t till = 0;
    (void)rnp().key_valid_till64(key.get(), &till);
    if (till < std::numeric_limits<std::uint32_t>::max())
        out.good_until = std::min(out.good_until, Time(std::chrono::seconds(till)));
    if (rnp().key_is_expired(key.get(), &expired) != RNP_SUCCESS || expired)
        return fmt::format("the key expired on {}", day(out.good_until));
    return {};
}

// A primary key speaks for its subkeys: both must be good.
std::string Judge::fault_of_signer(const Key& key, Judgement& out) const {
    auto fingerprint = text_of([&](char** to) { return rnp().key_get_primary_fprint(key.get(), to); });
    if (fingerprint.empty()) fingerprint = text_of([&](char** to) { return rnp().key_get_fprint(key.get(), to); });
    if (auto fault = fault_of(key, out); !fault.empty()) return fault;
    auto primary = make<Key>(
        [&](rnp_key_handle_t* to) { return rnp().locate_key(m_ffi, "fingerprint", fingerprint.c_str(), to); });
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
        [&](rnp_signature_handle_t* to) { return rnp().op_verify_signature_get_handle(signature, to); });
    if (handle) out.key_id = text_of([&](char** to) { return rnp().signature_get_keyid(handle.get(), to); });
    auto hash = text_of([&](char** to) { return rnp().op_verify_signature_get_hash(signature, to); });
    auto status = rnp().op_verify_signature_get_status(signature);

    if (hash == "MD5" || hash == "SHA1" || hash == "RIPEMD160")
        return refuse(fmt::format("signed with {}, a weak hash", hash));
    auto key = make<Key>([&](rnp_key_handle_t* to) { return rnp().op_verify_signature_get_key(signature, to); });
    if (status == RNP_ERROR_KEY_NOT_FOUND || !key) return refuse("not in the keyring");
    if (auto fault = fault_of_signer(key, out); !fault.empty()) return refuse(fault);

    std::uint32_t created = 0, lasts = 0;
    (void)rnp().op_verify_signature_get_times(signature, &created, &lasts);
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
    rnp().op_verify_set_flags(operation.get(), RNP_VERIFY_IGNORE_SIGS_ON_DECRYPT);
    auto error = rnp().op_verify_execute(operation.get());
    constexpr rnp_result_t about_signatures[] = {RNP_SUCCESS,
                                                 RNP_ERROR_SIGNATURE_INVALID,
                                                 RNP_ERROR_SIGNATURE_UNKNOWN,
                                                 RNP_ERROR_SIGNATURE_EXPIRED,
                                                 RNP_ERROR_KEY_NOT_FOUND,
                                                 RNP_ERROR_NO_SIGNATURES_FOUND};
    if (std::ranges::find(about_signatures, error) == std::end(about_signatures))
        return fail(ErrorCode::format,
                    fmt::format("{}: its OpenPGP signature cannot be read: {}", name, rnp().result_to_string(error)));
    std::size_t count = 0;
    (void)rnp().op_verify_get_signature_count(operation.get(), &count);
    if (m_judgements.size() + count > most_signatures)
        return fail(ErrorCode::limit, fmt::format("{}: more than {} signatures", name, most_signatures));
    for (std::size_t i = 0; i < count; ++i) {
        rnp_op_verify_signature_t signature = nullptr;
        if (rnp().op_verify_get_signature_at(operation.get(), i, &signature) == RNP_SUCCESS)
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
    TRY(load_rnp());
    auto ffi = make<Ffi>([](rnp_ffi_t* out) { return rnp().ffi_create(out, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG); });
    if (!ffi) return fail(ErrorCode::internal, "librnp cannot be started");
    rnp().ffi_set_log_fd(ffi.get(), ::open("/dev/null", O_WRONLY | O_CLOEXEC));
    Silence silence;
    rnp().set_timestamp(ffi.get(), static_cast<std::uint64_t>(now.time_since_epoch().count()));
    std::vector<std::string> names;
    for (const auto& file : keyring.files()) {
        // Permissive: keys of a kind that librnp does not know must not hide the others.
        constexpr auto flags = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE;
        auto error = rnp().import_keys(ffi.get(), input_of(file.keys).get(), flags, nullptr);
        if (error != RNP_SUCCESS)
            return fail(ErrorCode::format, fmt::format("'{}' is not a keyring of OpenPGP public keys: {}", file.name,
                                                       rnp().result_to_string(error)));
        names.push_back(file.name);
    }
    return Verifier(std::make_unique<State>(std::move(ffi), now, join(names, ", ")));
}

Result<Signed> Verifier::cleartext(std::string_view file, std::string_view name) {
    auto text = TRY(split_cleartext(file, name));
    Silence silence;
    Judge judge(m_state->ffi.get(), m_state->now);
    auto input = input_of(file);
    auto output = make<Output>([](rnp_output_t* out) { return rnp().output_to_memory(out, 0); });
    auto operation = make<Operation>([&](rnp_op_verify_t* out) {
        return rnp().op_verify_create(out, m_state->ffi.get(), input.get(), output.get());
    });
    TRY(judge.run(operation, name));

    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    (void)rnp().output_memory_get_buf(output.get(), &bytes, &size, false);
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
            return rnp().op_verify_detached_create(out, m_state->ffi.get(), input.get(), signature_input.get());
        });
        TRY(judge.run(operation, name));
    }
    auto good = TRY(judge.verdict(name, m_state->keyrings));
    return Signed{std::string(text), good.fingerprint, good.good_from, good.good_until};
}

}  // namespace pith::pkg::deb
