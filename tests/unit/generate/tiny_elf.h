// The smallest ELF files that have what read_elf() reads, made by hand: one loaded segment that is the whole
// file, a dynamic segment, and where asked for an interpreter and a GNU property note.
#pragma once

#include <elf.h>

#include <string>
#include <utility>
#include <vector>

namespace pith::compose::test {

struct TinyElf {
    bool is_64bit = true, is_big_endian = false;
    std::uint16_t machine = EM_X86_64, type = ET_DYN;
    std::uint32_t flags = 0;
    std::string soname{}, interpreter{}, runpath{};
    std::vector<std::string> needed{};
    std::uint32_t isa_needed = 0;

    [[nodiscard]] std::string build() const {
        auto number = [&](std::uint64_t value, std::size_t size) {
            std::string out;
            for (std::size_t i = 0; i < size; ++i)
                out += static_cast<char>(value >> 8 * (is_big_endian ? size - 1 - i : i));
            return out;
        };
        std::size_t word = is_64bit ? 8 : 4;
        std::string strings(1, '\0');
        std::vector<std::pair<std::uint64_t, std::uint64_t>> dynamic;
        auto add = [&](std::uint64_t tag, const std::string& text) {
            if (text.empty()) return;
            dynamic.emplace_back(tag, strings.size());
            strings += text + '\0';
        };
        for (const auto& name : needed) add(DT_NEEDED, name);
        add(DT_SONAME, soname);
        add(DT_RUNPATH, runpath);

        const std::size_t header = is_64bit ? 64 : 52, segment = is_64bit ? 56 : 32;
        std::size_t segments = 2 + !interpreter.empty() + (isa_needed != 0);
        std::size_t at_interpreter = header + segments * segment;
        std::size_t at_note = (at_interpreter + interpreter.size() + 1 + 7) / 8 * 8;
        std::string note = number(4, 4) + number(word == 8 ? 16 : 12, 4) + number(NT_GNU_PROPERTY_TYPE_0, 4) +
                           std::string("GNU\0", 4) + number(GNU_PROPERTY_X86_ISA_1_NEEDED, 4) + number(4, 4) +
                           number(isa_needed, 4) + (word == 8 ? number(0, 4) : "");
        std::size_t at_dynamic = at_note + note.size();
        const std::uint64_t base = 0x10000;  // where the file is loaded, so that addresses are not offsets
        dynamic.emplace_back(DT_STRTAB, base + at_dynamic + (dynamic.size() + 2) * 2 * word);
        dynamic.emplace_back(DT_NULL, 0);
        std::size_t at_strings = at_dynamic + dynamic.size() * 2 * word, end = at_strings + strings.size();

        auto program_header = [&](std::uint32_t kind, std::uint64_t offset, std::uint64_t size, std::uint64_t align) {
            auto address = number(base + offset, word);
            return is_64bit ? number(kind, 4) + number(4, 4) + number(offset, 8) + address + address + number(size, 8) +
                                  number(size, 8) + number(align, 8)
                            : number(kind, 4) + number(offset, 4) + address + address + number(size, 4) +
                                  number(size, 4) + number(4, 4) + number(align, 4);
        };
        std::string out = std::string(ELFMAG) + static_cast<char>(is_64bit ? ELFCLASS64 : ELFCLASS32) +
                          static_cast<char>(is_big_endian ? ELFDATA2MSB : ELFDATA2LSB) + '\1' + std::string(9, '\0');
        out += number(type, 2) + number(machine, 2) + number(1, 4) + number(0, word) + number(header, word) +
               number(0, word) + number(flags, 4) + number(header, 2) + number(segment, 2) + number(segments, 2) +
               number(0, 6);
        out += program_header(PT_LOAD, 0, end, 4096);
        out += program_header(PT_DYNAMIC, at_dynamic, dynamic.size() * 2 * word, word);
        if (!interpreter.empty()) out += program_header(PT_INTERP, at_interpreter, interpreter.size() + 1, 1);
        if (isa_needed != 0) out += program_header(PT_GNU_PROPERTY, at_note, note.size(), word);
        out += interpreter;
        out.resize(at_note, '\0');
        out += note;
        for (auto [tag, value] : dynamic) out += number(tag, word) + number(value, word);
        return out + strings;
    }
};

}  // namespace pith::compose::test
