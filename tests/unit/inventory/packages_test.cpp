// One ecosystem after another: what is found, whose files it has, and what hostile input gives.
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <zlib.h>

#include "unit/inventory/small_image.h"

namespace pith::inventory {
namespace {

using namespace pith::test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Files = std::vector<std::pair<std::string, std::string>>;

Result<Inventory> inventory_with(const Files& files) {
    Scratch scratch;
    std::vector<archive::TarEntry> entries;
    for (const auto& [path, content] : files) entries.push_back(tar_file(path, content));
    return inventory_of(image_of({layer_of({entries}, "")}), scratch);
}

std::vector<std::string> purls(const Result<Inventory>& inventory) {
    std::vector<std::string> out;
    EXPECT_OK(inventory);
    if (inventory)
        for (const auto& package : inventory->packages) out.push_back(package.purl);
    return out;
}

std::vector<std::string> unread(const Result<Inventory>& inventory) {
    std::vector<std::string> out;
    EXPECT_OK(inventory);
    if (inventory)
        for (const auto& each : inventory->unread) out.push_back(each.path + ": " + each.what);
    return out;
}

// A 64-bit little-endian ELF file with these sections, and nothing to run.
std::string elf_with(const Files& sections) {
    auto number = [](std::uint64_t value, int width) {
        std::string out;
        for (int i = 0; i < width; ++i) out += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
        return out;
    };
    std::string names(1, '\0'), data, table(64, '\0');
    auto add = [&](const std::string& name, const std::string& content) {
        table += number(names.size(), 4) + number(1, 4) + number(0, 16) + number(64 + data.size(), 8) +
                 number(content.size(), 8) + number(0, 24);
        names += name + '\0';
        data += content;
    };
    for (const auto& [name, content] : sections) add(name, content);
    auto index = sections.size() + 1;
    names += ".shstrtab";
    names += '\0';
    table += number(names.size() - 10, 4) + number(3, 4) + number(0, 16) + number(64 + data.size(), 8) +
             number(names.size(), 8) + number(0, 24);
    data += names;
    return "\x7f"
           "ELF\x02\x01\x01" +
           std::string(9, '\0') + number(2, 2) + number(62, 2) + number(1, 4) + number(0, 16) +
           number(64 + data.size(), 8) + number(0, 4) + number(64, 2) + number(0, 4) + number(64, 2) +
           number(index + 1, 2) + number(index, 2) + data + table;
}

std::string varint_text(std::string_view text) {
    std::string out;
    for (auto size = text.size(); true; size >>= 7) {
        out += static_cast<char>((size & 0x7f) | (size >= 0x80 ? 0x80 : 0));
        if (size < 0x80) break;
    }
    return out.append(text);
}

std::string go_info(std::string_view version, std::string_view lines) {
    return "\xff Go buildinf:" + std::string("\x08\x02", 2) + std::string(16, '\0') + varint_text(version) +
           varint_text(std::string(16, 'a') + std::string(lines) + std::string(16, 'b'));
}

std::string zlib(std::string_view text) {
    std::string out(compressBound(text.size()), '\0');
    auto size = out.size();
    compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
    return out.substr(0, size);
}

// A zip archive of stored members.
std::string zip_of(const Files& members) {
    auto number = [](std::uint64_t value, int width) {
        std::string out;
        for (int i = 0; i < width; ++i) out += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
        return out;
    };
    std::string data, directory;
    for (const auto& [name, content] : members) {
        auto sizes = number(content.size(), 4) + number(content.size(), 4);
        directory += "PK\x01\x02" + number(0, 16) + sizes + number(name.size(), 2) + number(0, 12) +
                     number(data.size(), 4) + name;
        data += "PK\x03\x04" + number(0, 14) + sizes + number(name.size(), 2) + number(0, 2) + name + content;
    }
    return data + directory + "PK\x05\x06" + number(0, 4) + number(members.size(), 2) + number(members.size(), 2) +
           number(directory.size(), 4) + number(data.size(), 4) + number(0, 2);
}

const std::pair<std::string, std::string> wolfi{"etc/os-release", "ID=wolfi\nVERSION_ID=20230201\n"};
const std::pair<std::string, std::string> debian{"etc/os-release", "ID=debian\nVERSION_ID=12\n"};

TEST(Apk, ReadsTheDatabase) {
    auto inventory =
        inventory_with({wolfi,
                        {"usr/bin/tool", "x"},
                        {"usr/lib/apk/db/installed",
                         "C:Q1x=\nP:tool\nV:1.2-r0\nA:x86_64\nL:MIT\no:origin\nF:usr/bin\nR:tool\nR:gone\n\n"
                         "P:other\nV:2-r1\nA:x86_64\nL:not a licence\n"}});
    EXPECT_THAT(purls(inventory),
                ElementsAre("pkg:apk/wolfi/other@2-r1?arch=x86_64&distro=wolfi-20230201",
                            "pkg:apk/wolfi/tool@1.2-r0?arch=x86_64&distro=wolfi-20230201&upstream=origin"));
    EXPECT_THAT(inventory->packages[0].licence, HasSubstr("LicenseRef-declared-"));
    EXPECT_EQ(inventory->packages[1].licence, "MIT");
    EXPECT_EQ(inventory->packages[1].missing, 1u);
    EXPECT_EQ(inventory->packages[1].files.size(), 1u);
}

TEST(Apk, RefusesABrokenDatabase) {
    for (auto [text, says] :
         {std::pair{"P:tool\n", "without a version"}, std::pair{"V:1\n\n", "installed:2: a package without a name"},
          std::pair{"no line\n", "'no line' is no line of a package"}}) {
        auto inventory = inventory_with({{"lib/apk/db/installed", text}});
        ASSERT_FALSE(inventory.has_value()) << text;
        EXPECT_THAT(inventory.error().text(), HasSubstr(says));
    }
}

TEST(Python, ReadsWheelsAndEggs) {
    auto inventory = inventory_with(
        {debian,
         {"usr/local/lib/python3.11/site-packages/My_Pkg.name-1.0.dist-info/METADATA",
          "Metadata-Version: 2.1\nName: My_Pkg.name\nVersion: 1.0+local\nLicense-Expression: MIT\n\nName: not this\n"},
         {"usr/local/lib/python3.11/site-packages/My_Pkg.name-1.0.dist-info/RECORD",
          "mine/a.py,sha256=x,1\n\"mine/b,c.py\",,\n../../../bin/tool,,\n../../../../../../etc/passwd,,\n"},
         {"usr/local/lib/python3.11/site-packages/mine/a.py", "a"},
         {"usr/local/lib/python3.11/site-packages/mine/b,c.py", "b"},
         {"usr/local/bin/tool", "t"},
         {"etc/passwd", "p"},
         {"opt/egg-2.egg-info/PKG-INFO", "Name: egg\r\nVersion: 2\r\n"},
         {"opt/flat-3.egg-info", "Name: flat\nVersion: 3\n"}});
    EXPECT_THAT(purls(inventory), ElementsAre("pkg:pypi/egg@2", "pkg:pypi/flat@3", "pkg:pypi/my-pkg-name@1.0%2Blocal"));
    EXPECT_EQ(inventory->packages[2].files.size(), 4u);  // not /etc/passwd
}

TEST(Node, ReadsPackagesAndWhatNpmInstalled) {
    auto inventory = inventory_with(
        {debian,
         {"app/node_modules/@scope/a/package.json",
          R"({"name":"@scope/a","version":"1.0.0","license":{"type":"ISC"}})"},
         {"app/node_modules/a/test/package.json", R"({"type":"module"})"},
         {"app/node_modules/.package-lock.json",
          R"({"packages":{"node_modules/@scope/a":{"version":"1.0.0"},"node_modules/gone":{"version":"2.0.0"},
              "node_modules/":{"version":"4.0.0"},
              "node_modules/x/node_modules/alias":{"name":"real","version":"3.0.0"}}})"},
         {"app/package-lock.json", R"({"packages":{"node_modules/never":{"version":"9.0.0"}}})"}});
    EXPECT_THAT(purls(inventory), ElementsAre("pkg:npm/%40scope/a@1.0.0", "pkg:npm/gone@2.0.0", "pkg:npm/real@3.0.0"));
    EXPECT_EQ(inventory->packages[0].licence, "ISC");
}

TEST(Go, ReadsBuildInformation) {
    auto inventory = inventory_with(
        {debian,
         {"usr/bin/tool",
          elf_with({{".go.buildinfo",
                     go_info("go1.22.1",
                             "path\texample.org/tool/cmd\nmod\texample.org/tool\t(devel)\t\n"
                             "dep\tgithub.com/a/b\tv1.2.3\th1:x\ndep\told.org/c\tv1.0.0\n=>\tnew.org/c\tv1.1.0\th1:y\n"
                             "dep\tlocal.org/d\tv2.0.0\n=>\t./d\t(devel)\t\n"
                             "build\tvcs.revision=0123456789abcdef\nbuild\tvcs.time=2024-01-02T03:04:05Z\n")}})}});
    EXPECT_THAT(purls(inventory), ElementsAre("pkg:golang/example.org/tool@v0.0.0-20240102030405-0123456789ab",
                                              "pkg:golang/github.com/a/b@v1.2.3", "pkg:golang/local.org/d",
                                              "pkg:golang/new.org/c@v1.1.0", "pkg:golang/stdlib@1.22.1"));
    auto flags = inventory_with(
        {debian,
         {"t", elf_with({{".go.buildinfo",
                          go_info("go1.22.1",
                                  "mod\te.org/t\t(devel)\t\nbuild\t-ldflags=\"-s -X main.version=1.5.0\"\n")}})}});
    EXPECT_THAT(purls(flags), ElementsAre("pkg:golang/e.org/t@v1.5.0", "pkg:golang/stdlib@1.22.1"));
}

TEST(Rust, ReadsAuditData) {
    auto audit =
        zlib(R"({"packages":[{"name":"app","version":"0.1.0"},{"name":"cc","version":"1.0.0","kind":"build"}]})");
    EXPECT_THAT(purls(inventory_with({debian, {"bin/app", elf_with({{".dep-v0", audit}})}})),
                ElementsAre("pkg:cargo/app@0.1.0"));
    for (const auto& broken : {std::string("no zlib"), audit.substr(0, 20), zlib("{}"), zlib("[1")}) {
        auto inventory = inventory_with({debian, {"bin/app", elf_with({{".dep-v0", broken}})}});
        EXPECT_THAT(purls(inventory), IsEmpty());
        EXPECT_THAT(unread(inventory), ElementsAre(HasSubstr("bin/app: executable: ")));
    }
}

TEST(Executables, AreKnownByTheirTexts) {
    using namespace std::string_literals;
    const std::tuple<std::string, std::string, std::string> rows[] = {
        {"bin/busybox", "BusyBox v1.36.1 (2023-05-18)", "pkg:generic/busybox@1.36.1"},
        {"usr/local/bin/node", "x/node.js/v20.1.0/node.tar", "pkg:generic/node@20.1.0"},
        {"usr/local/bin/python3.11",
         "\0"s
         "3.11.4\0"s
         "9.9.9\0"s,
         "pkg:generic/python@3.11.4"},
        {"usr/sbin/nginx", "nginx version: nginx/1.25.1\n", "pkg:generic/nginx@1.25.1"},
        {"bin/redis-server", "Redis version 2.8.23 ", "pkg:generic/redis@2.8.23"},
        {"bin/redis-server", "x7.0.14buildkitsandbox-17029", "pkg:generic/redis@7.0.14"},
        {"bin/postgres", "\0PostgreSQL 15beta4\0"s, "pkg:generic/postgresql@15beta4"},
        {"bin/haproxy", "HAProxy version 2.8.3-86e043a 2023", "pkg:generic/haproxy@2.8.3"},
        {"bin/openssl", "\0OpenSSL 1.1.1w  11 Sep"s, "pkg:generic/openssl@1.1.1w"},
        {"bin/curl", "curl/8.4.0", "pkg:generic/curl@8.4.0"},
        {"bin/bash", "@(#)Bash version 5.2.15(1) release GNU", "pkg:generic/bash@5.2.15"},
        {"go/bin/go", "go1.21.3\0"s, "pkg:generic/go@1.21.3"},
        {"bin/php", "X-Powered-By: PHP/8.2.1", "pkg:generic/php@8.2.1"},
        {"bin/ruby", "ruby 3.3.0rc1 (2023-12-11", "pkg:generic/ruby@3.3.0rc1"},
        {"bin/perl", "/usr/local/lib/perl5/5.38.0/x", "pkg:generic/perl@5.38.0"},
        {"opt/jdk/bin/java", "x\0openjdk\0java\0001.2\00017.0.21+2-Debian\0-J"s,
         "pkg:generic/openjdk@17.0.21%2B2-Debian"},
    };
    for (const auto& [path, text, purl] : rows)
        EXPECT_THAT(purls(inventory_with({debian, {path, elf_with({{".rodata", text}})}})), ElementsAre(purl)) << path;
    // A script, another name, and a text that names no version.
    EXPECT_THAT(purls(inventory_with({debian,
                                      {"bin/node", "#!/bin/sh\nnode.js/v1.2.3"},
                                      {"bin/other", elf_with({{".rodata", "BusyBox v1.36.1"}})},
                                      {"bin/curl", elf_with({{".rodata", "curl/%s curl/8"}})}})),
                IsEmpty());
}

TEST(Executables, SurviveDamage) {
    auto good = elf_with({{".go.buildinfo", go_info("go1.22.1", "mod\te.org/t\tv1.0.0\t\n")}, {".note.package", "x"}});
    for (std::size_t size = 0; size < good.size(); size += 7)
        (void)inventory_with({debian, {"bin/x", good.substr(0, size)}});
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bad = good;
        bad[at] = '\xff';
        EXPECT_OK(inventory_with({debian, {"bin/x", bad}}));
    }
}

TEST(Java, ReadsArchivesInArchives) {
    auto inner =
        zip_of({{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nImplementation-Vendor-Id: org.ex\r\n ample;x\r\n"},
                {"META-INF/maven/shaded/s/pom.properties", "#x\ngroupId=org.shaded\nartifactId=s\nversion=3\n"}});
    auto jar = zip_of({{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"},
                       {"META-INF/maven/g/app/pom.properties", "groupId=org.g\nartifactId=app\nversion=2.0\n"},
                       {"BOOT-INF/lib/inner-lib-1.5.jar", inner}});
    auto inventory = inventory_with({debian, {"srv/app-2.0.jar", "#!launcher\n" + jar}});
    EXPECT_THAT(purls(inventory), ElementsAre("pkg:maven/org.example/inner-lib@1.5", "pkg:maven/org.g/app@2.0",
                                              "pkg:maven/org.shaded/s@3"));
    EXPECT_EQ(inventory->packages[0].evidence, "srv/app-2.0.jar:BOOT-INF/lib/inner-lib-1.5.jar");
}

TEST(Java, CountsWhatItCannotRead) {
    std::string deep = zip_of({{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"}});
    for (int i = 0; i < 8; ++i) deep = zip_of({{"a.jar", deep}});
    EXPECT_THAT(unread(inventory_with({debian, {"x.jar", deep}})), ElementsAre(HasSubstr("read 5 deep")));
    EXPECT_THAT(unread(inventory_with({debian, {"x.jar", "no zip"}})),
                ElementsAre(HasSubstr("x.jar: Java: not a sound zip")));
    auto good = zip_of({{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"}, {"b.war", deep}});
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bad = good;
        bad[at] = '\xff';
        EXPECT_OK(inventory_with({debian, {"x.jar", bad}}));
    }
}

// Sizes that a directory claims are not believed with memory, nor are archives that would fill it together.
TEST(Java, CountsBombs) {
    auto claim = [](std::string zip, std::uint32_t size) {
        auto at = zip.rfind("PK\x01\x02");
        for (std::size_t i = 0; i < 4; ++i) zip[at + 24 + i] = static_cast<char>(size >> (8 * i));
        return zip;
    };
    auto inner = zip_of({{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"}});
    EXPECT_THAT(unread(inventory_with({debian, {"x.jar", claim(zip_of({{"a.jar", inner}}), 600u << 20)}})),
                ElementsAre(HasSubstr("more than 512.0 MiB of archives")));
    EXPECT_THAT(unread(inventory_with({debian, {"x.jar", claim(zip_of({{"a.jar", inner}}), 500u << 20)}})),
                ElementsAre(HasSubstr("x.jar:a.jar")));
    std::vector<std::pair<std::string, std::string>> many;
    for (int i = 0; i < 20'001; ++i) many.emplace_back(std::to_string(i) + ".jar", "");
    EXPECT_THAT(unread(inventory_with({debian, {"x.jar", zip_of(many)}})), ElementsAre(HasSubstr("x.jar")));
}

// A header of rpm with texts, and one number.
std::string rpm_header(const std::vector<std::pair<std::uint32_t, std::string>>& texts, std::uint32_t epoch) {
    auto number = [](std::uint32_t value) {
        return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                           static_cast<char>(value >> 8), static_cast<char>(value)};
    };
    std::string index, data;
    for (const auto& [tag, text] : texts) {
        index +=
            number(tag) + number(tag >= 1116 ? 8 : 6) + number(static_cast<std::uint32_t>(data.size())) + number(1);
        data += text + '\0';
    }
    for (auto [tag, value] : {std::pair{1003u, epoch}, std::pair{1116u, 0u}}) {
        index += number(tag) + number(4) + number(static_cast<std::uint32_t>(data.size())) + number(1);
        data += number(value);
    }
    return number(static_cast<std::uint32_t>(index.size() / 16)) + number(static_cast<std::uint32_t>(data.size())) +
           index + data;
}

std::string rpm_database(const std::string& statements, const std::string& blob) {
    sqlite3* database = nullptr;
    sqlite3_open(":memory:", &database);
    EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_stmt* insert = nullptr;
    if (sqlite3_prepare_v2(database, "INSERT INTO Packages VALUES (1, ?)", -1, &insert, nullptr) == SQLITE_OK) {
        sqlite3_bind_blob(insert, 1, blob.data(), static_cast<int>(blob.size()), SQLITE_STATIC);
        sqlite3_step(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_int64 size = 0;
    auto* bytes = sqlite3_serialize(database, "main", &size, 0);
    std::string out(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    sqlite3_free(bytes);
    sqlite3_close(database);
    return out;
}

constexpr const char* rpm_table = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)";
const std::string bash_header = rpm_header({{1000, "bash"},
                                            {1001, "5.1.8"},
                                            {1002, "6.el9"},
                                            {1022, "x86_64"},
                                            {1014, "GPLv3+"},
                                            {1044, "bash-5.1.8-6.el9.src.rpm"},
                                            {1117, "bash"},
                                            {1118, "/usr/bin/"}},
                                           2);
const std::string rpm_path = "var/lib/rpm/rpmdb.sqlite";

TEST(Rpm, ReadsTheDatabase) {
    auto database = rpm_database(rpm_table, bash_header);
    database[18] = database[19] = 2;  // as a database in WAL mode has it
    auto inventory = inventory_with(
        {{"etc/os-release", "ID=\"rhel\"\nVERSION_ID=\"9.4\"\n"}, {"usr/bin/bash", "x"}, {rpm_path, database}});
    EXPECT_THAT(purls(inventory),
                ElementsAre("pkg:rpm/redhat/bash@5.1.8-6.el9?arch=x86_64&distro=rhel-9.4&epoch=2&upstream="
                            "bash-5.1.8-6.el9.src.rpm"));
    const auto& package = inventory->packages[0];
    EXPECT_EQ(package.version, "2:5.1.8-6.el9");
    EXPECT_EQ(package.source, "bash");
    EXPECT_EQ(package.source_version, "5.1.8-6.el9");
    EXPECT_EQ(package.files.size(), 1u);
}

TEST(Rpm, RefusesWhatIsHostile) {
    const std::pair<std::string, const char*> rows[] = {
        {"no database", "cannot be read"},
        {rpm_database("CREATE TABLE Other (x)", ""), "no such table"},
        {rpm_database(
             "CREATE VIEW Packages AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x AS hnum, "
             "zeroblob(8) AS blob FROM c",
             ""),
         "rpm's database"},
        {rpm_database(rpm_table, "short"), "rpm's package 1: an rpm header shorter than its counts"},
        {rpm_database(rpm_table, bash_header.substr(0, 60)), "cut off"},
        {rpm_database(rpm_table, std::string(8, '\x7f')), "an rpm header of 2139062143 entries"},
        {rpm_database(rpm_table, rpm_header({{1000, "nameless"}}, 0)), "without name or version"},
    };
    for (const auto& [content, says] : rows) {
        auto inventory = inventory_with({{rpm_path, content}});
        ASSERT_FALSE(inventory.has_value()) << says;
        EXPECT_THAT(inventory.error().text(), HasSubstr(says));
    }
}

TEST(Joined, ADistributionsPackageIsListedOnce) {
    auto inventory = inventory_with(
        {debian,
         {"usr/lib/python3/dist-packages/six-1.16.egg-info/PKG-INFO", "Name: six\nVersion: 1.16\n"},
         {"opt/own-1.dist-info/METADATA", "Name: own\nVersion: 1\n"},
         {"var/lib/dpkg/status", "Package: python3-six\nStatus: install ok installed\nVersion: 1.16-1\n"},
         {"var/lib/dpkg/info/python3-six.list", "/.\n/usr/lib/python3/dist-packages/six-1.16.egg-info/PKG-INFO\n"}});
    EXPECT_THAT(purls(inventory), ElementsAre("pkg:pypi/own@1", "pkg:deb/debian/python3-six@1.16-1?distro=debian-12"));
    EXPECT_THAT(
        inventory->packages[1].joined,
        ElementsAre(JoinedPackage{"pkg:pypi/six@1.16", "usr/lib/python3/dist-packages/six-1.16.egg-info/PKG-INFO"}));
}

TEST(Unread, NamesWhatIsThereAndNotRead) {
    auto inventory =
        inventory_with({debian,
                        {"var/lib/rpm/Packages", "bdb"},
                        {"usr/lib/gems/specifications/rake.gemspec", "x"},
                        {"app/node_modules/x/package.json", "{"},
                        {"nix/store/a/x", "x"},
                        {"nix/store/b/y", "y"},
                        {"var/lib/dpkg/status", "Package: rake\nStatus: install ok installed\nVersion: 1\n"},
                        {"var/lib/dpkg/info/rake.list", "/usr/lib/gems/specifications/rake.gemspec\n"}});
    EXPECT_THAT(unread(inventory), ElementsAre(HasSubstr("app/node_modules/x/package.json: Node: it is not JSON"),
                                               HasSubstr("nix/store/a/x: packages of Nix"),
                                               "var/lib/rpm/Packages: rpm's Berkeley database, which is not read"));
    EXPECT_THAT(inventory->notes,
                Contains("not read: /var/lib/rpm/Packages: rpm's Berkeley database, which is not read"));
}

}  // namespace
}  // namespace pith::inventory
