#include "compose/effects/model.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/schema.h"
#include "compose/effects/action_yaml.h"
#include "compose/effects/embedded.h"

namespace pith::compose {

namespace fs = std::filesystem;
using yaml::Node;

namespace {

constexpr std::string_view templates_file = "debhelper.yaml", line_digests_file = "line-digests.tsv",
                           not_modelled_file = "not-modelled.yaml";
constexpr std::uint64_t most_file_bytes = 4 * MiB;

Result<Digest> read_digest(const Node& node, std::string_view what) {
    auto text = TRY(read_text(node, what));
    if (auto digest = Digest::parse(text)) return *digest;
    return fail_at(
        node, fmt::format("'{}' should be a SHA-256 of 64 hexadecimal digits, but is '{}'", what, printable(text)));
}

// One digest, or a list of them.
Result<std::vector<Digest>> read_digests(const Node& node, std::string_view what) {
    std::vector<Digest> out;
    if (node.kind == Node::Kind::scalar) {
        out.push_back(TRY(read_digest(node, what)));
        return out;
    }
    TRY(read_list(node, what, [&](const Node& item) -> Result<> {
        out.push_back(TRY(read_digest(item, what)));
        return {};
    }));
    if (out.empty()) return fail_at(node, fmt::format("'{}' names no digest", what));
    return out;
}

Result<std::string> read_script_name(const Node& node) {
    auto text = TRY(read_text(node, "script"));
    auto dot = text.rfind('.');
    auto kind = dot == std::string::npos ? std::string_view{} : std::string_view(text).substr(dot + 1);
    if (dot != 0 && (kind == "preinst" || kind == "postinst")) return text;
    return fail_at(node,
                   fmt::format("'script' should be PACKAGE.preinst or PACKAGE.postinst, but is '{}'{}", printable(text),
                               kind == "prerm" || kind == "postrm" ? "; a first installation does not run it" : ""));
}

std::string digests_schema() {
    return schema::any_of({schema::digest(), R"({"type":"array","minItems":1,"items":)" + schema::digest() + "}"});
}

Field digests_field(std::string_view key, std::vector<Digest>& into) {
    auto read = [key, &into](const Node& node) -> Result<> {
        into = TRY(read_digests(node, key));
        return {};
    };
    return {key, read, digests_schema};
}

std::vector<Field> source_fields(SourcedFile& source) {
    return {path_field("path", source.path), digests_field("sha256", source.sha256)};
}

std::string source_schema() {
    SourcedFile source;
    return schema::mapping(source_fields(source), {"path", "sha256"});
}

Result<> read_source(const Node& node, std::vector<SourcedFile>& sources) {
    SourcedFile out;
    TRY(read_mapping(node, "sources", source_fields(out)));
    if (out.path.empty() || out.sha256.empty()) return fail_at(node, "a source has 'path' and 'sha256'");
    sources.push_back(std::move(out));
    return {};
}

// `digests_key` is what an entry calls the digests: "remainder" in the data, "sha256" in a definition.
std::vector<Field> effects_fields(Effects& out, std::string_view digests_key) {
    auto script = [&out](const Node& node) -> Result<> {
        out.script = TRY(read_script_name(node));
        return {};
    };
    auto actions = [&out](const Node& node) -> Result<> {
        out.actions = TRY(parse_actions(node));
        return {};
    };
    auto debconf = [&out](const Node& node) -> Result<> {
        for (auto& [question, answer] : TRY(read_text_map(node, "debconf"))) out.debconf.push_back({question, answer});
        return {};
    };
    return {{"script", script, [] { return schema::pattern("^.+\\.(preinst|postinst)$"); },
             "PACKAGE.preinst or PACKAGE.postinst"},
            digests_field(digests_key, out.remainder),
            text_field("none", out.none, "why it changes nothing"),
            text_field("left-out", out.left_out, "what of it is left out, and why"),
            {"actions", actions, actions_schema, "what it does"},
            {"debconf", debconf, schema::text_map, "answers that it takes for granted"},
            items_field(
                "sources", read_source, out.sources, [] { return schema::list_of(source_schema()); },
                "files that it reads, with their digests")};
}

Result<Effects> read_effects(const Node& node, std::string_view digests_key) {
    Effects out;
    out.place = node.place();
    TRY(read_mapping(node, "script", effects_fields(out, digests_key)));
    if (out.script.empty()) return fail_at(node, "an entry needs 'script'");
    if (out.remainder.empty()) return fail_at(node, fmt::format("an entry needs '{}'", digests_key));
    if (out.none.empty() == out.actions.empty())
        return fail_at(node, "an entry has either 'none' with the reason or 'actions'");
    if (!out.left_out.empty() && out.actions.empty()) return fail_at(node, "'left-out' stands beside 'actions'");
    return out;
}

// effects/SOURCE.yaml
Result<std::vector<Effects>> read_source_file(std::string_view text, const std::string& name) {
    std::vector<Effects> out;
    std::string source;
    auto root = TRY(yaml::parse(text, "effects/" + name));
    TRY(read_mapping(root, "effects",
                     {text_field("source", source), {"scripts", [&](const Node& list) {
                                                         return read_list(
                                                             list, "scripts", [&](const Node& item) -> Result<> {
                                                                 out.push_back(TRY(read_effects(item, "remainder")));
                                                                 return {};
                                                             });
                                                     }}}));
    if (source + ".yaml" != name)
        return fail_at(root, fmt::format("'source' should be the file's own name, but is '{}'", printable(source)));
    return out;
}

// effects/not-modelled.yaml: why, by script.
Result<std::map<std::string, std::string>> read_not_modelled(std::string_view text) {
    std::map<std::string, std::string> out;
    auto root = TRY(yaml::parse(text, fmt::format("effects/{}", not_modelled_file)));
    TRY(read_mapping(root, "not-modelled", {{"scripts", [&](const Node& map) -> Result<> {
                                                 out = TRY(read_text_map(map, "scripts"));
                                                 return {};
                                             }}}));
    return out;
}

// "SHA-256 of the remainder <tab> eight digits a line of it", a row each.
Result<std::map<Digest, std::vector<LineDigest>>> read_line_digests(std::string_view text) {
    std::map<Digest, std::vector<LineDigest>> out;
    int number = 0;
    for (auto row : split(text, '\n')) {
        ++number;
        if (row.empty() || row.starts_with('#')) continue;
        auto bad = [&] {
            return fail(ErrorCode::format,
                        fmt::format("effects/{}:{}: not a row of line digests", line_digests_file, number));
        };
        auto columns = split(row, '\t');
        if (columns.size() != 2 || columns[1].size() % 8 != 0) return bad();
        auto digest = Digest::parse(columns[0]);
        if (!digest) return bad();
        auto& lines = out[*digest];
        for (std::size_t i = 0; i < columns[1].size(); i += 8) {
            auto value = parse_number(columns[1].substr(i, 8), 16);
            if (!value) return bad();
            lines.push_back(static_cast<LineDigest>(*value));
        }
    }
    return out;
}

bool covers(const Effects& effects, const Digest& digest) {
    return std::find(effects.remainder.begin(), effects.remainder.end(), digest) != effects.remainder.end();
}

void add(Modelled& out, const Effects& effects, const MaintainerScript& script) {
    for (auto action : effects.actions) {
        replace_texts(action, [&](std::string_view text) { return with_own_names(script, text); });
        out.actions.push_back(std::move(action));
    }
    for (const auto& reason : {effects.none, effects.left_out})
        if (!reason.empty()) out.reasons.push_back(reason);
    out.debconf.insert(out.debconf.end(), effects.debconf.begin(), effects.debconf.end());
    out.sources.insert(out.sources.end(), effects.sources.begin(), effects.sources.end());
}

Digest digest_of(const Modelled& modelled, const NormalScript& script) {
    Hasher hasher;
    auto feed = [&](std::string_view kind, std::string_view text) {
        hasher.update(fmt::format("{} {}\n", kind, text.size())).update(text).update("\n");
    };
    for (const auto& section : script.sections) feed("section", section.digest.hex());
    feed("remainder", script.remainder.digest.hex());
    for (const auto& action : modelled.actions) feed("action", to_text(action));
    for (const auto& reason : modelled.reasons) feed("none", reason);
    for (const auto& [question, answer] : modelled.debconf) {
        feed("debconf", question);
        feed("answer", answer);
    }
    for (const auto& [path, digests] : modelled.sources) {
        feed("source", path);
        for (const auto& digest : digests) feed("sha256", digest.hex());
    }
    return hasher.digest();
}

}  // namespace

Result<std::vector<Effects>> parse_answers(const Node& list) {
    std::vector<Effects> out;
    TRY(read_list(list, "effects", [&](const Node& item) -> Result<> {
        out.push_back(TRY(read_effects(item, "sha256")));
        return {};
    }));
    return out;
}

std::string answers_schema() {
    Effects effects;
    return schema::list_of(schema::mapping(effects_fields(effects, "sha256"), {"script", "sha256"},
                                           R"("oneOf":[{"required":["none"]},{"required":["actions"]}],)"
                                           R"("dependentRequired":{"left-out":["actions"]})"));
}

Result<EffectsModel> EffectsModel::from(const std::vector<File>& files) {
    EffectsModel model;
    for (const auto& [name, text] : files) {
        if (name == templates_file) {
            model.m_templates = TRY(SectionTemplates::parse(text, "effects/" + name));
        } else if (name == line_digests_file) {
            model.m_line_digests = TRY(read_line_digests(text));
        } else if (name == not_modelled_file) {
            model.m_not_modelled = TRY(read_not_modelled(text));
        } else {
            for (auto& effects : TRY(read_source_file(text, name))) {
                auto& known = model.m_effects[effects.script];
                for (const auto& other : known)
                    for (const auto& digest : effects.remainder)
                        if (covers(other, digest))
                            return fail(ErrorCode::format, fmt::format("{}: {} {} stands at {} already", effects.place,
                                                                       effects.script, digest.brief(), other.place));
                known.push_back(std::move(effects));
            }
        }
    }
    return model;
}

Result<EffectsModel> EffectsModel::built_in() {
    std::vector<File> files;
    for (const auto& [name, text] : embedded_effects()) files.push_back({std::string(name), std::string(text)});
    return from(files);
}

Result<EffectsModel> EffectsModel::load(const fs::path& folder) {
    std::set<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (auto ending = it->path().extension(); ending == ".yaml" || ending == ".tsv")
            names.insert(it->path().filename());
    if (error) return fail(ErrorCode::io, fmt::format("reading the folder {}: {}", folder.string(), error.message()));
    std::vector<File> files;
    for (const auto& name : names) {
        auto text = TRY(pith::read_text(folder / name, most_file_bytes));
        files.push_back({name, std::move(text)});
    }
    return from(files);
}

void EffectsModel::add_answers(std::vector<Effects> answers) {
    for (auto& answer : answers) m_answers.push_back(std::move(answer));
}

const Effects* EffectsModel::find(const std::string& script, const Digest& digest) const {
    for (const auto& answer : m_answers)
        if (answer.script == script && covers(answer, digest)) return &answer;
    auto known = m_effects.find(script);
    if (known == m_effects.end()) return nullptr;
    for (const auto& effects : known->second)
        if (covers(effects, digest)) return &effects;
    return nullptr;
}

std::optional<Nearest> EffectsModel::nearest_to(const std::string& script, const ScriptPart& remainder) const {
    std::optional<Nearest> best;
    auto known = m_effects.find(script);
    if (known == m_effects.end()) return best;
    const auto lines = line_digests(remainder);
    for (const auto& effects : known->second)
        for (const auto& digest : effects.remainder) {
            auto old = m_line_digests.find(digest);
            if (old == m_line_digests.end()) continue;
            auto found = difference(old->second, lines);
            auto changes = [](const LineDifference& d) { return d.added.size() + d.removed.size(); };
            if (!best || changes(found) < changes(best->difference))
                best = Nearest{digest, effects.place, old->second.size(), std::move(found)};
        }
    return best;
}

Result<Modelled> EffectsModel::effects_of(const MaintainerScript& script) const {
    const auto normal = TRY(normalise(script));
    const auto name = script.name();
    Modelled out;
    std::vector<UnmodelledPart> unknown;

    auto take_section = [&](const ScriptPart& section) {
        if (section.lines.empty()) return;
        if (const auto* answer = find(name, section.digest)) return add(out, *answer, script);
        auto effects = m_templates.match(section);
        if (!effects) return unknown.push_back({&section, std::nullopt});
        out.actions.insert(out.actions.end(), effects->actions.begin(), effects->actions.end());
        if (!effects->none.empty()) out.reasons.push_back(effects->none);
    };
    auto take_remainder = [&] {
        if (normal.remainder.lines.empty()) return;
        if (const auto* effects = find(name, normal.remainder.digest)) return add(out, *effects, script);
        unknown.push_back({&normal.remainder, nearest_to(name, normal.remainder)});
    };
    // In the order of the script: a section that stands before the first line of the remainder comes first.
    auto comes_first = [&](const ScriptPart& section) {
        return !section.lines.empty() && !normal.remainder.lines.empty() &&
               section.lines.front().number < normal.remainder.lines.front().number;
    };
    for (const auto& section : normal.sections)
        if (comes_first(section)) take_section(section);
    take_remainder();
    for (const auto& section : normal.sections)
        if (!comes_first(section)) take_section(section);

    if (!unknown.empty()) return fail(ErrorCode::unmodelled, unmodelled_message(script, unknown));
    out.digest = digest_of(out, normal);
    return out;
}

Result<Explanation> EffectsModel::explain(const MaintainerScript& script) const {
    auto normal = TRY(normalise(script));
    auto explained = [&](ScriptPart part) {
        Explanation::Part out;
        if (const auto* entry = find(script.name(), part.digest)) {
            Modelled modelled;
            add(modelled, *entry, script);
            out = {{}, true, entry->place, std::move(modelled.actions), std::move(modelled.reasons)};
        } else if (auto section = part.helper.empty() ? std::nullopt : m_templates.match(part)) {
            out = {{}, true, "", std::move(section->actions), {}};
            if (!section->none.empty()) out.reasons.push_back(section->none);
        }
        out.part = std::move(part);
        return out;
    };
    Explanation out;
    for (auto& section : normal.sections) out.sections.push_back(explained(std::move(section)));
    if (!normal.remainder.lines.empty()) out.remainder = explained(std::move(normal.remainder));
    return out;
}

std::vector<Coverage> coverage(const EffectsModel& model, const std::vector<PackageScripts>& packages) {
    std::vector<Coverage> out;
    for (const auto& package : packages) {
        Coverage row{package.package, package.version, package.scripts.size(), {}, !package.scripts.empty()};
        for (const auto& script : package.scripts) {
            if (auto modelled = model.effects_of(script); !modelled) {
                auto why = model.not_modelled().find(script.name());
                row.unmodelled.push_back({script.name(), modelled.error().text(),
                                          why == model.not_modelled().end() ? std::string() : why->second});
            }
            auto normal = normalise(script);
            row.sections_only = row.sections_only && normal && normal->remainder.lines.empty();
        }
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace pith::compose
