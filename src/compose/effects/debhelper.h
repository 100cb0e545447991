// Sections of maintainer scripts that debhelper wrote, recognised by their body.
//
// A section's marker only says who claims to have written it, so the marker counts for nothing: the body
// must match a template of effects/debhelper.yaml line by line. Blanks count as one space each run, lines
// ending in a backslash are joined with the next. In a template, <kind> or <name:kind> stands for a value, and
// each kind allows only characters that mean nothing to a shell:
//   word     a package, user or file name           path     an absolute or relative path
//   version  a Debian version, "~" may be escaped   number   decimal digits
//   units    one or more systemd units in single quotes, apart by one space
//   slaves   any number of "--slave LINK NAME TARGET" of update-alternatives
// A name that stands twice must have one value. Thread-safety: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compose/effects/action.h"
#include "compose/effects/script.h"

namespace pith::compose {

// What a recognised section does.
struct SectionEffects {
    std::vector<Action> actions;
    std::string none;  // why nothing happens, where there are no actions
};

class SectionTemplates {
public:
    // `name` is the file's name for messages.
    [[nodiscard]] static Result<SectionTemplates> parse(std::string_view yaml_text, std::string_view name);

    // Nothing where no template matches.
    [[nodiscard]] std::optional<SectionEffects> match(const ScriptPart& section) const;

private:
    struct Template;
    std::vector<Template> m_templates;
};

}  // namespace pith::compose
