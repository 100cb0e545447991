// A maintainer script taken apart: the sections debhelper wrote, and what the maintainer wrote.
//
// What the maintainer wrote is normalised, so that its SHA-256 stays the same from one version of a
// package to the next and from one architecture to the other as long as the script does the same. The rules
// (docs/effects.md repeats them), on bytes, in this order:
//   1. Sections from "# Automatically added by HELPER" to "# End automatically added section" are set aside.
//   2. A first line with "#!" goes; trailing space, tab and CR go; empty lines and bare "set -e" go.
//   3. Comment lines go, unless "<<" stands anywhere in what step 1 left (a here-document may hold them).
//   4. The lines are joined by LF, without one at the end.
//   5. The package's version becomes @VER@ (with its epoch, then without), 6. unless the package is
//      `Architecture: all` its multiarch triplet becomes @TRIPLET@ and its architecture @ARCH@, and 7. its
//      name becomes @PKG@ where it stands as a whole word.
// Markers of sections: debhelper, autoscript() in Debian::Debhelper::Dh_Lib.
// Limits: 1 MiB of text, 20,000 lines. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace pith::compose {

// A script as a package ships it, in the control member of a .deb.
struct MaintainerScript {
    std::string package, source, version, architecture;  // as in the control file; version with its epoch
    std::string script;                                  // "preinst" or "postinst"
    std::string text;

    [[nodiscard]] std::string name() const { return package + "." + script; }  // "nginx-common.postinst"
};

struct ScriptLine {
    int number = 0;      // in the script, counted from 1
    std::string text;    // as it stands there, without trailing blanks
    std::string normal;  // after steps 5 to 7
};

// Lines of a script that are looked up together: one section, or the remainder. A section's lines are
// cleaned by the same rules as the remainder's.
struct ScriptPart {
    std::string helper;  // "dh_installsystemd"; empty: the remainder
    std::vector<ScriptLine> lines;
    Digest digest;  // of the normal lines, joined by LF
};

struct NormalScript {
    std::vector<ScriptPart> sections;  // in the order of the script
    ScriptPart remainder;              // without lines where debhelper wrote everything
};

// `format` where a section is left open, `limit` where the script is too large.
[[nodiscard]] Result<NormalScript> normalise(const MaintainerScript& script);

// The reverse of steps 5 to 7, for what the data says with @VER@, @TRIPLET@, @ARCH@ and @PKG@.
[[nodiscard]] std::string with_own_names(const MaintainerScript& script, std::string_view text);

// The multiarch triplet of a Debian architecture ("x86_64-linux-gnu" for amd64), empty where unknown.
[[nodiscard]] std::string_view multiarch_triplet(std::string_view architecture);

}  // namespace pith::compose
