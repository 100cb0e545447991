// A small Debian archive of a test's own, with a definition of an image from it.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "archive/deflate.h"
#include "base/digest.h"
#include "e2e/build/pith.h"
#include "support/debian_archive.h"
#include "unit/pkg_deb/build.h"

namespace pith::test {

inline std::string compressed(std::string_view text, archive::Compression form) {
    ThreadPool pool(1);
    auto packed = archive::deflate(as_bytes(text), {form}, pool);
    EXPECT_OK(packed);
    return packed ? std::string(as_text(*packed)) : "";
}

// A package as dpkg-deb makes it, with zstd members as Ubuntu's have.
inline std::string package(const std::string& name, const std::string& version, const std::string& architecture,
                           const std::vector<archive::TarEntry>& entries, const std::string& fields = "") {
    auto stanza =
        fmt::format("Package: {}\nVersion: {}\nArchitecture: {}\nMaintainer: M <m@example.org>\n{}Description: d\n",
                    name, version, architecture, fields);
    auto control = make_tar({folder("./"), file("./control", stanza)});
    using archive::Compression;
    return make_ar({{"debian-binary", "2.0\n"},
                    {"control.tar.zst", compressed(control, Compression::zstd)},
                    {"data.tar.zst", compressed(make_tar(entries), Compression::zstd)}});
}

// The package "hello" in two versions, each for amd64 and arm64: the second one fixes something.
class SmallArchive : public testing::Test {
protected:
    void SetUp() override {
        spit(m_scratch / "key.gpg", m_key.public_key());
        publish("1.0-1");
    }

    // The version alone is in the index; files of earlier ones stay in the pool.
    void publish(const std::string& version) {
        DebianArchive archive(m_scratch / "archive", m_key);
        archive.options.valid_until = "Sat, 01 Jan 2028 00:00:00 UTC";
        for (const std::string architecture : {"amd64", "arm64"})
            archive.add("hello", version, architecture, hello(version, architecture));
        archive.publish();
    }

    static std::string hello(const std::string& version, const std::string& architecture) {
        std::string log = "hello (1.0-1) unstable; urgency=low\n\n  * Fix CVE-2020-1111.\n";
        if (version != "1.0-1")
            log = fmt::format("hello ({}) unstable; urgency=high\n\n  * Fix CVE-2026-12345.\n\n", version) + log;
        auto packed = compressed(log, archive::Compression::gzip);
        return package("hello", version, architecture,
                       {folder("./usr/"), folder("./usr/bin/"), file("./usr/bin/hello", version + architecture, 0755),
                        file("./usr/share/doc/hello/changelog.Debian.gz", packed)});
    }

    std::string folder_text() const { return m_scratch.path().string(); }
    std::string archive_url() const { return "file://" + folder_text() + "/archive"; }
    std::filesystem::path lock_file() const { return m_scratch / "image.lock.json"; }

    void define(const std::string& url, const std::string& more = "") {
        spit(m_scratch / "image.yaml",
             fmt::format("contents:\n  repositories: ['deb [signed-by={}/key.gpg] {} stable main']\n"
                         "  packages: [hello]\n{}",
                         folder_text(), url, more));
    }

    // `pith COMMAND image.yaml …` with a cache of the test's own.
    Ran pith(const std::string& command, const std::string& more = "", const std::string& cache = "cache",
             const std::string& environment = "") {
        return run_pith(
            fmt::format("{} {}/image.yaml --cache-dir {}/{} {}", command, folder_text(), folder_text(), cache, more),
            environment);
    }
    Ran done(const Ran& ran) {
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        return ran;
    }

    void edit_lock(const std::string& from, const std::string& to) {
        auto text = slurp(lock_file());
        auto at = text.find(from);
        ASSERT_NE(at, text.npos) << from;
        spit(lock_file(), text.replace(at, from.size(), to));
    }

    Scratch m_scratch;
    SigningKey m_key;
};

}  // namespace pith::test
