#include "compose/generate/library_abi.h"

#include <elf.h>

#include <algorithm>

#include <fmt/format.h>

namespace pith::compose {

namespace {

constexpr LibraryAbi abis[] = {
    {"amd64", "x86_64-linux-gnu", "x86"},
    {"arm64", "aarch64-linux-gnu", "arm"},
    {"armel", "arm-linux-gnueabi", "arm"},
    {"armhf", "arm-linux-gnueabihf", "arm"},
    {"i386", "i386-linux-gnu", "x86"},
    {"loong64", "loongarch64-linux-gnu", "loongarch"},
    {"mips64el", "mips64el-linux-gnuabi64", "mips"},
    {"ppc64el", "powerpc64le-linux-gnu", "powerpc"},
    {"riscv64", "riscv64-linux-gnu", "riscv"},
    {"s390x", "s390x-linux-gnu", "s390", true},
};

constexpr std::uint32_t libc6 = 0x0003, plain_elf = 0x0001;

// The first row that fits a file gives its flags.
struct Kind {
    std::string_view family;
    std::uint16_t machine;
    bool is_64bit;
    std::uint32_t mask, value;  // (e_flags & mask) == value
    std::uint32_t flags;
};
constexpr Kind kinds[] = {
    {"x86", EM_X86_64, true, 0, 0, 0x0300 | libc6},
    {"x86", EM_X86_64, false, 0, 0, 0x0800 | libc6},  // x32
    {"x86", EM_386, false, 0, 0, libc6},
    {"arm", EM_AARCH64, true, 0, 0, 0x0a00 | libc6},
    {"arm", EM_ARM, false, 0xff00'0400, 0x0500'0400, 0x0900 | libc6},  // EABI 5, hard float
    {"arm", EM_ARM, false, 0xff00'0200, 0x0500'0200, 0x0b00 | libc6},  // EABI 5, soft float
    {"arm", EM_ARM, false, 0xff00'0000, 0x0500'0000, libc6},           // EABI 5, unmarked: fits both
    {"loongarch", EM_LOONGARCH, true, ~0x40u, 0x3, 0x1200 | libc6},    // double float; any object ABI
    {"loongarch", EM_LOONGARCH, true, ~0x40u, 0x1, 0x1100 | libc6},    // soft float
    {"mips", EM_MIPS, true, EF_MIPS_NAN2008, EF_MIPS_NAN2008, 0x0e00 | libc6},
    {"mips", EM_MIPS, true, 0, 0, 0x0700 | libc6},
    {"powerpc", EM_PPC64, true, 0, 0, 0x0500 | libc6},
    {"riscv", EM_RISCV, true, ~0x1u, 0x4, 0x1000 | libc6},  // double float; compressed code or not
    {"riscv", EM_RISCV, true, ~0x1u, 0x0, 0x0f00 | libc6},  // soft float
    {"s390", EM_S390, true, 0, 0, 0x0400 | libc6},
};

bool names_libc6(const ElfFacts& elf) {
    constexpr std::string_view interpreters[] = {"/lib/ld-linux.so.2", "/lib/ld-linux-x86-64.so.2"};
    constexpr std::string_view libraries[] = {"libc.so.6", "libm.so.6"};
    return std::ranges::find(interpreters, elf.interpreter) != std::end(interpreters) ||
           std::ranges::find_first_of(elf.needed, libraries) != elf.needed.end();
}

}  // namespace

Result<LibraryAbi> library_abi(std::string_view debian_architecture) {
    auto found = std::ranges::find(abis, debian_architecture, &LibraryAbi::architecture);
    if (found != std::end(abis)) return *found;
    std::vector<std::string> known;
    for (const auto& abi : abis) known.emplace_back(abi.architecture);
    return fail(ErrorCode::unsupported,
                fmt::format("the dynamic linker's cache of architecture '{}' is not known; known are {}",
                            debian_architecture, fmt::join(known, ", ")));
}

std::optional<std::uint32_t> library_flags(const LibraryAbi& abi, const ElfFacts& elf, bool tells_libc6_apart) {
    if (elf.type != ElfFacts::Type::shared || !elf.is_dynamic || !elf.malformed.empty() ||
        elf.is_big_endian != abi.is_big_endian)
        return std::nullopt;
    auto kind = std::ranges::find_if(kinds, [&](const Kind& row) {
        return row.family == abi.family && row.machine == elf.machine && row.is_64bit == elf.is_64bit &&
               (elf.flags & row.mask) == row.value;
    });
    if (kind == std::end(kinds)) return std::nullopt;
    if (tells_libc6_apart && kind->machine == EM_386 && !names_libc6(elf)) return plain_elf;
    return kind->flags;
}

std::vector<std::string> system_library_folders(const LibraryAbi& abi) {
    return {fmt::format("/lib/{}", abi.tuple), fmt::format("/usr/lib/{}", abi.tuple), "/lib", "/usr/lib"};
}

}  // namespace pith::compose
