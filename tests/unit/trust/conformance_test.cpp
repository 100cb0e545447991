// All vectors of sigstore-conformance, each by the file and by its digest.
#include "unit/trust/conformance.h"

namespace pith::trust {
namespace {

Result<Verified> verify(const test::Vector& vector, bool by_digest) {
    auto root = TRY(read_trusted_root(vector.trusted_root()));
    auto bundle = TRY(read_bundle(vector.bundle()));
    auto content = vector.artifact();
    auto artifact = Artifact::of(as_bytes(content));
    if (by_digest) artifact.bytes.reset();
    return verify_bundle(bundle, artifact, TRY(vector.policy(root)));
}

struct Row {
    std::string name;
    bool passes = false;
};

std::vector<Row> rows() {
    std::vector<Row> out;
    auto text = test::slurp(*test::shared("sigstore") / "vectors.tsv");
    for (auto line : split(trim(text), '\n')) {
        auto cells = split(line, '\t');
        if (cells[0] != "vector") out.push_back({std::string(cells[0]), cells[1] == "pass"});
    }
    return out;
}

}  // namespace

TEST(Conformance, AllVectorsByFileAndByDigest) {
    PITH_NEED(test::shared("sigstore"), "../shared/data");
    auto all = rows();
    ASSERT_EQ(all.size(), 70U);
    for (const auto& [name, passes] : all) {
        for (bool by_digest : {false, true}) {
            auto verified = verify(test::Vector(name), by_digest);
            EXPECT_EQ(verified.has_value(), passes) << name << (by_digest ? " by digest: " : " by file: ")
                                                    << (verified ? std::string("verified") : verified.error().text());
        }
    }
}

TEST(Conformance, TellsOnlyWhatWasChecked) {
    PITH_NEED(test::shared("sigstore"), "../shared/data");
    auto checks = [](const char* name) {
        std::vector<std::string> out;
        auto verified = verify(test::Vector(name), true);
        if (verified)
            for (const auto& each : verified->checks) out.push_back(each.what);
        return join(out, ", ");
    };
    EXPECT_EQ(checks("happy-path-v0.3"),
              "log inclusion, log's time, certificate chain, certificate log, identity, signature");
    // Rekor's second version signs no time.
    EXPECT_EQ(checks("rekor2-happy-path"),
              "timestamp, log inclusion, certificate chain, certificate log, identity, signature");
    EXPECT_EQ(checks("managed-key-and-trusted-root"), "log inclusion, log's time, signature");
}

}  // namespace pith::trust
