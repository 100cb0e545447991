#include "compose/generate/elf.h"

#include <gtest/gtest.h>

#include "unit/generate/tiny_elf.h"

using namespace pith;
using namespace pith::compose;
using pith::compose::test::TinyElf;

namespace {

ElfFacts facts(const std::string& file) {
    auto read = read_elf(as_bytes(file));
    return read ? *read : ElfFacts{.malformed = "not ELF"};
}

TEST(Elf, ReadsBothClassesAndByteOrders) {
    for (bool is_64bit : {true, false})
        for (bool is_big_endian : {true, false}) {
            auto read = facts(TinyElf{.is_64bit = is_64bit,
                                      .is_big_endian = is_big_endian,
                                      .machine = EM_S390,
                                      .flags = 0x5000400,
                                      .soname = "libx.so.1",
                                      .interpreter = "/lib/ld.so.1",
                                      .runpath = "$ORIGIN/../lib",
                                      .needed = {"libc.so.6", "libm.so.6"},
                                      .isa_needed = 6}
                                  .build());
            ElfFacts expected{.type = ElfFacts::Type::shared,
                              .is_64bit = is_64bit,
                              .is_big_endian = is_big_endian,
                              .machine = EM_S390,
                              .flags = 0x5000400,
                              .is_dynamic = true,
                              .interpreter = "/lib/ld.so.1",
                              .soname = "libx.so.1",
                              .needed = {"libc.so.6", "libm.so.6"},
                              .rpath = "",
                              .runpath = "$ORIGIN/../lib",
                              .x86_isa_needed = 6,
                              .malformed = ""};
            EXPECT_EQ(read, expected) << is_64bit << is_big_endian << read.malformed;
        }
}

TEST(Elf, WhatIsNotElfHasNoFacts) {
    for (std::string text : {"", "\x7f",
                             "\x7f"
                             "EL",
                             "#!/bin/sh\n", "/* GNU ld script */"})
        EXPECT_FALSE(read_elf(as_bytes(text))) << text;
}

TEST(Elf, AFileCutAnywhereIsMalformedAndNeverRead) {
    auto whole =
        TinyElf{.soname = "libx.so.1", .interpreter = "/lib/ld.so", .needed = {"libc.so.6"}, .isa_needed = 1}.build();
    ASSERT_TRUE(facts(whole).malformed.empty());
    for (std::size_t size = 4; size < whole.size(); ++size)
        EXPECT_FALSE(facts(whole.substr(0, size)).malformed.empty()) << size << " of " << whole.size() << " bytes";
}

TEST(Elf, EveryByteMayBeAnything) {
    auto whole =
        TinyElf{.soname = "libx.so.1", .interpreter = "/lib/ld.so", .needed = {"libc.so.6"}, .isa_needed = 1}.build();
    for (std::size_t at = 4; at < whole.size(); ++at)
        for (char value : {'\0', '\1', '\x7f', '\xff'}) {
            auto changed = whole;
            changed[at] = value;
            EXPECT_TRUE(read_elf(as_bytes(changed)));
        }
}

TEST(Elf, BoundsWhatAFileMayName) {
    EXPECT_EQ(facts(TinyElf{.soname = std::string(5000, 'x')}.build()).malformed.find("does not end within") ==
                  std::string::npos,
              false);
    TinyElf many;
    many.needed.assign(5000, "liba.so");
    EXPECT_EQ(facts(many.build()).malformed, "it needs over 4096 libraries");
}

}  // namespace
