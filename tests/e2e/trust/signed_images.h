// The static image in a layout, and two pairs of keys, with which pith signs and verifies.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "e2e/build/pith.h"

namespace pith::test {

class SignedImages : public testing::Test {
protected:
    void SetUp() override {
        keygen("release");
        keygen("other");
        built(fmt::format("catalog/static.yaml -q --sbom none -o oci:{}:static", in("images")));
    }
    std::string in(std::string_view name) { return (m_scratch / name).string(); }
    void keygen(const std::string& name) { done("keygen -q -o " + in(name)); }
    Ran run(const std::string& arguments) {
        return sh(fmt::format("PITH_PASSWORD=secret '{}' {}", pith_binary().string(), arguments));
    }
    std::string done(const std::string& arguments, int exit_code = 0) {
        auto ran = run(arguments);
        EXPECT_EQ(ran.exit_code, exit_code) << arguments << "\n" << ran.out << ran.err;
        return ran.out + ran.err;
    }
    Scratch m_scratch;
};

}  // namespace pith::test
