#include "compose/generate/passwd.h"

#include <gtest/gtest.h>

#include <set>

#include <fmt/format.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

TEST(Passwd, AnImageThatAsksForNothingHasThreeUsers) {
    auto files = make_account_files({});
    ASSERT_OK(files);
    EXPECT_EQ(files->passwd,
              "root:x:0:0:root:/root:/bin/bash\n"
              "nonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin\n"
              "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
    EXPECT_EQ(files->group, "root:x:0:\nnonroot:x:65532:\nnogroup:x:65534:\n");
    EXPECT_EQ(files->shadow, "root:*::0:99999:7:::\nnonroot:!::0:99999:7:::\nnobody:*::0:99999:7:::\n");
    EXPECT_EQ(files->gshadow, "root:*::\nnonroot:!::\nnogroup:*::\n");
    EXPECT_EQ(files->uids.at("nonroot"), 65532u);
}

// These ids are a promise: files in volumes belong to them.
TEST(Passwd, IdsOfSystemAccountsFollowFromTheirNames) {
    std::map<std::string, std::uint32_t> expected{
        {"redis", 0}, {"postgres", 0}, {"haproxy", 0}, {"_ssh", 0}, {"valkey", 0}};
    AccountRequests all;
    for (auto& [name, id] : expected) {
        AccountRequests one;
        one.users.push_back({.name = name, .group = name});
        auto files = make_account_files(one);
        ASSERT_OK(files);
        id = files->uids.at(name);
        EXPECT_EQ(files->gids.at(name), id);
        all.users.push_back(one.users[0]);
    }
    auto together = make_account_files(all);
    ASSERT_OK(together);
    std::string dump;
    for (const auto& [name, id] : expected) {
        EXPECT_EQ(together->uids.at(name), id) << name;
        dump += fmt::format("{} {}\n", name, id);
    }
    pith::test::expect_golden("generate/system_ids.txt", dump);
}

TEST(Passwd, ATakenIdPassesTheNameOn) {
    auto alone = make_account_files({.users = {{.name = "redis", .group = "redis"}}});
    ASSERT_OK(alone);
    auto id = alone->uids.at("redis");
    auto moved =
        make_account_files({.users = {{.name = "app", .uid = id, .gid = 5000}, {.name = "redis", .group = "redis"}}});
    ASSERT_OK(moved);
    EXPECT_EQ(moved->uids.at("redis"), id + 1);
    EXPECT_EQ(moved->gids.at("redis"), id);
    AccountRequests many;
    for (int i = 0; i < 899; ++i) many.groups.push_back({.name = fmt::format("g{}", i)});
    auto full = make_account_files(many);
    ASSERT_OK(full);
    std::set<std::uint32_t> ids;
    for (const auto& [name, gid] : full->gids) ids.insert(gid);
    EXPECT_EQ(ids.size(), full->gids.size());
    many.groups.push_back({.name = "one-more"});
    EXPECT_EQ(make_account_files(many).error().code, ErrorCode::limit);
}

TEST(Passwd, TheOrderOfRequestsChangesNothing) {
    AccountRequests forward{
        .users = {{.name = "a", .groups = {"shared", "adm"}}, {.name = "b", .group = "shared"}, {.name = "c"}}};
    AccountRequests backward{.users = {forward.users[2], forward.users[1], forward.users[0]}};
    auto one = make_account_files(forward), other = make_account_files(backward);
    ASSERT_OK(one);
    ASSERT_OK(other);
    EXPECT_EQ(one->passwd, other->passwd);
    EXPECT_EQ(one->group, other->group);
}

TEST(Passwd, DebiansAccountsComeWhereTheyAreNamed) {
    auto files = make_account_files({.users = {{.name = "www-data", .home = "/elsewhere", .groups = {"ssl-cert"}}},
                                     .groups = {{.name = "adm", .members = {"irc"}}},
                                     .owning_users = {{"man", "man-db"}},
                                     .owning_groups = {{"shadow", "passwd"}}});
    ASSERT_OK(files);
    EXPECT_NE(files->passwd.find("www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"), std::string::npos)
        << files->passwd;
    EXPECT_NE(files->passwd.find("irc:x:39:39:"), std::string::npos);
    EXPECT_NE(files->passwd.find("man:x:6:12:"), std::string::npos);
    EXPECT_NE(files->group.find("adm:x:4:irc\n"), std::string::npos) << files->group;
    EXPECT_NE(files->group.find("man:x:12:\n"), std::string::npos);
    EXPECT_NE(files->group.find("shadow:x:42:\n"), std::string::npos);
    EXPECT_NE(files->group.find("ssl-cert:x:"), std::string::npos);
    EXPECT_EQ(files->passwd.find("games"), std::string::npos);
}

TEST(Passwd, ADefinitionsAccountsKeepTheirIds) {
    auto files =
        make_account_files({.users = {{.name = "app", .uid = 1000, .gid = 2000, .home = "/app", .shell = "/bin/sh"},
                                      {.name = "root", .uid = 0, .shell = "/bin/sh"},
                                      {.name = "zero-group", .uid = 1001, .gid = 0}},
                            .groups = {{.name = "team", .gid = 3000, .members = {"app", "root"}}}});
    ASSERT_OK(files);
    EXPECT_NE(files->passwd.find("app:x:1000:2000::/app:/bin/sh\n"), std::string::npos) << files->passwd;
    EXPECT_NE(files->passwd.find("root:x:0:0:root:/root:/bin/sh\n"), std::string::npos) << files->passwd;
    EXPECT_NE(files->group.find("app:x:2000:\nteam:x:3000:app,root\n"), std::string::npos) << files->group;
    EXPECT_EQ(files->group.find("zero-group"), std::string::npos);
}

TEST(Passwd, AnAccountMayTakeThePlaceOfNonroot) {
    auto files = make_account_files(
        {.users = {{.name = "nginx", .uid = 65532, .gid = 65532}}, .groups = {{.name = "nginx", .gid = 65532}}});
    ASSERT_OK(files);
    EXPECT_EQ(files->passwd.find("nonroot"), std::string::npos);
    EXPECT_EQ(files->group.find("nonroot"), std::string::npos);
}

TEST(Passwd, RefusesContradictionsAndNamesBothSides) {
    struct Row {
        AccountRequests requests;
        ErrorCode code;
        const char* text;
    };
    for (const auto& [requests, code, text] :
         {Row{{.users = {{.name = "a", .uid = 5000, .place = "one"}, {.name = "a", .uid = 5001, .place = "two"}}},
              ErrorCode::conflict,
              "user 'a' has id 5001 in two, and 5000 in one"},
          Row{{.users = {{.name = "a", .uid = 5000, .place = "one"}, {.name = "b", .uid = 5000, .place = "two"}}},
              ErrorCode::conflict,
              "users 'a' (one) and 'b' (two) have one id, 5000"},
          Row{{.users = {{.name = "toor", .uid = 0, .gid = 0, .place = "here"}}},
              ErrorCode::conflict,
              "users 'root' (Debian's fixed accounts) and 'toor' (here) have one id, 0"},
          Row{{.users = {{.name = "www-data", .uid = 1000}}}, ErrorCode::conflict, "and 33 in Debian's fixed accounts"},
          Row{{.users = {{.name = "nonroot", .uid = 1000}}}, ErrorCode::conflict, "user 'nonroot' has id 65532"},
          Row{{.groups = {{.name = "a", .gid = 4}, {.name = "adm"}}}, ErrorCode::conflict, "groups 'a' () and 'adm'"},
          Row{{.users = {{.name = "a", .uid = 0xffffffff}}}, ErrorCode::usage, "cannot have the id"},
          Row{{.owning_users = {{"redis", "redis.conf"}}}, ErrorCode::not_found, "redis.conf names user 'redis'"},
          Row{{.owning_groups = {{"redis", "redis.conf"}}}, ErrorCode::not_found, "redis.conf names group 'redis'"},
          Row{{.groups = {{.name = "a", .members = {"ghost"}, .place = "here"}}},
              ErrorCode::not_found,
              "group 'a' (here) names user 'ghost'"}}) {
        auto files = make_account_files(requests);
        ASSERT_FALSE(files) << text;
        EXPECT_EQ(files.error().code, code) << files.error().text();
        EXPECT_NE(files.error().text().find(text), std::string::npos) << files.error().text();
    }
}

TEST(Passwd, NothingBreaksALine) {
    for (const char* name :
         {"", "a:b", "a\nroot", "1a", "-a", "a b", "ä", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a/b", "a,b"}) {
        EXPECT_EQ(make_account_files({.users = {{.name = name}}}).error().code, ErrorCode::usage) << name;
        EXPECT_EQ(make_account_files({.groups = {{.name = name}}}).error().code, ErrorCode::usage) << name;
    }
    for (const UserRequest& user :
         {UserRequest{.name = "a", .gecos = "x:y"}, UserRequest{.name = "a", .gecos = "x\ny"},
          UserRequest{.name = "a", .home = "relative"}, UserRequest{.name = "a", .home = "/a:b"},
          UserRequest{.name = "a", .shell = "/bin/sh\nroot::0:0::/:"}})
        EXPECT_EQ(make_account_files({.users = {user}}).error().code, ErrorCode::usage);
}

}  // namespace
