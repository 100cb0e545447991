#include "compose/generate/ca_bundle.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/support.h"

using namespace pith;
using namespace pith::compose;

namespace {

// Three certificates made for these tests: two of one subject, one of another.
std::string certificate(const std::string& name) {
    return pith::test::slurp(pith::test::data("certificates/" + name + ".pem"));
}

TEST(CaBundle, ConcatenatesInTheOrderOfNamesAndEndsEveryFile) {
    auto a = certificate("alpha"), b = certificate("beta");
    auto cut = a.substr(0, a.size() - 1);
    auto made =
        make_ca_bundle(std::vector<CertificateFile>{{"mozilla/b.crt", b}, {"mozilla/B.crt", b}, {"mozilla/a.crt", cut}},
                       std::vector<CertificateFile>{{"own", certificate("alpha2")}});
    ASSERT_OK(made);
    EXPECT_EQ(made->bundle, b + a + b + certificate("alpha2"));
    EXPECT_TRUE(made->conf.ends_with("#\nmozilla/B.crt\nmozilla/a.crt\nmozilla/b.crt\n"));
}

TEST(CaBundle, LinksByNameAndByTheHashOfTheSubject) {
    auto made = make_ca_bundle(std::vector<CertificateFile>{{"x/Alpha, (1).crt", certificate("alpha")},
                                                            {"x/Beta.crt", certificate("beta")},
                                                            {"x/Beta_again.crt", certificate("beta")},
                                                            {"x/Two.crt", certificate("alpha") + certificate("beta")}},
                               std::vector<CertificateFile>{{"own", certificate("alpha2")}});
    ASSERT_OK(made);
    std::string dump;
    for (const auto& link : made->links) dump += fmt::format("{} -> {}\n", link.name, link.target);
    pith::test::expect_golden("generate/certificate_links.txt", dump);
}

TEST(CaBundle, RefusesWhatIsNoCertificateAndNamesTheFile) {
    auto good = certificate("alpha");
    auto broken = good;
    broken.replace(broken.find("\nMII") + 1, 3, "AAA");
    struct Row {
        std::string content;
        ErrorCode code;
        const char* text;
    };
    for (const auto& [content, code, text] :
         {Row{"", ErrorCode::format, "holds no certificate"},
          Row{"just words\n", ErrorCode::format, "holds no certificate"},
          Row{good.substr(0, good.size() / 2), ErrorCode::format, "PEM text is broken"},
          Row{broken, ErrorCode::format, "certificate number 1 is broken"},
          Row{good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ErrorCode::format,
              "number 2 is broken"},
          Row{good + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ErrorCode::format,
              "holds a PRIVATE KEY"},
          Row{std::string(2 << 20, 'x'), ErrorCode::limit, "larger than 1.0 MiB"}}) {
        auto made = make_ca_bundle({}, std::vector<CertificateFile>{{"corporate", content}});
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().code, code);
        EXPECT_NE(made.error().text().find("/usr/local/share/ca-certificates/corporate.crt"), std::string::npos);
        EXPECT_NE(made.error().text().find(text), std::string::npos) << made.error().text();
    }
}

TEST(CaBundle, AnOwnNameIsAFilesName) {
    for (const char* name : {"", "a/b", "../x", ".hidden", "a b", "a\nb"})
        EXPECT_EQ(make_ca_bundle({}, std::vector<CertificateFile>{{name, certificate("alpha")}}).error().code,
                  ErrorCode::usage)
            << name;
}

}  // namespace
