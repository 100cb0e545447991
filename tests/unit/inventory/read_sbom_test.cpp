// Documents read back: ours in every form, those of others, and broken ones.
#include "inventory/read_sbom.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/text.h"
#include "inventory/json_members.h"
#include "inventory/purl.h"
#include "inventory/sbom.h"
#include "unit/inventory/small_image.h"

namespace pith::inventory {
namespace {

using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(ReadSbom, GivesBackWhatWasWritten) {
    Scratch scratch;
    auto inventory = inventory_of(small_image(), scratch);
    ASSERT_OK(inventory);
    for (auto write : {to_spdx, to_cyclonedx, to_syft_json}) {
        auto read = read_sbom(write(*inventory, "1.0"));
        ASSERT_OK(read);
        EXPECT_EQ(to_purls(*read), to_purls(*inventory));
        EXPECT_EQ(read->distribution.id, "debian");
        EXPECT_EQ(read->distribution.version_id, "12");
        EXPECT_THAT(read->unread, SizeIs(0));
        const auto& tool = read->packages.at(1);
        EXPECT_EQ(tool.source, "toolkit");
        EXPECT_EQ(tool.source_version, "1:2.0-1");
        EXPECT_EQ(tool.architecture, "amd64");
        EXPECT_EQ(tool.licence, inventory->packages[1].licence);
    }
}

TEST(ReadSbom, CountsWhatItCannotUse) {
    auto read = read_sbom(R"({"bomFormat":"CycloneDX","components":[
        {"type":"library","name":"no-purl"},{"type":"library","name":"odd","purl":"pkg:"},
        {"type":"library","bom-ref":"a","name":"x","purl":"pkg:npm/x@1"},
        {"type":"library","bom-ref":"a","name":"x","purl":"pkg:npm/x@1","components":[
            {"type":"library","bom-ref":"b","purl":"pkg:deb/debian/y@2?distro=debian-12"}]}]})");
    ASSERT_OK(read);
    EXPECT_EQ(to_purls(*read), "pkg:deb/debian/y@2?distro=debian-12\npkg:npm/x@1\n");
    EXPECT_THAT(read->packages, SizeIs(2));
    EXPECT_THAT(read->unread, SizeIs(2));
    EXPECT_THAT(read->notes, ElementsAre(HasSubstr("2 packages without a package URL")));
    EXPECT_EQ(read->distribution.id, "debian");
    EXPECT_EQ(read->distribution.version_id, "12");
}

// Two packages with one id are two packages: neither hides the other.
TEST(ReadSbom, DuplicateIdsHideNothing) {
    const std::string x = "pkg:npm/x@1", y = "pkg:npm/y@2";
    auto spdx = [](const std::string& purl) {
        return R"({"SPDXID":"SPDXRef-a","name":"n","externalRefs":[{"referenceType":"purl","referenceLocator":")" +
               purl + "\"}]}";
    };
    auto cyclonedx = [](const std::string& purl) {
        return R"({"type":"library","bom-ref":"a","name":"n","purl":")" + purl + "\"}";
    };
    auto syft = [](const std::string& purl) { return R"({"id":"a","name":"n","purl":")" + purl + "\"}"; };
    for (const auto& text : {R"({"spdxVersion":"SPDX-2.3","packages":[)" + spdx(x) + "," + spdx(y) + "]}",
                             R"({"bomFormat":"CycloneDX","components":[)" + cyclonedx(x) + "," + cyclonedx(y) + "]}",
                             R"({"artifacts":[)" + syft(x) + "," + syft(y) + "]}"}) {
        auto read = read_sbom(text);
        ASSERT_OK(read);
        EXPECT_EQ(to_purls(*read), x + "\n" + y + "\n") << text;
    }
}

TEST(ReadSbom, RefusesWhatIsNone) {
    const std::pair<std::string, const char*> rows[] = {
        {"", "not JSON"},
        {"{}", "neither SPDX"},
        {"[]", "neither SPDX"},
        {R"({"spdxVersion":"SPDX-2.3"})", "no list of packages"},
        {R"({"bomFormat":"CycloneDX","components":{}})", "no list of components"},
        {R"({"artifacts":[)", "not JSON"},
        {"{\"artifacts\":" + std::string(100, '[') + std::string(100, ']') + "}", "deeper than 64"},
    };
    for (const auto& [text, says] : rows) {
        auto read = read_sbom(text);
        ASSERT_FALSE(read.has_value()) << text;
        EXPECT_THAT(read.error().text(), HasSubstr(says));
    }
    for (const char* odd : {R"({"artifacts":[1,null,"x",[],{"purl":3,"locations":7,"licenses":"x"}]})",
                            R"({"spdxVersion":1,"packages":[{"externalRefs":{}}],"relationships":3})"})
        EXPECT_OK(read_sbom(odd));
}

Result<std::string> kept(std::string_view text) {
    constexpr std::string_view names[] = {"a", "b"};
    return keep_members(text, names, Memory::held);
}

TEST(KeepMembers, LeavesOutTheOthersAndNothingElse) {
    const std::pair<const char*, const char*> rows[] = {
        {R"({"a": 1, "x": 2, "b": [true, {"x": {"a": 3}, "a": "s"}]})", R"({"a":1,"b":[true,{"a":"s"}]})"},
        {R"({"x": {"y": [1, "]}", {}]}, "a" : null , "y": "\\" })", R"({"a":null})"},
        {R"({"x": "\\\"a\\", "a": "\"\\"})", R"({"a":"\"\\"})"},
        {R"({"\u0061": 1})", R"({"\u0061":1})"},
        {"\xEF\xBB\xBF{\"a\":[ ]}\n", R"({"a":[]})"},
        {" [{}, {\"x\":-1.5e3}, 7] ", "[{},{},7]"},
        {"3", "3"}};
    for (const auto& [text, out] : rows) {
        ASSERT_OK(kept(text)) << text;
        EXPECT_EQ(*kept(text), out) << text;
    }
    const std::string whole = R"({"a": [1, {"b": "\"x"}], "x": [{"y": "]"}, [2]], "b": {"a": {}}})";
    ASSERT_OK(kept(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(kept(whole.substr(0, size))) << whole.substr(0, size);
    for (const char* broken :
         {"{} {}", "{\"x\": [}]}", "{\"a\" 1}", "{1: 2}", "[1 2]", "[1,]", "{\"x\":}", "{,}", "{\"a\": 1, \"a\": 2}"})
        EXPECT_FALSE(kept(broken)) << broken;
    for (const char* name : {"a", "x"}) {
        auto deep = fmt::format("{{\"{}\":{}{}}}", name, std::string(70, '['), std::string(70, ']'));
        ASSERT_FALSE(kept(deep));
        EXPECT_EQ(kept(deep).error().code, ErrorCode::limit);
    }
}

// A large file, whose pages are given back while it is read, says the same.
TEST(ReadSbom, ReadsLargeFilesWhole) {
    std::string text = R"({"files":[)";
    for (int i = 0; i < 200'000; ++i)
        text += fmt::format(R"({{"id":{},"location":{{"path":"/usr/share/{}"}}}},)", i, i);
    text.back() = ']';
    text += R"(,"artifacts":[{"id":"a","name":"x","purl":"pkg:npm/x@1"},{"id":"b","name":"y","purl":"pkg:npm/y@1"}]})";
    ASSERT_GT(text.size(), 8 * MiB);
    Scratch scratch;
    spit(scratch / "large.json", text);
    auto read = read_sbom_file(scratch / "large.json");
    ASSERT_OK(read);
    EXPECT_EQ(to_purls(*read), "pkg:npm/x@1\npkg:npm/y@1\n");
}

TEST(Purl, IsReadBack) {
    for (const char* text :
         {"pkg:npm/%40scope/a@1.0.0", "pkg:golang/github.com/a/b@v1.2.3", "pkg:maven/org.g/app@2.0", "pkg:pypi/x@1%2Bl",
          "pkg:generic/y", "pkg:maven/z/z@1", "pkg:apk/wolfi/t@1-r0?arch=x86_64&distro=wolfi-2023&upstream=o",
          "pkg:rpm/redhat/b@5-6.el9?arch=x86_64&distro=rhel-9.4&epoch=2&upstream=b-5-6.el9.src.rpm",
          "pkg:deb/debian/c@1%3A1?arch=amd64&distro=debian-12&upstream=src%401%3A1-1"}) {
        auto purl = parse_purl(text);
        ASSERT_TRUE(purl) << text;
        auto distro = purl->qualifiers.contains("distro") ? purl->qualifiers.at("distro") : "";
        auto dash = distro.find('-');
        Distribution distribution{distro.substr(0, dash), dash == distro.npos ? "" : distro.substr(dash + 1), "", "",
                                  ""};
        EXPECT_EQ(package_purl(package_of(*purl), distribution), text);
    }
    EXPECT_EQ(package_of(*parse_purl("pkg:npm/@scope/a@1")).name, "@scope/a");
    for (const char* none : {"", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/x", "npm/x@1"})
        EXPECT_FALSE(parse_purl(none)) << none;
}

}  // namespace
}  // namespace pith::inventory
