// What the kernel's list of emulators says about another architecture.
#include "runner/emulation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/utsname.h>

#include "support/support.h"

namespace pith::runner {

namespace {

using testing::AllOf;
using testing::HasSubstr;

// s390x is big-endian and never the machine that tests run on.
constexpr std::string_view s390x_header = "7f454c4602020100000000000000000000020016";
constexpr std::string_view mask = "ffffffffffffff00fffffffffffffffffffeffff";

std::string entry(std::string_view state, std::string_view flags, std::string_view magic,
                  std::string_view bits = mask) {
    return fmt::format("{}\ninterpreter /usr/libexec/emulator\nflags: {}\noffset 0\nmagic {}\nmask {}\n", state, flags,
                       magic, bits);
}

}  // namespace

TEST(Emulation, ReadsTheKernelsList) {
    struct Row {
        const char* what;
        std::string entry;
        const char* error;  // empty: it can run
    };
    const Row rows[] = {
        {"an emulator", entry("enabled", "POF", s390x_header), ""},
        {"without a mask", "enabled\nflags: F\noffset 0\nmagic " + std::string(s390x_header) + "\n", ""},
        {"switched off", entry("disabled", "POF", s390x_header), "none that is enabled"},
        {"not opened beforehand", entry("enabled", "PO", s390x_header), "without the flag F"},
        {"of another architecture", entry("enabled", "F", "7f454c460201010000000000000000000200b700"), "none"},
        {"by extension", "enabled\ninterpreter /usr/bin/x\nflags: F\nextension .s390x\n", "none"},
        {"longer than a header", entry("enabled", "F", std::string(s390x_header) + "00"), "none"},
        {"no hexadecimal", entry("enabled", "F", "zz454c46"), "none"},
        {"nothing", "", "none"},
    };
    for (const auto& row : rows) {
        test::Scratch scratch;
        test::spit(scratch / "register", "");
        test::spit(scratch / "status", "enabled\n");
        test::spit(scratch / "emulator", row.entry);
        auto checked = check_can_run("linux/s390x", scratch.path());
        EXPECT_EQ(checked.has_value(), *row.error == '\0') << row.what;
        if (checked) {
            EXPECT_EQ(*checked, Speed::emulated) << row.what;
            continue;
        }
        EXPECT_EQ(checked.error().code, ErrorCode::unsupported);
        EXPECT_THAT(checked.error().text(), AllOf(HasSubstr(row.error), HasSubstr("qemu-user-static"),
                                                  HasSubstr("/usr/lib/binfmt.d/qemu-s390x.conf")))
            << row.what;
    }
}

TEST(Emulation, IsNotNeededForTheMachinesOwn) {
    utsname name{};
    ::uname(&name);
    auto own = std::string_view(name.machine) == "x86_64" ? "linux/amd64" : "linux/arm64";
    auto checked = check_can_run(own, "/nowhere");
    ASSERT_OK(checked);
    EXPECT_EQ(*checked, Speed::native);
    EXPECT_OK(check_can_run("linux/unheard-of", "/nowhere"));
    EXPECT_FALSE(check_can_run("linux/s390x", "/nowhere"));
}

}  // namespace pith::runner
