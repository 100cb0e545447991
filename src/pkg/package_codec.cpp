// Encoder and decoder walk the fields of a package in the same order, which is written once: `fields`.
#include "pkg/package_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

namespace pith::pkg {
namespace {

class Writer {
public:
    explicit Writer(Bytes& out) : m_out(out) {}

    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) m_out.push_back(static_cast<std::byte>(value | 0x80));
        m_out.push_back(static_cast<std::byte>(value));
    }
    void field(const std::string& text) {
        number(text.size());
        append(m_out, as_bytes(text));
    }
    void field(const Digest& digest) { append(m_out, digest.value); }
    void field(bool value) { number(value); }
    void field(std::uint64_t value) { number(value); }
    // Zigzag, so that small negative numbers stay short.
    void field(int value) {
        number((static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31));
    }
    template <class E>
        requires std::is_enum_v<E>
    void bounded(E value, E /*last*/) {
        number(static_cast<std::uint64_t>(value));
    }
    template <class T>
    void field(const std::vector<T>& items) {
        number(items.size());
        for (const auto& item : items) field(item);
    }
    template <class T>
    void field(const T& object) {
        fields(*this, object);
    }

private:
    Bytes& m_out;
};

// Reads until the first fault; from then on every field is empty and `fault` says where it was.
class Reader {
public:
    explicit Reader(ByteView bytes) : m_bytes(bytes) {}

    [[nodiscard]] bool failed() const { return m_fault != nullptr; }
    [[nodiscard]] const char* fault() const { return m_fault; }
    [[nodiscard]] std::size_t position() const { return m_position; }
    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_position; }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !failed() && left() > 0; shift += 7) {
            auto byte = std::to_integer<std::uint64_t>(m_bytes[m_position++]);
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
        fail_with("a number that does not end");
        return 0;
    }
    void field(std::string& text) {
        auto view = take(number());
        text.assign(as_text(view));
    }
    void field(Digest& digest) {
        auto view = take(digest.value.size());
        std::copy(view.begin(), view.end(), digest.value.begin());
    }
    void field(bool& value) { value = number() != 0; }
    void field(std::uint64_t& value) { value = number(); }
    void field(int& value) {
        auto zigzag = static_cast<std::uint32_t>(number());
        value = static_cast<int>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
    }
    template <class E>
        requires std::is_enum_v<E>
    void bounded(E& value, E last) {
        auto raw = number();
        if (raw > static_cast<std::uint64_t>(last)) return fail_with("a value outside its range");
        value = static_cast<E>(raw);
    }
    template <class T>
    void field(std::vector<T>& items) {
        auto count = number();
        // An item takes a byte at least, so a count beyond what is left is a lie; nothing is reserved for it.
        if (count > left()) return fail_with("a list longer than the record");
        for (std::uint64_t i = 0; i < count && !failed(); ++i) field(items.emplace_back());
    }
    template <class T>
    void field(T& object) {
        fields(*this, object);
    }

private:
    ByteView take(std::uint64_t size) {
        if (failed() || size > left()) {
            fail_with("a text longer than the record");
            return {};
        }
        auto view = m_bytes.subspan(m_position, size);
        m_position += size;
        return view;
    }
    void fail_with(const char* fault) {
        if (!m_fault) m_fault = fault;
    }

    ByteView m_bytes;
    std::size_t m_position = 0;
    const char* m_fault = nullptr;
};

template <class T, class Model>
concept Same = std::same_as<std::remove_const_t<T>, Model>;

template <class Codec, Same<Relation> R>
void fields(Codec& codec, R& relation) {
    codec.field(relation.name);
    codec.bounded(relation.comparison, Comparison::fuzzy);
    codec.field(relation.version);
    codec.field(relation.architecture);
    codec.field(relation.pin);
}

template <class Codec, Same<Provide> P>
void fields(Codec& codec, P& provide) {
    codec.field(provide.name);
    codec.field(provide.version);
}

template <class Codec, Same<Package> P>
void fields(Codec& codec, P& p) {
    codec.bounded(p.format, Format::apk);
    for (auto* text :
         {&p.name, &p.version, &p.architecture, &p.source, &p.source_version, &p.maintainer, &p.homepage, &p.license})
        codec.field(*text);
    codec.bounded(p.priority, Priority::extra);
    codec.bounded(p.multi_arch, MultiArch::allowed);
    codec.field(p.essential);
    for (auto* groups : {&p.pre_depends, &p.depends, &p.recommends}) codec.field(*groups);
    for (auto* relations : {&p.conflicts, &p.breaks, &p.replaces, &p.install_if}) codec.field(*relations);
    codec.field(p.provides);
    codec.field(p.provider_priority);
    codec.field(p.replaces_priority);
    codec.field(p.path);
    codec.field(p.size);
    codec.field(p.installed_size);
    codec.field(p.sha256);
    codec.field(p.apk_checksum);
}

}  // namespace

void encode(const Package& package, Bytes& out) {
    Writer writer(out);
    fields(writer, package);
}

Result<Package> decode(ByteView record) {
    Reader reader(record);
    Package package;
    fields(reader, package);
    if (reader.failed())
        return fail(ErrorCode::format, fmt::format("package record: {} at byte {}", reader.fault(), reader.position()));
    if (reader.left() > 0)
        return fail(ErrorCode::format, fmt::format("package record: {} bytes left over", reader.left()));
    return package;
}

}  // namespace pith::pkg
