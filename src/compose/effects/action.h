// What a maintainer script does to an image, as data: the symbolic actions that stand for it.
//
// An action says what the script asks for, not which bytes result, so that it can be evaluated over the
// whole image: the same `user` action gives the account that fits this image's other accounts, the same
// `copy` the file that this image's package ships. Unless it says otherwise, an action leaves alone what is
// already there, as a first installation does. docs/effects.md describes each kind for authors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pith::compose {

struct Action {
    enum class Kind {
        user,         // adduser/useradd --system: name, home, shell, gecos, group, groups
        group,        // addgroup/groupadd --system: name
        folder,       // path, owner, mode: made if missing; `replace`: what is there becomes this
        owner,        // path and the user and group it gets (chown, statoverride)
        mode,         // path and the mode it gets (chmod, statoverride)
        link,         // path → target; `replace`: whatever is there, an empty shipped folder included
        copy,         // target (FROM, a file or all files below it) → path (TO), with owner and mode
        file,         // path with content
        remove,       // path goes
        alternative,  // update-alternatives: path (the link), name, target, priority, slaves
        trigger,      // name: a generator runs whatever else asks for it ("ldconfig", "ca-certificates")
        tmpfiles,     // systemd-tmpfiles --create name: the lines of that file in tmpfiles.d
        divert,       // dpkg-divert --rename: another package's file at path goes to target
        stop,         // where `when` holds the model does not, and the build stops: content is the reason
    } kind = Kind::folder;

    std::string path, target, content;
    std::string name, home, shell, gecos, group;
    std::vector<std::string> groups;
    std::string owner_user, owner_group;  // names; empty: root
    std::optional<std::uint32_t> mode;
    bool replace = false;
    std::string when;  // the action holds only where the image has this path, or one like it; empty: always
    int priority = 0;
    struct Slave {
        std::string link, name, target;
        bool operator==(const Slave&) const = default;
    };
    std::vector<Slave> slaves;

    bool operator==(const Action&) const = default;
};

}  // namespace pith::compose
