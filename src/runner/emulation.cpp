// The kernel lists each emulator in a file: whether it is enabled, its flags, and the bytes that a program must begin
// with. What a program of an architecture begins with is its ELF header, so that is what is looked for. Only an
// emulator that was opened when it was registered (flag F) works in a container, which has no such file.
#include "runner/emulation.h"

#include <fmt/format.h>

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace pith::runner {

namespace {

namespace fs = std::filesystem;

struct Architecture {
    std::string_view name, kernel, debian_emulator;  // as Go, uname(2) and qemu call it
    std::uint8_t bits, data;                         // EI_CLASS: 1 is 32 bits; EI_DATA: 1 is little-endian
    std::uint16_t machine;                           // e_machine
};
constexpr std::array known{Architecture{"amd64", "x86_64", "x86_64", 2, 1, 62},
                           Architecture{"arm64", "aarch64", "aarch64", 2, 1, 183},
                           Architecture{"386", "i686", "i386", 1, 1, 3},
                           Architecture{"arm", "armv7l", "arm", 1, 1, 40},
                           Architecture{"ppc64le", "ppc64le", "ppc64le", 2, 1, 21},
                           Architecture{"riscv64", "riscv64", "riscv64", 2, 1, 243},
                           Architecture{"s390x", "s390x", "s390x", 2, 2, 22}};

// Does a kernel of the first run programs of the second by itself? Most of arm64 do with arm.
bool runs_natively(std::string_view kernel, std::string_view architecture) {
    return kernel == architecture || (kernel == "amd64" && architecture == "386") ||
           (kernel == "arm64" && architecture == "arm");
}

std::string_view own_architecture() {
    utsname name{};
    ::uname(&name);
    auto found = std::ranges::find(known, std::string_view(name.machine), &Architecture::kernel);
    return found == known.end() ? std::string_view() : found->name;
}

// What every executable of the architecture begins with.
std::array<std::uint8_t, 20> header_of(const Architecture& architecture) {
    constexpr std::uint8_t executable = 2;
    bool little = architecture.data == 1;
    std::array<std::uint8_t, 20> out{0x7f, 'E', 'L', 'F', architecture.bits, architecture.data, 1};
    out[little ? 16 : 17] = executable;
    out[little ? 18 : 19] = static_cast<std::uint8_t>(architecture.machine);
    return out;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view hex) {
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        auto digit = [&](char c) { return std::string_view("0123456789abcdef").find(c); };
        if (digit(hex[i]) == hex.npos || digit(hex[i + 1]) == hex.npos) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    }
    return out;
}

// One emulator, as the kernel describes it.
struct Emulator {
    bool enabled = false;
    std::string flags;
    std::size_t offset = 0;
    std::vector<std::uint8_t> magic, mask;

    [[nodiscard]] bool takes(const Architecture& architecture) const {
        auto header = header_of(architecture);
        if (magic.empty() || offset != 0 || magic.size() > header.size()) return false;
        for (std::size_t i = 0; i < magic.size(); ++i) {
            auto bits = i < mask.size() ? mask[i] : 0xff;
            if ((header[i] & bits) != (magic[i] & bits)) return false;
        }
        return true;
    }
};

Emulator read_emulator(std::string_view text) {
    Emulator out;
    for (auto line : split(text, '\n')) {
        auto fields = words(line);
        if (fields.empty()) continue;
        if (fields[0] == "enabled") out.enabled = true;
        if (fields.size() < 2) continue;
        if (fields[0] == "flags:") out.flags = fields[1];
        if (fields[0] == "offset") out.offset = parse_number(fields[1]).value_or(1);
        if (fields[0] == "magic") out.magic = from_hex(fields[1]).value_or(std::vector<std::uint8_t>());
        if (fields[0] == "mask") out.mask = from_hex(fields[1]).value_or(std::vector<std::uint8_t>());
    }
    return out;
}

}  // namespace

Result<Speed> check_can_run(std::string_view platform, const fs::path& binfmt_misc) {
    auto parts = split(platform, '/');
    auto architecture = std::ranges::find(known, parts.size() > 1 ? parts[1] : platform, &Architecture::name);
    auto own = own_architecture();
    if (architecture == known.end() || own.empty() || runs_natively(own, architecture->name)) return Speed::native;

    bool found = false;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(binfmt_misc, error)) {
        if (entry.path().filename() == "register" || entry.path().filename() == "status") continue;
        auto text = read_text(entry.path(), 64 * KiB);
        auto emulator = read_emulator(text ? *text : "");
        if (!emulator.enabled || !emulator.takes(*architecture)) continue;
        if (emulator.flags.contains('F')) return Speed::emulated;
        found = true;
    }
    auto why = found ? "has one without the flag F, which containers cannot reach" : "has none that is enabled";
    return fail(ErrorCode::unsupported,
                fmt::format("this machine ({}) needs an emulator to run programs for {}, and binfmt_misc ({}) {}; "
                            "install qemu-user-static, and where no init system does it, as root: mount -t binfmt_misc "
                            "binfmt_misc {}; cat /usr/lib/binfmt.d/qemu-{}.conf > {}/register",
                            own, architecture->name, binfmt_misc.string(), why, binfmt_misc.string(),
                            architecture->debian_emulator, binfmt_misc.string()));
}

}  // namespace pith::runner
