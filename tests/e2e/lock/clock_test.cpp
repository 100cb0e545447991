// Machines whose clock is wrong: resolving says so, and a build from a lock needs no clock.
#include <gmock/gmock.h>

#include "e2e/lock/small_archive.h"

using namespace pith;
using namespace pith::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

using Clock = SmallArchive;

std::string at(const char* year) { return fmt::format("DONT_FAKE_MONOTONIC=1 faketime '{}-06-01 12:00:00' env", year); }

}  // namespace

TEST_F(Clock, AWrongOneIsNamedAndALockDoesNotNeedIt) {
    PITH_NEED(have("faketime"), "faketime");
    define(archive_url());
    struct {
        const char *year, *error;
    } cases[] = {{"1970", "in the future"}, {"2040", "2028-01-01"}};
    for (const auto& [year, error] : cases)
        for (const char* command : {"build", "lock"}) {
            auto ran = pith(command, "-q", std::string("cache") + year, at(year));
            EXPECT_EQ(ran.exit_code, 1) << year;
            EXPECT_THAT(ran.err, AllOf(HasSubstr("stable"), HasSubstr(error), HasSubstr("clock"))) << command << year;
        }
    EXPECT_FALSE(std::filesystem::exists(lock_file()));

    done(pith("lock"));
    auto today = done(pith("build", "-q"));
    for (const char* year : {"1970", "2040"}) {
        auto then = done(pith("build", "-q", std::string("cold") + year, at(year)));
        EXPECT_EQ(then.out, today.out) << year;
    }
}
