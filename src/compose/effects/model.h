// What is known about the effects of maintainer scripts: the data in effects/ (one YAML file a source
// package, docs/effects.md describes its form), which is compiled into the program, and the answers that a
// definition gives for itself under `effects`.
//
// A script counts as modelled when every section that debhelper wrote matches a template and the remainder's
// digest is known. Anything else is an `unmodelled` error, which shows the script and the ways to answer.
// Thread-safety: an EffectsModel is a value; its const functions may be called from several threads.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"
#include "compose/effects/action.h"
#include "compose/effects/debhelper.h"
#include "compose/effects/script.h"
#include "compose/effects/unmodelled.h"

namespace pith::compose {

// A question that a script asks debconf, and the answer that its model takes for granted.
struct DebconfAnswer {
    std::string question, answer;
    bool operator==(const DebconfAnswer&) const = default;
};

// A file that a script reads or sources: what it does depends on it, so the model holds only while the file
// is one of these.
struct SourcedFile {
    std::string path;
    std::vector<Digest> sha256;
    bool operator==(const SourcedFile&) const = default;
};

// One entry: the effects of one script, for every digest of its remainder that is known to mean the same. In the texts
// of actions, @PKG@, @VER@, @ARCH@ and @TRIPLET@ stand for the package's own, as in a normalised script.
struct Effects {
    std::string script;  // "nginx-common.postinst"
    std::vector<Digest> remainder;
    std::vector<Action> actions;
    std::string none;  // why nothing happens; set if and only if there are no actions
    std::string
        left_out;  // what else the script does and an image does without, with the reason; may stand beside actions
    std::vector<DebconfAnswer> debconf;
    std::vector<SourcedFile> sources;
    std::string place;  // "effects/nginx.yaml:12" or "image.yaml:31", for messages and records
};

// What one script of one package does to an image.
struct Modelled {
    std::vector<Action> actions;       // in the order in which they take effect
    std::vector<std::string> reasons;  // why parts of the script change nothing, or are left out
    std::vector<DebconfAnswer> debconf;
    std::vector<SourcedFile> sources;
    Digest digest;  // of all of the above and the script's own digests: an input to caches and the lock
};

// The list under a definition's `effects` key: items of {script, sha256, none | actions [, left-out, debconf,
// sources]}.
// An answer's digest is that of a remainder, or of a section that no template matches.
[[nodiscard]] Result<std::vector<Effects>> parse_answers(const yaml::Node& list);
[[nodiscard]] std::string answers_schema();  // of the same, see definition/schema.h

// A script taken apart, each part with what is known of it.
struct Explanation {
    struct Part {
        ScriptPart part;
        bool known = false;
        std::string place;  // of the entry that knows it; empty for a section that a template matches
        std::vector<Action> actions;
        std::vector<std::string> reasons;
    };
    std::vector<Part> sections;
    std::optional<Part> remainder;  // none where debhelper wrote everything
};

class EffectsModel {
public:
    // The data this program was built with. An error is a fault of the build.
    [[nodiscard]] static Result<EffectsModel> built_in();
    // The data of a folder with the layout of effects/.
    [[nodiscard]] static Result<EffectsModel> load(const std::filesystem::path& folder);

    // A definition's own answers; they win over the data.
    void add_answers(std::vector<Effects> answers);

    // Of a preinst or postinst; no other script runs on a first installation. `unmodelled` where a part of the script
    // is unknown, with all of them in the message.
    [[nodiscard]] Result<Modelled> effects_of(const MaintainerScript& script) const;

    [[nodiscard]] Result<Explanation> explain(const MaintainerScript& script) const;

    // Of scripts that were read and stop the build on purpose, by name: the reason (effects/not-modelled.yaml).
    [[nodiscard]] const std::map<std::string, std::string>& not_modelled() const { return m_not_modelled; }

private:
    struct File {
        std::string name, text;
    };
    [[nodiscard]] static Result<EffectsModel> from(const std::vector<File>& files);
    [[nodiscard]] const Effects* find(const std::string& script, const Digest& digest) const;
    [[nodiscard]] std::optional<Nearest> nearest_to(const std::string& script, const ScriptPart& remainder) const;

    std::map<std::string, std::vector<Effects>> m_effects;  // by script
    std::vector<Effects> m_answers;
    std::map<std::string, std::string> m_not_modelled;
    SectionTemplates m_templates;
    std::map<Digest, std::vector<LineDigest>> m_line_digests;  // of known remainders
};

// For `pith effects coverage`: one row a package, in the order given.
struct Coverage {
    struct Unmodelled {
        std::string script;   // "nginx-common.postinst"
        std::string message;  // the error in full
        std::string reason;   // why nobody models it, where effects/not-modelled.yaml says so
    };
    std::string package, version;
    std::size_t scripts = 0;  // preinst and postinst; 0: nothing to model
    std::vector<Unmodelled> unmodelled;
    bool sections_only = false;  // debhelper wrote all that the scripts do

    [[nodiscard]] bool complete() const { return unmodelled.empty(); }
};

struct PackageScripts {
    std::string package, version;
    std::vector<MaintainerScript> scripts;
};

[[nodiscard]] std::vector<Coverage> coverage(const EffectsModel& model, const std::vector<PackageScripts>& packages);

}  // namespace pith::compose
