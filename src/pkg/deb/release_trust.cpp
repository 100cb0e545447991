#include "pkg/deb/release_trust.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "net/url.h"
#include "pkg/deb/cleartext.h"

namespace pith::pkg::deb {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view record_kind = "deb-signature";

// The keyrings that the distributions' packages install, by their names and older ones.
constexpr std::string_view archive_keyrings[] = {"debian-archive-keyring.pgp", "debian-archive-keyring.gpg",
                                                 "ubuntu-archive-keyring.gpg"};

std::vector<fs::path> default_keyrings(const Source& source, const fs::path& folder) {
    auto distribution = std::string_view(source.name).substr(0, source.name.find('-'));
    std::vector<fs::path> out;
    for (auto name : archive_keyrings) {
        auto path = folder / name;
        // One of Debian's names is a link to the other.
        auto same = [&](const fs::path& other) { return fs::equivalent(path, other); };
        if (name.starts_with(distribution) && fs::exists(path) && std::ranges::none_of(out, same)) out.push_back(path);
    }
    return out;
}

bool is_cleartext(const ReleaseBytes& bytes) { return bytes.file.starts_with("-----BEGIN PGP"); }

std::string encode(const Signed& verdict) {
    return fmt::format("{} {} {}", verdict.fingerprint, verdict.good_from.time_since_epoch().count(),
                       verdict.good_until.time_since_epoch().count());
}

// A kept verdict, if it holds at `now`. Its text is not kept.
std::optional<Signed> decode(std::string_view record, Time now) {
    auto parts = words(record);
    if (parts.size() != 3) return std::nullopt;
    auto from = parse_number(parts[1]), until = parse_number(parts[2]);
    auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
    if (!from || !until || seconds < *from || seconds >= *until) return std::nullopt;
    return Signed{"", std::string(parts[0]), Time(std::chrono::seconds(*from)), Time(std::chrono::seconds(*until))};
}

// Which checks the source's settings switch off, and what they would have found.
std::vector<std::string> waived_checks(const Source& source, const Release& release, Time now) {
    std::vector<std::string> out;
    if (!source.check_valid_until) {
        bool over = release.valid_until && *release.valid_until < now;
        out.push_back("Valid-Until is not checked" +
                      (over ? fmt::format(", and it expired on {}", to_rfc3339(*release.valid_until)) : ""));
    }
    if (!source.check_date) {
        bool future = release.date > now;
        out.push_back("Date is not checked" +
                      (future ? fmt::format(", and {} is in the future", to_rfc3339(release.date)) : ""));
    }
    return out;
}

}  // namespace

Result<ReleaseJudge::Ring*> ReleaseJudge::ring_of(const Source& source) {
    auto files = source.signed_by;
    if (files.empty() && source.signed_by_key.empty()) files = m_options.keyrings;
    if (files.empty() && source.signed_by_key.empty()) files = default_keyrings(source, m_options.keyring_folder);
    if (files.empty() && source.signed_by_key.empty())
        return fail(
            ErrorCode::not_found,
            fmt::format("{}: there is no keyring to verify '{}' with: '{}' has none; install debian-archive-keyring or "
                        "name one with --keyring or signed-by=",
                        source.place, net::printable_url(source.url), m_options.keyring_folder.string()));
    std::string id = source.signed_by_key;
    for (const auto& file : files) id += "\n" + file.string();
    auto [place, made] = m_rings.try_emplace(id);
    auto& ring = place->second;
    if (!made) return &ring;
    ring.keyring = TRY(Keyring::load(files));
    if (!source.signed_by_key.empty()) ring.keyring.add("the key in " + source.place, source.signed_by_key);
    for (const auto& file : ring.keyring.files()) ring.digests += sha256(file.keys).hex();
    return &ring;
}

Result<Signed> ReleaseJudge::verify(Ring& ring, const ReleaseBytes& bytes, std::string_view name) {
    auto key =
        sha256(fmt::format("1\n{}\n{}\n{}", sha256(bytes.file).hex(), sha256(bytes.signature).hex(), ring.digests));
    auto record = m_cache.record(record_kind, key);
    if (auto kept = record ? decode(*record, m_options.now) : std::nullopt) {
        kept->text = is_cleartext(bytes) ? TRY(split_cleartext(bytes.file, name)) : bytes.file;
        return std::move(*kept);
    }
    if (!ring.verifier) ring.verifier = TRY(Verifier::open(ring.keyring, m_options.now));
    auto verdict = TRY(is_cleartext(bytes) || bytes.signature.empty()
                           ? ring.verifier->cleartext(bytes.file, name)
                           : ring.verifier->detached(bytes.file, bytes.signature, name));
    TRY(m_cache.put_record(record_kind, key, encode(verdict)));
    return verdict;
}

Result<TrustedRelease> ReleaseJudge::judge(const Source& source, const ReleaseBytes& bytes) {
    auto name = net::printable_url(url_in_suite(source, bytes.signature.empty() ? "InRelease" : "Release"));
    TrustedRelease out;
    out.digest = sha256(bytes.file);
    std::string text;
    if (source.trusted) {
        text = is_cleartext(bytes) ? TRY(split_cleartext(bytes.file, name)) : bytes.file;
        out.waived.emplace_back("no signature was verified (trusted=yes)");
    } else {
        auto* ring = TRY(ring_of(source));
        auto verdict = TRY(verify(*ring, bytes, name));
        text = std::move(verdict.text);
        out.fingerprint = std::move(verdict.fingerprint);
    }
    out.release = TRY(parse_release(text, name));
    TRY(check_release(out.release, name, {source.suite, m_options.now, source.check_valid_until, source.check_date}));
    for (auto& each : waived_checks(source, out.release, m_options.now)) out.waived.push_back(std::move(each));
    return out;
}

}  // namespace pith::pkg::deb
