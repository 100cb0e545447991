// A full disk, a cache that can only be read, damaged entries, several builds at once: a right result or a clear error.
#include <unistd.h>

#include <map>
#include <set>

#include "e2e/faults/faults.h"
#include "support/loopback.h"

using namespace pith;
using namespace pith::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

namespace {

// May this test mount? In a mount namespace of its own, which ends with the command.
bool can_mount() { return sh("unshare -m mount -t tmpfs none /mnt").exit_code == 0; }

std::string in_namespace(const std::string& script) {
    std::string quoted;
    for (char c : script) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return fmt::format("unshare -m sh -c '{}'", quoted);
}

}  // namespace

TEST_F(Faults, AFullDiskUnderTheCache) {
    PITH_NEED(can_mount(), "mounting a tmpfs (root)");
    int failed = 0;
    for (int size = 64; size <= 4096; size *= 2) {
        auto name = fmt::format("small{}", size);
        fs::create_directories(m_scratch / name);
        auto ran = run(in_namespace(fmt::format("mount -t tmpfs -o size={}k none '{}' && {}", size,
                                                (m_scratch / name).string(), command(name))));
        if (ran.exit_code == 0) {
            EXPECT_EQ(digest(ran), m_digest);
            continue;
        }
        ++failed;
        EXPECT_EQ(ran.exit_code, 1) << size;
        EXPECT_THAT(ran.err, AllOf(StartsWith("pith: "), HasSubstr("No space left on device"))) << size;
        EXPECT_FALSE(fs::exists(m_scratch / (name + ".out"))) << size;
    }
    EXPECT_GE(failed, 2);
    EXPECT_LT(failed, 7) << "4 MiB are enough";
}

TEST_F(Faults, AFullDiskUnderTheOutput) {
    PITH_NEED(can_mount(), "mounting a tmpfs (root)");
    auto disk = m_scratch / "disk";
    fs::create_directories(disk);
    for (const char* output :
         {"oci:DISK/layout:x", "oci-archive:DISK/a.tar", "docker-archive:DISK/a.tar:x:x", "dir:DISK/root"})
        for (int size : {16, 200, 700}) {
            auto place = std::string(output).replace(std::string(output).find("DISK"), 4, disk.string());
            auto ran = run(in_namespace(fmt::format(
                "mount -t tmpfs -o size={}k none '{}' && '{}' build '{}/image.yaml' -q --cache-dir '{}/good' -o '{}'; "
                "echo exit $?; ls -A '{}'",
                size, disk.string(), pith_binary().string(), m_scratch.path().string(), m_scratch.path().string(),
                place, disk.string())));
            EXPECT_EQ(ran.out, "exit 1\n") << output << " " << size << ": nothing is left";
            EXPECT_THAT(ran.err, AllOf(StartsWith("pith: "), HasSubstr("No space left on device"))) << output << size;
        }
}

TEST_F(Faults, ACacheThatCanOnlyBeRead) {
    PITH_NEED(can_mount(), "mounting read-only (root)");
    auto read_only = [&](const std::string& name, const std::string& then) {
        auto folder = (m_scratch / name).string();
        return run(in_namespace(
            fmt::format("mount --bind '{0}' '{0}' && mount -o remount,bind,ro '{0}' && {1}", folder, then)));
    };
    for (const char* how : {"", "--offline"})
        EXPECT_EQ(digest(read_only("good", command("good", how))), m_digest) << how;
    auto pruned = read_only("good", fmt::format("'{}' cache prune --all --cache-dir '{}'", pith_binary().string(),
                                                (m_scratch / "good").string()));
    EXPECT_EQ(pruned.exit_code, 1);
    EXPECT_THAT(pruned.err, HasSubstr("can only be read"));

    // What is made again and is there already need not be written.
    fs::copy(m_scratch / "good", m_scratch / "bare", fs::copy_options::recursive);
    fs::remove_all(m_scratch / "bare/records/members");
    EXPECT_EQ(digest(read_only("bare", command("bare"))), m_digest);

    // Without the layers it says what is missing; without anything too.
    fs::create_directories(m_scratch / "empty");
    std::vector<fs::path> layers;
    for (const auto& entry : fs::recursive_directory_iterator(m_scratch / "bare/blobs"))
        if (entry.is_regular_file() && slurp(entry.path()).starts_with("\x1f\x8b")) layers.push_back(entry.path());
    ASSERT_FALSE(layers.empty());
    for (const auto& layer : layers) fs::remove(layer);
    for (const char* name : {"empty", "bare"}) {
        auto ran = read_only(name, command(name));
        EXPECT_EQ(ran.exit_code, 1);
        EXPECT_THAT(ran.err, AllOf(HasSubstr("which can only be read"), HasSubstr("--cache-dir"), HasSubstr(name)));
    }
}

TEST_F(Faults, ACacheOfSomebodyElse) {
    PITH_NEED(::geteuid() == 0 && have("setpriv"), "root, setpriv");
    auto as_nobody = fmt::format(
        "chmod -R a+rX '{0}' && mkdir -m 777 '{0}/theirs' && setpriv --reuid=65534 --regid=65534 "
        "--clear-groups '{1}' build '{0}/image.yaml' -q --cache-dir '{0}/good' -o 'oci:{0}/theirs/out:x'",
        m_scratch.path().string(), pith_binary().string());
    EXPECT_EQ(digest(run(as_nobody)), m_digest);
}

namespace {

// The entries of a cache by their kind: "blobs", "facts", "layers", …
std::multimap<std::string, fs::path> entries_by_kind(const fs::path& cache) {
    std::multimap<std::string, fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(cache)) {
        if (!entry.is_regular_file()) continue;
        auto path = entry.path().lexically_relative(cache);
        if (*path.begin() == "blobs") out.emplace("blobs", path);
        if (*path.begin() == "records") out.emplace(*++path.begin(), path);
    }
    return out;
}

// A copy of a cache with one bit of one entry turned.
void copy_hurt(const fs::path& from, const fs::path& to, const fs::path& entry) {
    fs::remove_all(to);
    fs::remove_all(to.string() + ".out");
    fs::copy(from, to, fs::copy_options::recursive);
    auto bytes = slurp(to / entry);
    bytes[bytes.size() / 2] ^= 0x20;
    spit(to / entry, bytes);
}

}  // namespace

TEST_F(Faults, AFlippedByteInEveryEntryOfTheCache) {
    auto entries = entries_by_kind(m_scratch / "good");
    for (const char* kind : {"blobs", "facts", "layers", "members", "deb-index", "deb-release", "deb-signature"})
        EXPECT_TRUE(entries.contains(kind)) << kind;
    for (const auto& [kind, entry] : entries) {
        copy_hurt(m_scratch / "good", m_scratch / "hurt", entry);
        EXPECT_EQ(digest(run(command("hurt"))), m_digest) << entry;
        EXPECT_EQ(sh(fmt::format("diff -r '{0}/hurt.out' '{0}/good.out'", m_scratch.path().string())).out, "") << entry;
    }
}

// Where the archive cannot be asked, a damaged entry is made anew from others, or it is said what is missing. A package
// whose facts and member are cached is not read, so its damage does not matter.
TEST_F(Faults, AFlippedByteWhileOffline) {
    Loopback server(serve_folder(m_archive.root()));
    write_definition(server.url(""));
    EXPECT_EQ(digest(run(command("web"))), m_digest);
    auto before = server.connections();
    std::set<std::string> failed;
    std::string last;
    for (const auto& [kind, entry] : entries_by_kind(m_scratch / "web")) {
        if (kind != "blobs" && kind == std::exchange(last, kind)) continue;  // one of each, and every blob
        copy_hurt(m_scratch / "web", m_scratch / "hurt", entry);
        auto ran = run(command("hurt", "--offline"));
        if (ran.exit_code == 0) {
            EXPECT_EQ(digest(ran), m_digest) << entry;
            continue;
        }
        failed.insert(kind);
        EXPECT_THAT(ran.err, AllOf(StartsWith("pith: "), HasSubstr("--offline"))) << entry;
        EXPECT_FALSE(fs::exists(m_scratch / "hurt.out")) << entry;
    }
    EXPECT_THAT(failed, testing::UnorderedElementsAre("deb-index", "deb-release"));
    EXPECT_EQ(server.connections(), before);
}

TEST_F(Faults, SeveralBuildsAtOnceOnOneColdCache) {
    constexpr int builds = 4;
    std::string script;
    for (int i = 0; i < builds; ++i)
        script += fmt::format("{} -o 'oci-archive:{}/own{}.tar' >'{}/digest{}' &\n", command("shared"),
                              m_scratch.path().string(), i, m_scratch.path().string(), i);
    auto ran = run(script + "wait");
    EXPECT_EQ(ran.err, "");
    for (int i = 0; i < builds; ++i) EXPECT_EQ(slurp(m_scratch / fmt::format("digest{}", i)), m_digest + "\n") << i;
    expect_good("shared", "after all");
}

// Builds beside an eviction that never ends: each finds what it needs, or makes it anew.
TEST_F(Faults, BuildsBesideEviction) {
    auto pith = pith_binary().string();
    auto script = fmt::format(
        "while [ ! -e '{0}/stop' ]; do '{1}' cache prune --all -q --cache-dir '{0}/shared' >/dev/null || "
        "echo prune failed; done & for i in 1 2 3 4 5 6 7 8; do {2} --cache-limit 1k; done; touch '{0}/stop'; wait",
        m_scratch.path().string(), pith, command("shared"));
    auto ran = run(script);
    EXPECT_EQ(ran.err, "");
    std::string expected;
    for (int i = 0; i < 8; ++i) expected += m_digest + "\n";
    EXPECT_EQ(ran.out, expected);
}

TEST_F(Faults, TheLimitIsKeptByBuilds) {
    EXPECT_EQ(digest(run(command("small", "--cache-limit 500k"))), m_digest);
    auto info = sh(fmt::format("'{}' cache info --format json --cache-dir '{}' | tail -3", pith_binary().string(),
                               (m_scratch / "small").string()));
    auto bytes = info.out.substr(info.out.find("\"bytes\": ") + 9);
    EXPECT_LE(std::stoul(bytes), 500u * 1024);
    EXPECT_GT(std::stoul(bytes), 100u * 1024) << "no more than needed goes";
    expect_good("small", "after eviction");
}
