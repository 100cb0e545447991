// Scans of real images on the facts of ../shared/data/debian: what an ordinary installation of nginx has, what ours has
// left, what is not known, and that the same is said each time.
#include <gmock/gmock.h>

#include "e2e/scan/ordinary.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace {

class Scan : public testing::Test {
protected:
    void SetUp() override {
        auto facts = shared("debian");
        PITH_NEED(facts, "../shared/data");
        ASSERT_NO_FATAL_FAILURE(database_of_bookworm(*facts, m_database));
    }
    std::string in(std::string_view name) { return (m_scratch / name).string(); }
    std::string scan_of(const std::string& image, const std::string& rest) {
        return fmt::format("scan {} --database '{}' --as-of {} {}", image, m_database.string(), facts_date, rest);
    }
    void build(const std::string& suite) {
        built(fmt::format("catalog/nginx.yaml --suite {} --platform linux/amd64 -q --sbom none -o oci:{}", suite,
                          in("image")));
    }
    Scratch m_scratch;
    std::filesystem::path m_database = m_scratch / "advisories.db";
};

}  // namespace

TEST_F(Scan, ShowsTheDropOfNginx) {
    PITH_NEED(have("mmdebstrap"), "mmdebstrap");
    ASSERT_NO_FATAL_FAILURE(install("nginx", m_scratch / "root"));
    build("bookworm");
    auto before = scan_json("dir:" + in("root"), m_database), after = scan_json("oci:" + in("image"), m_database);
    // nginx is linked with these; none of what is open in them has a fix in the archive.
    expect_less(before, after, {"libc6", "libssl3", "zlib1g"});
    EXPECT_GE(drop(before["findings"].size(), after["findings"].size()), 80);
    show("nginx", before, after);

    // The comparison says the same of both, and what it cannot know.
    auto ran = run_pith(scan_of("oci:" + in("image"), "--format json --compare dir:" + in("root")));
    EXPECT_EQ(ran.exit_code, 11) << ran.err;
    auto comparison = Json::parse(ran.out)["comparison"];
    const auto& vulnerabilities = comparison["vulnerabilities"];
    EXPECT_EQ(vulnerabilities["all"]["before"], ids_of(before).size());
    EXPECT_EQ(vulnerabilities["all"]["after"], ids_of(after).size());
    EXPECT_EQ(vulnerabilities["findings"]["before"], pairs_of(before).size());
    EXPECT_EQ(vulnerabilities["findings"]["came"], 0);
    EXPECT_GE(vulnerabilities["findings"]["dropPercent"], 80);
    EXPECT_GT(vulnerabilities["before"]["unknownPackages"], 0);
    EXPECT_EQ(comparison["after"]["shells"], Json::array());
    auto places = fmt::format("dir:{} oci:{} --database '{}' --as-of {}", in("root"), in("image"), m_database.string(),
                              facts_date);
    auto difference = run_pith("diff --format json " + places);
    EXPECT_EQ(difference.exit_code, 0) << difference.err;
    EXPECT_EQ(Json::parse(difference.out)["vulnerabilities"], vulnerabilities);

    // Without its package database the same installation is not clean.
    std::filesystem::remove_all(m_scratch / "root/var/lib/dpkg");
    auto bare = scan_json("dir:" + in("root"), m_database);
    EXPECT_EQ(bare["verdict"], "unknown");
    EXPECT_THAT(bare["gaps"].dump(), HasSubstr("no package"));
}

TEST_F(Scan, KnowsNothingOfTrixie) {
    build("trixie");
    auto scan = scan_json("oci:" + in("image"), m_database);
    EXPECT_EQ(scan["verdict"], "unknown");
    EXPECT_EQ(scan["findings"].size(), 0U);
    for (const auto& each : scan["packages"]) EXPECT_EQ(each["verdict"], "unknown") << each.dump();
    EXPECT_THAT(scan["gaps"].dump(), HasSubstr("no feed covers debian:13"));
}

// Nothing dropped that nobody looked up; and forms that cannot tell a comparison do not leave it out.
TEST_F(Scan, ComparesNothingWithWhatIsNotKnown) {
    build("trixie");
    for (const auto& [name, version] : {std::pair("old", "2.36-9"), {"older", "2.31-13"}}) {
        auto root = m_scratch / name;
        std::filesystem::create_directories(root / "etc");
        std::filesystem::create_directories(root / "var/lib/dpkg");
        spit(root / "etc/os-release", "ID=debian\nVERSION_ID=12\n");
        spit(root / "var/lib/dpkg/status",
             fmt::format("Package: libc6\nStatus: install ok installed\nVersion: {}\nArchitecture: amd64\nSource: "
                         "glibc\n\n",
                         version));
    }
    auto ran = run_pith(scan_of("oci:" + in("image"), "--compare dir:" + in("old")));
    EXPECT_EQ(ran.exit_code, 11) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("not known"));
    EXPECT_THAT(ran.out, testing::Not(HasSubstr("-100 %")));
    ran = run_pith(scan_of("dir:" + in("old"), "--compare dir:" + in("older")));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, testing::Not(HasSubstr("not known")));
    ran = run_pith(scan_of("dir:" + in("old"), "--format junit --compare dir:" + in("older")));
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr("--compare cannot be told in the format junit"));
    ran = run_pith(scan_of("dir:" + in("old"), "--compare dir:" + in("nowhere")));
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("nowhere"));
}

TEST_F(Scan, SaysTheSameInTwoFoldersAndOpensNoSocket) {
    build("bookworm");
    std::filesystem::create_directories(m_scratch / "elsewhere");
    std::filesystem::copy(m_scratch / "image", m_scratch / "elsewhere/image", std::filesystem::copy_options::recursive);
    std::filesystem::copy_file(m_database, m_scratch / "elsewhere/advisories.db");
    auto scan = [&](std::string_view folder, const char* rest) {
        auto ran = sh(fmt::format("cd '{}' && '{}' scan oci:image --database advisories.db --as-of {} --format json {}",
                                  (m_scratch / folder).string(), pith_binary().string(), facts_date, rest));
        EXPECT_EQ(ran.exit_code, 11) << ran.err;
        return ran.out;
    };
    auto cold = fmt::format("--jobs 1 --cache-dir {}", in("cache1"));
    auto first = scan(".", cold.c_str());
    EXPECT_THAT(first, HasSubstr("CVE-"));
    EXPECT_EQ(scan("elsewhere", fmt::format("--jobs 2 --cache-dir {}", in("cache2")).c_str()), first);
    EXPECT_EQ(scan(".", cold.c_str()), first);  // now from the cache

    PITH_NEED(have("strace"), "strace");
    auto ran = sh(fmt::format("strace -f -qq -e trace=network -o '{}' '{}' --offline {} --cache-dir {}", in("trace"),
                              pith_binary().string(), scan_of("oci:" + in("image"), ""), in("cache3")));
    EXPECT_EQ(ran.exit_code, 11) << ran.err;
    EXPECT_EQ(sh(fmt::format("grep -v -e '^[0-9]* *[-+][-+][-+]' '{}'", in("trace"))).out, "");
}

TEST_F(Scan, RefusesDatabasesThatAreNotItsOwn) {
    std::filesystem::create_directories(m_scratch / "root/var/lib/dpkg");
    std::filesystem::create_directories(m_scratch / "root/etc");
    spit(m_scratch / "root/etc/os-release", "ID=debian\nVERSION_ID=12\n");
    spit(m_scratch / "root/var/lib/dpkg/status",
         "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\nArchitecture: amd64\nSource: glibc\n\n");
    struct Case {
        const char *name, *how, *error;
    };
    const Case cases[] = {
        {"garbage", "head -c 8192 /dev/urandom > DB", "not a database"},
        {"empty", ": > DB", "no advisory database of pith"},
        {"other", "sqlite3 DB 'PRAGMA user_version=99'", "has version 99 of the format"},
        {"view", "sqlite3 DB 'ALTER TABLE claims RENAME TO c; CREATE VIEW claims AS SELECT * FROM c'",
         "its tables are not those that pith makes"},
        {"trigger", "sqlite3 DB 'CREATE TRIGGER t AFTER INSERT ON feeds BEGIN DELETE FROM feeds; END'",
         "its tables are not those that pith makes"},
        {"blob", "sqlite3 DB \"UPDATE claims SET claims=zeroblob(300000000) WHERE package='glibc'\"", "too big"},
        {"claim", "sqlite3 DB \"UPDATE claims SET claims=x'ff00ff' WHERE package='glibc'\"", "damaged"},
        {"truncated", "truncate -s 20000 DB", "malformed"},
    };
    PITH_NEED(have("sqlite3"), "sqlite3");
    for (const auto& each : cases) {
        auto file = in(each.name);
        std::filesystem::copy_file(m_database, file);
        auto how = std::string(each.how);
        how.replace(how.find("DB"), 2, file);
        ASSERT_EQ(sh(how).exit_code, 0) << how;
        auto ran = run_pith(fmt::format("scan dir:{} --database '{}' --as-of {}", in("root"), file, facts_date));
        EXPECT_EQ(ran.exit_code, 1) << each.name << ran.out;
        EXPECT_THAT(ran.err, HasSubstr(each.error)) << each.name;
        std::filesystem::remove(file);
    }
}
