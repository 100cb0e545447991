#include "compose/generate/ld_so_conf.h"

#include <gtest/gtest.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

const std::string conf = "/etc/ld.so.conf";

TEST(LdSoConf, ReadsFoldersAndIncludesInTheirOrder) {
    ConfFiles files{{conf, "/first/  # comment\n\n  \t/second//\ninclude /etc/ld.so.conf.d/*.conf more.conf\n/last"},
                    {"/etc/ld.so.conf.d/b.conf", "/b\n"},
                    {"/etc/ld.so.conf.d/B.conf", "/B\n"},
                    {"/etc/ld.so.conf.d/.hidden.conf", "/hidden\n"},
                    {"/etc/ld.so.conf.d/deep/a.conf", "/deep\n"},
                    {"/etc/ld.so.conf.d/a.conf.dpkg-new", "/new\n"},
                    {"/etc/more.conf", "#\nhwcap 1 x\n/\n/more\r\n"}};
    auto folders = read_ld_so_conf(files);
    ASSERT_OK(folders);
    EXPECT_EQ(*folders, (std::vector<std::string>{"/first", "/second", "/B", "/b", "/more", "/last"}));
}

TEST(LdSoConf, NoFileNamesNoFolders) { EXPECT_EQ(read_ld_so_conf({})->size(), 0u); }

TEST(LdSoConf, RefusesWhatItCannotReadOrBound) {
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "/x\n";
    struct Row {
        std::string content;
        const char* error;
    };
    for (const auto& [content, error] :
         {Row{"/ok\ninclude /etc/[ab].conf", "/etc/ld.so.conf line 2: include '/etc/[ab].conf': only * and ?"},
          Row{"include /etc/ld.so.*", "include goes deeper than 8 files"}, Row{many, "over 4096 library folders"}}) {
        auto folders = read_ld_so_conf({{conf, content}});
        ASSERT_FALSE(folders);
        EXPECT_NE(folders.error().text().find(error), std::string::npos) << folders.error().text();
    }
}

TEST(LdSoConf, ABombOfIncludesStops) {
    ConfFiles files{{conf, "include /c/*"}};
    for (int i = 0; i < 100; ++i) files["/c/" + std::to_string(i)] = "include /c/* /c/* /c/*";
    EXPECT_FALSE(read_ld_so_conf(files));
}

}  // namespace
