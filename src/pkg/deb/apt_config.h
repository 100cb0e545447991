// The APT configuration of the host, read without running apt: its settings, and its sources.
// Sources: apt.conf(5) (order of the files, syntax), sources.list(5).
//
// Limits: 1 MiB a file, 1000 files a folder, 100,000 settings, blocks 32 deep, #include 8 deep.
// Errors (usage, limit, io) read "FILE:LINE: …". Immutable once read, so thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/deb/sources.h"

namespace pith::pkg::deb {

class AptConfig {
public:
    // Reads ROOT/etc/apt: apt.conf.d/*, apt.conf, sources.list, sources.list.d/*. Missing files are fine.
    [[nodiscard]] static Result<AptConfig> read(const std::filesystem::path& root);

    // The value that was set last. Names know no case: "Acquire::http::Proxy".
    [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
    [[nodiscard]] bool find_bool(std::string_view name, bool otherwise) const;
    // What Acquire::http(s)::Proxy, or its entry for the URL's host, says; see net::Request.
    [[nodiscard]] std::optional<std::string> proxy_for(std::string_view url) const;

    [[nodiscard]] const std::vector<Source>& sources() const { return m_sources; }

private:
    friend class AptConfigParser;
    std::vector<std::pair<std::string, std::string>> m_settings;  // name in lower case; the last one holds
    std::vector<Source> m_sources;
};

}  // namespace pith::pkg::deb
