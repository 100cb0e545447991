// crane and pith take each other's images.
#include <gmock/gmock.h>

#include "e2e/build/pith.h"
#include "e2e/registry/real_registry.h"

using namespace pith;
using namespace pith::test;

TEST(RegistryPeers, CraneTakesWhatPithPushesAndTheOtherWay) {
    auto crane = (source_dir() / "build/peers/bin/crane").string();
    PITH_NEED(std::filesystem::exists(crane), "crane (scripts/peers.sh)");
    PITH_NEED(have("docker-registry"), "docker-registry");
    Scratch scratch;
    RealRegistry registry(scratch / "registry");
    auto pushed = std::string(trim(built(fmt::format("catalog/static.yaml -q -o docker://{}/app:1", registry.host()))));
    auto told = sh(fmt::format("{} digest {}/app:1", crane, registry.host()));
    EXPECT_EQ(trim(told.out), pushed) << told.err;
    auto pulled = sh(fmt::format("{0} pull --format oci {1}/app:1 {2}/crane && {0} push {2}/crane {1}/crane:1 --index",
                                 crane, registry.host(), scratch.path().string()));
    ASSERT_EQ(pulled.exit_code, 0) << pulled.err;
    EXPECT_EQ(sh(fmt::format("{} validate --remote {}/app:1", crane, registry.host())).exit_code, 0);
    auto back = run_pith(fmt::format("copy {}/crane:1 oci:{}/back:x", registry.host(), scratch.path().string()));
    EXPECT_EQ(back.exit_code, 0) << back.err;
}
