// Others' validators of bills of materials, which scripts/peers.sh gets.
#pragma once

#include <fmt/format.h>

#include "support/support.h"

namespace pith::test {

inline std::filesystem::path peer_python() { return source_dir() / "build/peers/python/bin"; }

// What SPDX 2.3 says, beyond its schema too: spdx-tools. The file's name ends in .spdx.json.
inline Ran validate_spdx(const std::string& file) {
    return sh(fmt::format("'{}' -i '{}'", (peer_python() / "pyspdxtools").string(), file));
}

// CycloneDX's own schema of 1.6.
inline Ran validate_cyclonedx(const std::string& file) {
    constexpr std::string_view program =
        "import sys; from cyclonedx.validation.json import JsonStrictValidator; from cyclonedx.schema import "
        "SchemaVersion; "
        "error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()); print(error or \"\"); "
        "sys.exit(bool(error))";
    return sh(fmt::format("'{}' -c '{}' '{}'", (peer_python() / "python").string(), program, file));
}

}  // namespace pith::test
