// A Debian archive made by a test in a folder, to be served by serve_folder() or read as file://.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/signing.h"

namespace pith::test {

struct ArchiveOptions {
    std::string suite = "stable";
    std::string fields = "Origin: Test\nCodename: sprout\n";  // more of the Release file
    std::string date = "Tue, 14 Nov 2023 12:00:00 UTC";       // an hour or so before the signatures of SigningKey
    std::string valid_until{};                                // none if empty
    std::vector<std::string> forms = {"", "xz", "gz"};        // of Packages, by extension
    bool by_hash = true;
    bool in_release = true;  // else Release and Release.gpg
};

class DebianArchive {
public:
    DebianArchive(std::filesystem::path root, const SigningKey& key) : m_root(std::move(root)), m_key(key) {}

    ArchiveOptions options;

    // A package of component main with `file` as its .deb (any bytes). `fields` are lines of its stanza.
    void add(std::string_view name, std::string_view version, std::string_view architecture, std::string_view file,
             std::string_view fields = "");
    // Text as it stands, into the Packages file of an architecture.
    void add_text(std::string_view architecture, std::string_view text);

    // Writes dists/SUITE: the Packages files in all forms, the Release file, its signatures.
    void publish() const;
    // Signs the Release file as it stands now (after a test changed it).
    void sign(const SigningKey& key) const;

    [[nodiscard]] const std::filesystem::path& root() const { return m_root; }
    [[nodiscard]] std::filesystem::path in_suite(std::string_view path) const {
        return m_root / "dists" / options.suite / path;
    }
    [[nodiscard]] std::string url() const { return "file://" + m_root.string(); }

private:
    [[nodiscard]] std::string release_text() const;
    void write_index(const std::string& architecture, const std::string& text) const;

    std::filesystem::path m_root;
    const SigningKey& m_key;
    std::vector<std::pair<std::string, std::string>> m_indexes;  // architecture, text of Packages
};

}  // namespace pith::test
