// /etc/pam.d/common-*: what every service does to authenticate, put together from the profiles that packages bring.
//
// The rules are those of pam-auth-update(8) on a first installation, where every profile with "Default: yes" is
// enabled: profiles by falling priority, then falling name; one that another names under Conflicts goes; in a line,
// "end" becomes the number of lines that are left in its block.
//
// Source: pam-auth-update of libpam-runtime 1.5.2 and 1.7.0, pam-auth-update(8).
// Thread-safety: a function without state.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace pith::compose {

struct PamInputs {
    std::map<std::string, std::string>
        templates;                                // by type ("auth", "session-noninteractive"): /usr/share/pam/common-*
    std::map<std::string, std::string> profiles;  // by name: /usr/share/pam-configs/*
};

// The files by type. `format` errors name the profile whose line is none of pam.conf(5), or the template without its
// marks.
[[nodiscard]] Result<std::map<std::string, std::string>> make_pam_stacks(const PamInputs& inputs);

}  // namespace pith::compose
