// Programs of arm64 run on this machine for as long as the object lives: the kernel is told of qemu's emulator
// (Debian's qemu-user-static) under a name of the test's own, whatever emulators there are besides.
#pragma once

#include <string>

namespace pith::test {

class Emulation {
public:
    Emulation();
    ~Emulation();
    Emulation(const Emulation&) = delete;
    Emulation& operator=(const Emulation&) = delete;

    // Why programs cannot be emulated ("root, for binfmt_misc"); empty if they can.
    [[nodiscard]] const std::string& missing() const { return m_missing; }

private:
    std::string m_missing, m_entry;
    bool m_mounted = false;  // by us
};

}  // namespace pith::test
