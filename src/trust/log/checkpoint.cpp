#include "trust/log/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_bytes = 64 * KiB, most_signatures = 64, hint_size = 4, hash_size = 32;
constexpr std::string_view dash = "\u2014 ";  // an em dash, and a space

std::unexpected<Error> wrong(std::string_view what) {
    return fail(ErrorCode::format, fmt::format("the checkpoint {}", what));
}

Result<NoteSignature> read_signature(std::string_view line) {
    if (!line.starts_with(dash)) return wrong("has a line among its signatures that is none");
    line.remove_prefix(dash.size());
    auto space = line.find(' ');
    auto bytes = from_base64(space == std::string_view::npos ? "!" : line.substr(space + 1));
    if (!bytes || bytes->size() <= hint_size)
        return wrong("has a signature that is not a name, a key hint and a signature");
    return NoteSignature{std::string(line.substr(0, space)), Bytes(bytes->begin(), bytes->begin() + hint_size),
                         Bytes(bytes->begin() + hint_size, bytes->end())};
}

}  // namespace

std::string_view Checkpoint::name() const { return std::string_view(origin).substr(0, origin.find(" - ")); }

Result<Checkpoint> read_checkpoint(std::string_view note) {
    if (note.size() > most_bytes) return fail(ErrorCode::limit, "the checkpoint is larger than 64 KiB");
    auto gap = note.find("\n\n");
    if (gap == std::string_view::npos || !note.ends_with('\n')) return wrong("has no signatures behind an empty line");
    Checkpoint out;
    out.text = note.substr(0, gap + 1);
    auto lines = split(note.substr(0, gap), '\n');
    if (lines.size() < 3) return wrong("does not have the lines origin, size and root hash");
    out.origin = lines[0];
    auto size = parse_number(lines[1]);
    auto root = from_base64(lines[2]);
    if (out.origin.empty() || !size || !root || root->size() != hash_size)
        return wrong("does not have the lines origin, size and root hash");
    out.tree_size = *size;
    out.root_hash = std::move(*root);
    auto rest = note.substr(gap + 2);
    if (rest.empty()) return wrong("has no signature");
    rest.remove_suffix(1);
    for (auto line : split(rest, '\n')) {
        if (out.signatures.size() == most_signatures)
            return fail(ErrorCode::limit, fmt::format("the checkpoint has more than {} signatures", most_signatures));
        out.signatures.push_back(TRY(read_signature(line)));
    }
    return out;
}

Result<> verify_checkpoint(const Checkpoint& checkpoint, const Log& log) {
    auto hint = ByteView(log.checkpoint_id).first(std::min(hint_size, log.checkpoint_id.size()));
    for (const auto& signature : checkpoint.signatures)
        if (signature.name == checkpoint.name() && std::ranges::equal(signature.hint, hint) &&
            log.key.verify(as_bytes(checkpoint.text), signature.value))
            return {};
    return fail(ErrorCode::integrity,
                fmt::format("no signature of the checkpoint is by the log '{}' itself", printable(log.host)));
}

}  // namespace pith::trust
