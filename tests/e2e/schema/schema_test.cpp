// The published JSON Schema of a definition against the parser, in both directions, with a validator that is not ours.
#include "compose/definition/schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "compose/definition/definition.h"
#include "support/support.h"

using namespace pith;
using namespace pith::test;

namespace {

std::string error_of(const std::string& document) {
    auto parsed = compose::parse_definition(document, "image.yaml", "/nowhere", {});
    return parsed ? "" : parsed.error().text();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) out.push_back(line);
    return out;
}

class Schema : public testing::Test {
protected:
    void SetUp() override {
        PITH_NEED(sh("python3 -c 'import jsonschema, yaml; jsonschema.Draft202012Validator'").exit_code == 0,
                  "python3-jsonschema, python3-yaml");
        spit(m_scratch / "schema.json", compose::definition_schema());
    }
    // The lines that the validator's script prints.
    std::vector<std::string> judge(const std::string& arguments, const std::filesystem::path& input = "/dev/null") {
        auto ran = sh(fmt::format("cd '{}' && tests/e2e/schema/judge '{}/schema.json' {} < '{}'", source_dir().string(),
                                  m_scratch.path().string(), arguments, input.string()));
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        return lines_of(ran.out);
    }
    Scratch m_scratch;
};

}  // namespace

TEST(PublishedSchema, IsTheOneThatPithPrints) {
    EXPECT_EQ(slurp(source_dir() / "docs/definition.schema.json"), compose::definition_schema())
        << "`pith schema > docs/definition.schema.json` makes it anew";
}

TEST_F(Schema, HoldsForEveryDefinitionOfTheRepository) {
    auto lines = judge(
        "files $(find catalog -name '*.yaml' -not -path '*/files/*') tests/fuzz/corpus/definition/*.yaml "
        "tests/fuzz/corpus/definition/every-key");
    EXPECT_GE(lines.size(), 5u);
    for (const auto& line : lines) EXPECT_THAT(line, testing::StartsWith("ok ")) << line;
}

TEST_F(Schema, KnowsTheKeysThatTheParserKnows) {
    auto lines = judge("keys");
    EXPECT_GE(lines.size(), 20u);
    for (const auto& line : lines) {
        auto space = line.find(' ');
        auto keys = line.substr(0, space), document = line.substr(space + 1);
        for (std::size_t at = 0; (at = keys.find(',', at)) != keys.npos; at += 2) keys.replace(at, 1, ", ");
        EXPECT_THAT(error_of(document), testing::HasSubstr("unknown key 'zzzzqqqq'")) << document;
        EXPECT_THAT(error_of(document), testing::EndsWith("; known keys: " + keys)) << document;
    }
}

TEST_F(Schema, BothAcceptAndBothReject) {
    for (const char* expected : {"sound", "unsound"}) {
        auto file = test::data(fmt::format("schema/{}.jsonl", expected));
        auto documents = lines_of(slurp(file)), verdicts = judge("lines", file);
        ASSERT_EQ(verdicts.size(), documents.size());
        for (std::size_t i = 0; i < documents.size(); ++i) {
            bool sound = std::string_view(expected) == "sound";
            EXPECT_EQ(verdicts[i], sound ? "ok" : "bad") << documents[i];
            EXPECT_EQ(error_of(documents[i]).empty(), sound) << documents[i] << "\n" << error_of(documents[i]);
        }
    }
}

// $PITH_SEED chooses other changes.
TEST_F(Schema, BothSayTheSameOfRandomChanges) {
    constexpr int changes = 4000;
    const char* given = std::getenv("PITH_SEED");
    std::string seed = given ? given : "1";
    int good = 0;
    for (const auto& line : judge(fmt::format("mutate {} {}", seed, changes), test::data("schema/sound.jsonl"))) {
        auto space = line.find(' ');
        auto document = line.substr(space + 1);
        auto error = error_of(document);
        EXPECT_EQ(line.substr(0, space), error.empty() ? "ok" : "bad") << "PITH_SEED=" << seed << "\n"
                                                                       << document << "\n"
                                                                       << error;
        good += error.empty();
    }
    EXPECT_GE(good, changes / 20) << "there should be some of both";
    EXPECT_LE(good, changes * 19 / 20);
}
