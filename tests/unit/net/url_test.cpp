#include "net/url.h"

#include <gmock/gmock.h>

#include "support/support.h"

using namespace pith;
using testing::HasSubstr;
using testing::Not;

TEST(Url, IsTakenApart) {
    struct {
        std::string_view text, scheme, host, path;
    } cases[] = {
        {"http://Mirror.Example/debian", "http", "mirror.example", "/debian"},
        {"https://u:p@mirror.example:8443/a%20b", "https", "mirror.example", "/a b"},
        {"file:///srv/debian", "file", "", "/srv/debian"},
        {"file:/srv/debian", "file", "", "/srv/debian"},
    };
    for (const auto& c : cases) {
        auto url = net::parse_url(c.text);
        ASSERT_OK(url);
        EXPECT_EQ(url->scheme, c.scheme) << c.text;
        EXPECT_EQ(url->host, c.host) << c.text;
        EXPECT_EQ(url->path, c.path) << c.text;
    }
}

TEST(Url, WhatCannotBeFetchedIsRefused) {
    for (const auto& text :
         {std::string("ftp://mirror.example/x"), std::string("mirror.example/debian"), std::string(""),
          std::string("http://"), std::string("http://a b/"), std::string("file:///a%00b"),
          std::string("http://h/") + std::string(9000, 'x'), std::string("file://other/srv")}) {
        auto url = net::parse_url(text);
        ASSERT_FALSE(url) << text.substr(0, 40);
        EXPECT_EQ(url.error().code, ErrorCode::usage);
    }
}

TEST(Url, JoiningEncodesWhatAPathCannotHold) {
    EXPECT_EQ(net::join_url("http://h/debian/", "pool/g++_1:2~3+b1.deb"), "http://h/debian/pool/g++_1:2~3+b1.deb");
    EXPECT_EQ(net::join_url("http://h/debian", "a b?c#d%e"), "http://h/debian/a%20b%3Fc%23d%25e");
}

TEST(Url, SecretsAreNotPrinted) {
    struct {
        std::string_view text, shown;
    } cases[] = {
        {"http://user:pass@h/p", "http://***@h/p"},
        {"http://user:p@ss@h/p", "http://***@h/p"},
        {"https://token@h", "https://***@h"},
        {"http://h/p?X-Signature=abc", "http://h/p?***"},
        {"user:pass@h/p", "***@h/p"},
        {"http://user:a/b@h/p?x@y", "http://***@h/p?***"},
    };
    for (const auto& c : cases) EXPECT_EQ(net::printable_url(c.text), c.shown);
    auto refused = net::parse_url("ftp://user:secret@h/p");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text(), Not(HasSubstr("secret")));
}
