#include "advisory/codec.h"

namespace pith::advisory {

namespace {

void put_number(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size());
    out += text;
}

// Reads on after damage, giving nothing, so that one question at the end is enough.
class Reader {
public:
    explicit Reader(std::string_view bytes) : m_rest(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63 && !m_rest.empty(); shift += 7) {
            auto byte = static_cast<unsigned char>(m_rest.front());
            m_rest.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) return value;
        }
        damage();
        return 0;
    }
    std::string_view text() {
        auto size = number();
        if (size > m_rest.size()) {
            damage();
            return {};
        }
        auto out = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return out;
    }
    // How many items follow, each of which takes at least one byte.
    std::uint64_t count() {
        auto items = number();
        if (items <= m_rest.size()) return items;
        damage();
        return 0;
    }
    template <class Enum>
    Enum one_of(Enum last) {
        auto value = number();
        if (value <= static_cast<std::uint64_t>(last)) return static_cast<Enum>(value);
        damage();
        return Enum{};
    }

    [[nodiscard]] bool sound() const { return !m_damaged; }
    [[nodiscard]] std::string_view rest() const { return m_rest; }

private:
    void damage() {
        m_damaged = true;
        m_rest = {};
    }
    std::string_view m_rest;
    bool m_damaged = false;
};

}  // namespace

void append_claim(std::string& blob, const Claim& claim) {
    put_text(blob, claim.id);
    put_number(blob, static_cast<std::uint64_t>(claim.state));
    put_number(blob, static_cast<std::uint64_t>(claim.severity));
    put_number(blob, claim.score);
    put_text(blob, claim.reason);
    put_number(blob, claim.aliases.size());
    for (auto alias : claim.aliases) put_text(blob, alias);
    put_number(blob, claim.ranges.size());
    for (const auto& range : claim.ranges)
        for (auto end : {range.introduced, range.fixed, range.last_affected}) put_text(blob, end);
    put_number(blob, claim.versions.size());
    for (auto version : claim.versions) put_text(blob, version);
}

Result<> ClaimReader::next(Claim& claim) {
    Reader in(m_rest);
    claim.id = in.text();
    claim.state = in.one_of(State::not_affected);
    claim.severity = in.one_of(Severity::critical);
    claim.score = static_cast<std::uint8_t>(in.number());
    claim.reason = in.text();
    claim.aliases.resize(in.count());
    for (auto& alias : claim.aliases) alias = in.text();
    claim.ranges.resize(in.count());
    for (auto& range : claim.ranges) {
        range.introduced = in.text();
        range.fixed = in.text();
        range.last_affected = in.text();
    }
    claim.versions.resize(in.count());
    for (auto& version : claim.versions) version = in.text();
    if (!in.sound() || claim.id.empty())
        return fail(ErrorCode::format, "the advisory database is damaged: a claim ends early; update it anew");
    m_rest = in.rest();
    return {};
}

std::string encode_fact(const Fact& fact) {
    std::string out;
    put_number(out, static_cast<std::uint64_t>(fact.severity));
    put_number(out, fact.score);
    put_number(out, fact.epss);
    put_number(out, fact.percentile);
    put_text(out, fact.exploited_since);
    put_number(out, fact.ransomware ? 1 : 0);
    put_text(out, fact.severity_source);
    put_text(out, fact.summary);
    return out;
}

Result<Fact> decode_fact(std::string_view blob) {
    Reader in(blob);
    Fact out;
    out.severity = in.one_of(Severity::critical);
    out.score = static_cast<std::uint8_t>(in.number());
    out.epss = static_cast<std::uint32_t>(in.number());
    out.percentile = static_cast<std::uint32_t>(in.number());
    out.exploited_since = in.text();
    out.ransomware = in.number() != 0;
    out.severity_source = in.text();
    out.summary = in.text();
    if (!in.sound())
        return fail(ErrorCode::format, "the advisory database is damaged: a fact ends early; update it anew");
    return out;
}

}  // namespace pith::advisory
