// The files of a binary package's control member that are not scripts.
// Sources: deb-control(5), deb-md5sums(5), deb-conffiles(5), deb-triggers(5).
//
// Errors (format, limit, unsupported) read "NAME:LINE: …", NAME being the file's: "md5sums:3: …".
// Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/model.h"

namespace pith::pkg::deb {

// A whole control file: one stanza (package_fields.h). `path`, `size` and `sha256` stay empty.
[[nodiscard]] Result<Package> read_control(std::string_view text);

// Paths in the structs below have no leading '/' and are clean in the sense of archive::clean_path().
struct Md5Sum {
    std::string path;
    std::string md5;  // 32 hexadecimal digits, lower case
    bool operator==(const Md5Sum&) const = default;
};
[[nodiscard]] Result<std::vector<Md5Sum>> read_md5sums(std::string_view text);

struct Conffile {
    std::string path;
    bool remove_on_upgrade = false;  // the package does not have it any more
    bool operator==(const Conffile&) const = default;
};
[[nodiscard]] Result<std::vector<Conffile>> read_conffiles(std::string_view text);

struct Trigger {
    enum class Kind { interest, activate } kind = Kind::interest;
    std::string name;   // "ldconfig", or an absolute path whose changes count
    bool await = true;  // false: the -noawait form
    bool operator==(const Trigger&) const = default;
};
[[nodiscard]] Result<std::vector<Trigger>> read_triggers(std::string_view text);

}  // namespace pith::pkg::deb
