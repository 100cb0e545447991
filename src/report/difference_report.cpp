#include "report/difference_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/table.h"

namespace pith::report {

using inventory::Change;
using inventory::ChangedFile;
using inventory::Difference;
using inventory::Package;
using json = nlohmann::ordered_json;

namespace {

template <class T>
std::string_view verb(const Change<T>& change) {
    if (!change.before) return "added";
    return change.after ? "changed" : "removed";
}

std::string version_of(const Package* package) { return package ? printable(package->version) : ""; }

struct Counts {
    std::size_t added = 0, removed = 0, changed = 0;
};

template <class T>
void count(const Change<T>& change, Counts& counts) {
    ++(!change.before ? counts.added : change.after ? counts.changed : counts.removed);
}

Counts count_files(const Difference& difference) {
    Counts out;
    for (const auto& each : difference.files) count(each.file, out);
    return out;
}

std::string what_of(const ChangedFile& changed) {
    std::vector<std::string> out;
    for (auto what : changed.what) out.emplace_back(to_text(what));
    return join(out, ", ");
}

std::string signed_size(std::uint64_t before, std::uint64_t after) {
    return after >= before ? "+" + human_size(after - before) : "-" + human_size(before - after);
}

std::string totals_table(const Difference& difference) {
    const auto &before = difference.before, &after = difference.after;
    auto row = [](std::string name, std::size_t a, std::size_t b) {
        auto delta = b >= a ? fmt::format("+{}", b - a) : fmt::format("-{}", a - b);
        return std::vector<std::string>{std::move(name), fmt::format("{}", a), fmt::format("{}", b), delta};
    };
    return table({{""}, {"before", true}, {"after", true}, {"difference", true}},
                 {row("packages", before.packages, after.packages),
                  row("files", before.files, after.files),
                  {"size", human_size(before.bytes), human_size(after.bytes), signed_size(before.bytes, after.bytes)},
                  row("setuid files", before.setuid.size(), after.setuid.size()),
                  row("shells", before.shells.size(), after.shells.size())});
}

json package_json(const Change<Package>& change) {
    const auto& either = change.before ? *change.before : *change.after;
    json out = {{"change", verb(change)}, {"name", either.name}};
    for (auto [key, side] : {std::pair{"before", change.before}, std::pair{"after", change.after}})
        if (side) out[key] = {{"version", side->version}, {"architecture", side->architecture}, {"purl", side->purl}};
    return out;
}

json file_json(const ChangedFile& changed) {
    const auto& change = changed.file;
    json out = {{"change", verb(change)}, {"path", "/" + (change.before ? change.before : change.after)->path}};
    for (auto what : changed.what) out["what"].push_back(to_text(what));
    for (auto [key, file] : {std::pair{"before", change.before}, std::pair{"after", change.after}}) {
        if (!file) continue;
        json side = {{"mode", fmt::format("{:04o}", file->mode)}, {"uid", file->uid}, {"gid", file->gid}};
        if (file->type == archive::EntryType::file) side["size"] = file->size, side["sha256"] = file->sha256.hex();
        if (!file->link.empty()) side["link"] = file->link;
        out[key] = std::move(side);
    }
    return out;
}

json totals_json(const inventory::Totals& totals) {
    return {{"packages", totals.packages},
            {"files", totals.files},
            {"bytes", totals.bytes},
            {"setuid", totals.setuid},
            {"shells", totals.shells}};
}

}  // namespace

std::string to_text(const Difference& difference, bool files) {
    auto out = totals_table(difference);
    std::vector<std::vector<std::string>> rows;
    for (const auto& change : difference.packages)
        rows.push_back({std::string(verb(change)), printable((change.before ? change.before : change.after)->name),
                        version_of(change.before), version_of(change.after)});
    if (!rows.empty()) out += "\n" + table({{""}, {"package"}, {"before"}, {"after"}}, rows);
    auto counts = count_files(difference);
    out += fmt::format("\n  files: {} added, {} removed, {} changed{}\n", counts.added, counts.removed, counts.changed,
                       files || difference.files.empty() ? "" : " (--files lists them)");
    if (!files) return out;
    rows.clear();
    for (const auto& each : difference.files)
        rows.push_back({std::string(verb(each.file)),
                        "/" + printable((each.file.before ? each.file.before : each.file.after)->path, 1000),
                        what_of(each)});
    return rows.empty() ? out : out + "\n" + table({{""}, {"file"}, {"what"}}, rows);
}

std::string to_json(const Difference& difference, bool files) {
    json packages = json::array(), changed = json::array();
    for (const auto& change : difference.packages) packages.push_back(package_json(change));
    for (const auto& each : difference.files) changed.push_back(file_json(each));
    auto counts = count_files(difference);
    json out = {{"before", totals_json(difference.before)},
                {"after", totals_json(difference.after)},
                {"packages", std::move(packages)},
                {"fileCounts", {{"added", counts.added}, {"removed", counts.removed}, {"changed", counts.changed}}}};
    if (files) out["files"] = std::move(changed);
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace pith::report
