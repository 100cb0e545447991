#include "compose/generate/elf.h"

#include <elf.h>

#include <algorithm>

#include <fmt/format.h>

namespace pith::compose {

namespace {

constexpr std::size_t most_text = 4096, most_needed = 4096;

// Where the fields stand that are read: the two classes differ in nothing else.
struct Layout {
    std::size_t header, phoff, flags, phentsize, phnum;         // file header
    std::size_t segment, p_offset, p_vaddr, p_filesz, p_align;  // program header
    std::size_t word;                                           // an address or offset
};
constexpr Layout layout_32{52, 28, 36, 42, 44, 32, 4, 8, 16, 28, 4};
constexpr Layout layout_64{64, 32, 48, 54, 56, 56, 8, 16, 32, 48, 8};

struct Segment {
    std::uint32_t type = 0;
    std::uint64_t offset = 0, address = 0, size = 0, align = 0;
};

class Reader {
public:
    explicit Reader(ByteView file) : m_file(file) {}
    ElfFacts read();

private:
    bool read_header();
    void read_segments();
    void read_properties(const Segment& segment);
    void read_dynamic(const Segment& segment);
    [[nodiscard]] std::optional<std::uint64_t> string_table(const Segment& dynamic);

    // A number of the file's byte order; outside the file it is 0 and the file is malformed.
    std::uint64_t number(std::uint64_t at, std::size_t size);
    std::uint32_t half(std::uint64_t at) { return static_cast<std::uint32_t>(number(at, 2)); }
    std::uint32_t u32(std::uint64_t at) { return static_cast<std::uint32_t>(number(at, 4)); }
    std::uint64_t word(std::uint64_t at) { return number(at, m_layout->word); }
    // Up to the terminating NUL, which must be there.
    std::string text(std::uint64_t at);
    // Notes why the file is malformed; the first reason stays. Always false, for callers to return.
    bool malformed(std::string why) {
        if (m_facts.malformed.empty()) m_facts.malformed = std::move(why);
        return false;
    }
    [[nodiscard]] bool sound() const { return m_facts.malformed.empty(); }

    ByteView m_file;
    const Layout* m_layout = &layout_64;
    ElfFacts m_facts;
    std::vector<Segment> m_segments;
};

std::uint64_t Reader::number(std::uint64_t at, std::size_t size) {
    if (at > m_file.size() || m_file.size() - at < size) {
        malformed(fmt::format("it ends at byte {}, and something it names stands at byte {}", m_file.size(), at));
        return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(m_file[at + (m_facts.is_big_endian ? i : size - 1 - i)]);
    return value;
}

std::string Reader::text(std::uint64_t at) {
    if (at < m_file.size()) {
        auto rest = as_text(m_file.subspan(at)).substr(0, most_text + 1);
        if (auto end = rest.find('\0'); end != std::string_view::npos) return std::string(rest.substr(0, end));
    }
    malformed(fmt::format("the text at byte {} does not end within the file and {} bytes", at, most_text));
    return {};
}

bool Reader::read_header() {
    if (m_file.size() < layout_32.header) return malformed("it is shorter than a file header");
    auto ident = [&](std::size_t index) { return std::to_integer<unsigned>(m_file[index]); };
    if (ident(EI_CLASS) != ELFCLASS32 && ident(EI_CLASS) != ELFCLASS64)
        return malformed(fmt::format("unknown class {}", ident(EI_CLASS)));
    if (ident(EI_DATA) != ELFDATA2LSB && ident(EI_DATA) != ELFDATA2MSB)
        return malformed(fmt::format("unknown byte order {}", ident(EI_DATA)));
    m_facts.is_64bit = ident(EI_CLASS) == ELFCLASS64;
    m_facts.is_big_endian = ident(EI_DATA) == ELFDATA2MSB;
    m_layout = m_facts.is_64bit ? &layout_64 : &layout_32;

    auto type = half(16);
    m_facts.type = type == ET_EXEC  ? ElfFacts::Type::executable
                   : type == ET_DYN ? ElfFacts::Type::shared
                                    : ElfFacts::Type::other;
    m_facts.machine = static_cast<std::uint16_t>(half(18));
    m_facts.flags = u32(m_layout->flags);
    return sound();
}

void Reader::read_segments() {
    auto first = word(m_layout->phoff);
    auto size = half(m_layout->phentsize), count = half(m_layout->phnum);
    if (count > 0 && size != m_layout->segment) malformed(fmt::format("its program headers have {} bytes", size));
    for (std::uint64_t i = 0; i < count && sound(); ++i) {
        auto at = first + i * size;
        m_segments.push_back({u32(at), word(at + m_layout->p_offset), word(at + m_layout->p_vaddr),
                              word(at + m_layout->p_filesz), word(at + m_layout->p_align)});
    }
}

// NT_GNU_PROPERTY_TYPE_0: an array of {type, size, data padded to a word}, in ascending order of type.
void Reader::read_properties(const Segment& segment) {
    // ldconfig passes over notes of another alignment: old linkers wrote 4 into 64-bit files.
    if (segment.align != m_layout->word) return;
    auto aligned = [&](std::uint64_t size) { return (size + segment.align - 1) / segment.align * segment.align; };
    for (std::uint64_t at = segment.offset, end = segment.offset + segment.size; at + 12 < end && sound();) {
        std::uint64_t name_size = u32(at), size = u32(at + 4);
        auto type = u32(at + 8);
        auto data = at + aligned(12 + name_size);
        at = data + aligned(size);
        if (type != NT_GNU_PROPERTY_TYPE_0 || name_size != 4 || text(data - 4) != "GNU") continue;
        for (auto property = data; property + 8 <= data + size && sound();) {
            auto property_type = u32(property), property_size = u32(property + 4);
            if (property_type == GNU_PROPERTY_X86_ISA_1_NEEDED && property_size == 4)
                m_facts.x86_isa_needed = u32(property + 8);
            property += 8 + aligned(property_size);
        }
        return;
    }
}

// DT_STRTAB holds an address; the loaded segment around it tells where in the file that is.
std::optional<std::uint64_t> Reader::string_table(const Segment& dynamic) {
    for (std::uint64_t at = 0; at + 2 * m_layout->word <= dynamic.size && sound(); at += 2 * m_layout->word) {
        auto tag = word(dynamic.offset + at), value = word(dynamic.offset + at + m_layout->word);
        if (tag == DT_NULL) break;
        if (tag != DT_STRTAB) continue;
        auto loaded = std::ranges::find_if(m_segments, [&](const Segment& segment) {
            return segment.type == PT_LOAD && value >= segment.address && value - segment.address < segment.size;
        });
        return loaded == m_segments.end() ? value : value - loaded->address + loaded->offset;
    }
    return std::nullopt;
}

void Reader::read_dynamic(const Segment& segment) {
    auto strings = string_table(segment);
    if (!strings) return;
    m_facts.is_dynamic = true;
    for (std::uint64_t at = 0; at + 2 * m_layout->word <= segment.size && sound(); at += 2 * m_layout->word) {
        auto tag = word(segment.offset + at);
        if (tag == DT_NULL) break;
        auto value = [&] { return text(*strings + word(segment.offset + at + m_layout->word)); };
        switch (tag) {
            case DT_SONAME: m_facts.soname = value(); break;
            case DT_RPATH: m_facts.rpath = value(); break;
            case DT_RUNPATH: m_facts.runpath = value(); break;
            case DT_NEEDED:
                m_facts.needed.push_back(value());
                if (m_facts.needed.size() > most_needed)
                    malformed(fmt::format("it needs over {} libraries", most_needed));
                break;
        }
    }
}

ElfFacts Reader::read() {
    if (!read_header()) return std::move(m_facts);
    read_segments();
    for (const auto& segment : m_segments) {
        if (!sound()) break;
        if (segment.type == PT_INTERP) m_facts.interpreter = text(segment.offset);
        if (segment.type == PT_GNU_PROPERTY) read_properties(segment);
    }
    // Of several dynamic segments the last one counts, as for the dynamic linker.
    auto dynamic = std::find_if(m_segments.rbegin(), m_segments.rend(),
                                [](const Segment& segment) { return segment.type == PT_DYNAMIC; });
    if (dynamic != m_segments.rend() && sound()) read_dynamic(*dynamic);
    return std::move(m_facts);
}

}  // namespace

std::optional<ElfFacts> read_elf(ByteView file) {
    if (!as_text(file).starts_with(std::string_view(ELFMAG, SELFMAG))) return std::nullopt;
    return Reader(file).read();
}

}  // namespace pith::compose
