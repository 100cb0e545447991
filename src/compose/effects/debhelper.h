// Sections of maintainer scripts that debhelper wrote, recognised by their body.
//
// A section's marker only says who claims to have written it, so the marker counts for nothing: the body
// must match a template of effects/debhelper.yaml line by line. A run of blanks counts as one space, and
// lines that end in a backslash are joined with the next. In a template, <kind> or <name:kind> stands for a
// value, and each kind allows only characters that mean nothing to a shell:
//   word     a name of a package, file or service     path     an absolute or relative path
//   version  a Debian version                         number   decimal digits
//   units    one or more systemd units in single quotes, one space apart
//   slaves   one or more of "--slave LINK NAME TARGET", as update-alternatives takes them
// A name that stands twice must have one value. Thread-safety: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "compose/effects/action.h"
#include "compose/effects/script.h"

namespace pith::compose {

// What a recognised section does.
struct SectionEffects {
    std::vector<Action> actions;
    std::string none;  // why nothing happens; set if and only if there are no actions
};

class SectionTemplates {
public:
    // `name` is the file's name for messages.
    [[nodiscard]] static Result<SectionTemplates> parse(std::string_view yaml_text, std::string_view name);

    // Nothing where no template matches.
    [[nodiscard]] std::optional<SectionEffects> match(const ScriptPart& section) const;

private:
    struct Template {
        std::vector<std::string> lines;
        bool any = false;  // every line of the section matches one of `lines`, else all in their order
        std::string none;
        yaml::Node actions;  // with <name> for captured values
    };
    std::vector<Template> m_templates;
};

}  // namespace pith::compose
