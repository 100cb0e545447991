#include "support/debian_archive.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "support/support.h"

namespace pith::test {

namespace fs = std::filesystem;

namespace {

// The tools that make a form of a file beside it.
std::string compressor(std::string_view form) {
    if (form == "xz") return "xz -k -f";
    if (form == "gz") return "gzip -k -f -n";
    return "zstd -q -k -f";
}

}  // namespace

void DebianArchive::add(std::string_view name, std::string_view version, std::string_view architecture,
                        std::string_view file, std::string_view fields) {
    auto path = fmt::format("pool/main/{}_{}_{}.deb", name, version, architecture);
    spit(m_root / path, file);
    add_text(architecture, fmt::format("Package: {}\nVersion: {}\nArchitecture: {}\nMaintainer: T <t@mirror.example>\n"
                                       "{}Filename: {}\nSize: {}\nSHA256: {}\n\n",
                                       name, version, architecture, fields, path, file.size(), sha256(file).hex()));
}

void DebianArchive::add_text(std::string_view architecture, std::string_view text) {
    auto found = std::ranges::find(m_indexes, architecture, &std::pair<std::string, std::string>::first);
    if (found == m_indexes.end()) found = m_indexes.insert(m_indexes.end(), {std::string(architecture), ""});
    found->second += text;
}

void DebianArchive::write_index(const std::string& architecture, const std::string& text) const {
    auto folder = in_suite("main/binary-" + architecture);
    auto plain = folder / "Packages";
    spit(plain, text);
    for (const auto& form : options.forms) {
        if (form.empty()) continue;
        auto ran = sh(fmt::format("{} '{}'", compressor(form), plain.string()));
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
    }
    bool keep_plain = std::ranges::count(options.forms, "") > 0;
    if (!keep_plain) fs::remove(plain);
    if (!options.by_hash) return;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    for (const auto& file : files) {
        auto bytes = slurp(file);
        spit(folder / "by-hash/SHA256" / sha256(bytes).hex(), bytes);
    }
}

std::string DebianArchive::release_text() const {
    std::string out = fmt::format("Suite: {}\n{}Date: {}\n", options.suite, options.fields, options.date);
    if (!options.valid_until.empty()) out += fmt::format("Valid-Until: {}\n", options.valid_until);
    if (options.by_hash) out += "Acquire-By-Hash: yes\n";
    out += "Components: main\nSHA256:\n";
    auto suite = in_suite("");
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(suite / "main"))
        if (entry.is_regular_file() && entry.path().filename().string().starts_with("Packages"))
            files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files) {
        auto bytes = slurp(file);
        out += fmt::format(" {} {} {}\n", sha256(bytes).hex(), bytes.size(), fs::relative(file, suite).string());
    }
    return out;
}

void DebianArchive::publish() const {
    fs::remove_all(in_suite(""));
    for (const auto& [architecture, text] : m_indexes) write_index(architecture, text);
    spit(in_suite("Release"), release_text());
    sign(m_key);
}

void DebianArchive::sign(const SigningKey& key) const {
    auto text = slurp(in_suite("Release"));
    if (options.in_release)
        spit(in_suite("InRelease"), key.cleartext(text));
    else
        spit(in_suite("Release.gpg"), key.detached(text));
}

}  // namespace pith::test
