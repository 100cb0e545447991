#include "trust/log/verify_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"
#include "trust/log/checkpoint.h"
#include "trust/log/inclusion.h"

namespace pith::trust {

namespace {

// Rekor's second version writes entries of these kinds only.
bool is_second_version(const LogEntry& entry) { return entry.kind == "hashedrekord" && entry.version == "0.0.2"; }

// The four fields are in the order of RFC 8785, and none of them needs escapes.
std::string signed_by_log(const LogEntry& entry) {
    return fmt::format(R"({{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}})", to_base64(entry.body),
                       entry.integrated_time->time_since_epoch() / std::chrono::seconds(1), to_hex(entry.log_id),
                       entry.index);
}

Result<std::optional<Time>> verify_promise(const LogEntry& entry, const Log& log) {
    if (entry.signed_entry_timestamp.empty() || is_second_version(entry)) return std::nullopt;
    if (!entry.integrated_time)
        return fail(ErrorCode::format, "the log entry has a signed entry timestamp, but no time");
    if (!log.key.verify(as_bytes(signed_by_log(entry)), entry.signed_entry_timestamp))
        return fail(ErrorCode::integrity, "the log entry's signed entry timestamp was not made by the log's key");
    return entry.integrated_time;
}

Result<> verify_proof(const LogEntry& entry, const InclusionProof& proof, const Log& log) {
    auto checkpoint = TRY(read_checkpoint(proof.checkpoint));
    if (is_second_version(entry) && checkpoint.origin != log.host)
        return fail(ErrorCode::integrity, fmt::format("the checkpoint is of the log '{}', not of '{}'",
                                                      printable(checkpoint.origin), printable(log.host)));
    TRY(verify_checkpoint(checkpoint, log));
    if (checkpoint.tree_size != proof.tree_size || checkpoint.root_hash != proof.root_hash)
        return fail(ErrorCode::integrity, "the inclusion proof is for another size or root hash than the checkpoint");
    return verify_inclusion(entry.body, proof.index, proof.tree_size, proof.hashes, proof.root_hash);
}

Result<VerifiedEntry> verify_in(const LogEntry& entry, const Log& log, const std::vector<Time>& times) {
    auto promised = TRY(verify_promise(entry, log));
    VerifiedEntry out{log.host, promised};
    auto valid = [&](Time time) { return log.valid.contains(time); };
    if (out.time ? !valid(*out.time) : times.empty() || !std::ranges::all_of(times, valid))
        return fail(ErrorCode::integrity, fmt::format("the log '{}' is valid {}, and not when this was signed",
                                                      printable(log.host), to_text(log.valid)));
    // Only bundles of version 0.1 may have a proof that nothing signs; it proves nothing.
    if (entry.proof && !entry.proof->checkpoint.empty()) {
        TRY(verify_proof(entry, *entry.proof, log));
        out.included = true;
    }
    return out;
}

}  // namespace

Result<VerifiedEntry> verify_entry(const LogEntry& entry, const std::vector<Log>& logs,
                                   const std::vector<Time>& times) {
    std::optional<Error> fault;
    for (const auto& log : logs) {
        if (log.id != entry.log_id) continue;
        auto verified = verify_in(entry, log, times);
        if (verified) return verified;
        fault = std::move(verified).error();
    }
    if (fault) return std::unexpected(std::move(*fault));
    return fail(ErrorCode::integrity, "the entry is of a log that is not in the trusted root");
}

}  // namespace pith::trust
