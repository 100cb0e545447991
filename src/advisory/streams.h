// The names of streams, in which feeds and images meet: "debian:12", "ubuntu:22.04", "alpine:3.18", "wolfi", "go",
// "npm". Thread-safety: functions without state.
#pragma once

#include <string>
#include <string_view>

namespace pith::advisory {

// "debian:12" of "bookworm"; one that is not known here keeps its name: "debian:CODENAME".
[[nodiscard]] std::string debian_stream(std::string_view codename);

// Of an ecosystem as OSV writes it, with its suffix: "Debian:12", "Ubuntu:22.04:LTS", "Alpine:v3.18", "PyPI",
// "Rocky Linux:9". Empty for one that no package of ours belongs to.
[[nodiscard]] std::string osv_stream(std::string_view ecosystem);

// A Python name as PEP 503 normalises it; any other name of a stream as it is.
[[nodiscard]] std::string package_key(std::string_view stream, std::string_view name);

}  // namespace pith::advisory
