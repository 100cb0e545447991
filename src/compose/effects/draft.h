// A first draft of an entry of effects/ for a script that nobody has modelled, from the statements in it that can be
// read without a shell.
//
// The recogniser knows conditions on how dpkg calls a script ("$1" and "$2", in `if` and `case`), and single commands
// whose words are plain: mkdir, install -d, chown, chmod, ln -s, cp -p, ucf, rm -f, update-alternatives --install,
// adduser and addgroup --system, dpkg-statoverride. Any other line is open: it is listed, and nothing is guessed of
// it or of what stands inside a condition that is not known.
// Limits: those of normalise(). Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "compose/effects/script.h"

namespace pith::compose {

struct Draft {
    std::vector<std::string> actions;  // each as YAML, "{folder: /var/log/x, mode: \"0755\"}"
    std::vector<ScriptLine> open;      // lines that are not understood
};

[[nodiscard]] Draft draft_actions(const MaintainerScript& script, const ScriptPart& remainder);

// The entry for a file of effects/, with open lines as comments; it can be read as it is.
[[nodiscard]] std::string draft_entry(const MaintainerScript& script, const ScriptPart& remainder);

}  // namespace pith::compose
