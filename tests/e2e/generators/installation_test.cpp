// The generators beside a real installation: what ca-certificates and base-passwd make of the same packages.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "base/text.h"
#include "compose/generate/ca_bundle.h"
#include "compose/generate/os_release.h"
#include "compose/generate/passwd.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using pith::test::sh;
using pith::test::slurp;
namespace fs = std::filesystem;

namespace {

std::vector<CertificateFile> certificates_in(const fs::path& folder) {
    std::vector<CertificateFile> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".crt")
            out.push_back({entry.path().lexically_relative(folder).string(), slurp(entry.path())});
    return out;
}

std::map<std::string, std::string> links_in(const fs::path& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_symlink()) out[entry.path().filename().string()] = fs::read_symlink(entry.path()).string();
    return out;
}

void expect_same_certificates(const fs::path& root, const std::vector<CertificateFile>& own) {
    auto made = make_ca_bundle(certificates_in(root / "usr/share/ca-certificates"), own);
    ASSERT_OK(made);
    EXPECT_EQ(made->bundle, slurp(root / "etc/ssl/certs/ca-certificates.crt"));
    EXPECT_EQ(made->conf, slurp(root / "etc/ca-certificates.conf"));
    std::map<std::string, std::string> links;
    for (const auto& link : made->links) links[link.name] = link.target;
    EXPECT_EQ(links, links_in(root / "etc/ssl/certs"));
    EXPECT_GT(links.size(), 200u);
}

// Every account that base-passwd makes, in its words; only the field of the password is another.
void expect_same_accounts(const fs::path& root) {
    AccountRequests everybody;
    auto rows_of = [&](const char* file) {
        std::vector<std::vector<std::string_view>> rows;
        static std::deque<std::string> texts;
        for (auto line : split(texts.emplace_back(slurp(root / "etc" / file)), '\n'))
            if (!line.empty()) rows.push_back(split(line, ':'));
        return rows;
    };
    auto users = rows_of("passwd"), groups = rows_of("group");
    for (const auto& row : users) everybody.owning_users.push_back({std::string(row[0]), "passwd"});
    for (const auto& row : groups) everybody.owning_groups.push_back({std::string(row[0]), "group"});
    auto made = make_account_files(everybody);
    ASSERT_OK(made);
    auto expect_lines = [](const std::string& text, const auto& rows) {
        for (auto row : rows) {
            row[1] = "x";
            auto line = fmt::format("{}\n", fmt::join(row, ":"));
            EXPECT_NE(("\n" + text).find("\n" + line), std::string::npos) << line;
        }
        EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')), rows.size() + 1) << "and nonroot";
    };
    expect_lines(made->passwd, users);
    expect_lines(made->group, groups);
}

TEST(Installation, OfTrixieHasWhatTheGeneratorsMake) {
    PITH_NEED(test::have("mmdebstrap"), "mmdebstrap");
    PITH_NEED(geteuid() == 0, "root, for a real installation");
    test::Scratch scratch;
    auto installed =
        sh(fmt::format("'{}' trixie '{}' ca-certificates",
                       (test::source_dir() / "tests/support/debian_install.sh").string(), scratch.path().string()));
    ASSERT_EQ(installed.exit_code, 0) << installed.err;
    auto root = scratch / "root";
    expect_same_accounts(root);
    expect_same_certificates(root, {});

    auto os_release = slurp(root / "usr/lib/os-release");
    auto edited = edit_os_release(os_release, {});
    ASSERT_OK(edited);
    EXPECT_EQ(*edited, os_release);

    std::vector<CertificateFile> own;
    for (const char* name : {"alpha", "alpha2", "beta"}) {
        own.push_back({name, slurp(test::data(fmt::format("certificates/{}.pem", name)))});
        test::spit(root / "usr/local/share/ca-certificates" / (std::string(name) + ".crt"), own.back().content);
    }
    auto updated = sh(fmt::format("chroot '{}' update-ca-certificates", root.string()));
    ASSERT_EQ(updated.exit_code, 0) << updated.err;
    expect_same_certificates(root, own);
}

}  // namespace
