#include "pkg/deb/control.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;

namespace {

template <class T>
std::string error_of(const Result<T>& result) {
    return result ? "no error" : result.error().text();
}

}  // namespace

TEST(Control, ReadsAPackage) {
    auto package = read_control("Package: a\nVersion: 1\nArchitecture: all\nDepends: b | c\n");
    ASSERT_OK(package);
    EXPECT_EQ(package->name, "a");
    EXPECT_EQ(package->depends.size(), 1U);
    EXPECT_EQ(package->path, "");
    EXPECT_EQ(error_of(read_control("Package: a\nVersion: 1\n")),
              "control:1: package a: the field Architecture is missing");
    EXPECT_EQ(error_of(read_control("Package: a\nVersion: 1\nArchitecture: all\n\nPackage: b\n")),
              "control:5: a second stanza, where only one may stand");
    EXPECT_EQ(error_of(read_control("")), "control: there is no field in it");
}

TEST(Control, ReadsMd5Sums) {
    auto sums =
        read_md5sums("53C0d4afe4bc4eccb5cb234d2e06ef4d  usr/bin/a b\n900150983cd24fb0d6963f7d28e17f72 *./usr/bin/c");
    ASSERT_OK(sums);
    EXPECT_EQ(*sums, (std::vector<Md5Sum>{{"usr/bin/a b", "53c0d4afe4bc4eccb5cb234d2e06ef4d"},
                                          {"usr/bin/c", "900150983cd24fb0d6963f7d28e17f72"}}));
    EXPECT_OK(read_md5sums(""));
    struct Row {
        const char *text, *message;
    };
    for (auto [text, message] :
         {Row{"900150983cd24fb0d6963f7d28e17f72  a\n\n", "md5sums:2: '' is not an MD5 digest, two spaces, a path"},
          Row{"900150983cd24fb0d6963f7d28e17f7g  a",
              "md5sums:1: '900150983cd24fb0d6963f7d28e17f7g  a' is not an MD5 digest, two spaces, a path"},
          Row{"900150983cd24fb0d6963f7d28e17f72 a",
              "md5sums:1: '900150983cd24fb0d6963f7d28e17f72 a' is not an MD5 digest, two spaces, a path"},
          Row{"900150983cd24fb0d6963f7d28e17f72  ", "md5sums:1: a path is missing"}})
        EXPECT_EQ(error_of(read_md5sums(text)), message);
    EXPECT_TRUE(error_of(read_md5sums("900150983cd24fb0d6963f7d28e17f72  ../a")).starts_with("md5sums:1: "));
}

TEST(Control, ReadsConffiles) {
    auto conffiles = read_conffiles("/etc/a  \n/etc/b c\nremove-on-upgrade /etc/d\n");
    ASSERT_OK(conffiles);
    EXPECT_EQ(*conffiles, (std::vector<Conffile>{{"etc/a", false}, {"etc/b c", false}, {"etc/d", true}}));
    EXPECT_EQ(error_of(read_conffiles("etc/a\n")), "conffiles:1: 'etc/a' is not an absolute path");
    EXPECT_EQ(error_of(read_conffiles("/etc/a\n\n/etc/b")), "conffiles:2: '' is not an absolute path");
    EXPECT_EQ(error_of(read_conffiles("keep /etc/a")), "conffiles:1: 'keep /etc/a' is not an absolute path");
    EXPECT_TRUE(error_of(read_conffiles("/etc/../../a")).starts_with("conffiles:1: "));
    EXPECT_EQ(error_of(read_conffiles("/")), "conffiles:1: a path is missing");
}

TEST(Control, ReadsTriggers) {
    using enum Trigger::Kind;
    auto triggers = read_triggers(
        "# Triggers added by dh_makeshlibs/13.11.4\nactivate-noawait ldconfig\n\n interest-noawait /usr/share/x # why\n"
        "interest a\nactivate b\nactivate-await c\ninterest-await d\n");
    ASSERT_OK(triggers);
    EXPECT_EQ(*triggers, (std::vector<Trigger>{{activate, "ldconfig", false},
                                               {interest, "/usr/share/x", false},
                                               {interest, "a", true},
                                               {activate, "b", true},
                                               {activate, "c", true},
                                               {interest, "d", true}}));
    struct Row {
        const char *text, *message;
    };
    for (auto [text, message] : {Row{"\ntrigger x", "triggers:2: 'trigger' is not a directive for triggers"},
                                 Row{"interest", "triggers:1: 'interest' takes one trigger"},
                                 Row{"interest a b", "triggers:1: 'interest' takes one trigger"},
                                 Row{"interest \xc3\xa4", "triggers:1: '\\xc3\\xa4' is not the name of a trigger"}})
        EXPECT_EQ(error_of(read_triggers(text)), message);
    EXPECT_FALSE(read_triggers("interest /usr/../.."));
}
