#include "compose/status_files.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

using archive::EntryType;

namespace {

TreeNode status_file(int owner, std::string text, std::int64_t mtime) {
    TreeNode node;
    node.owner = owner;
    node.mtime = mtime;
    node.size = text.size();
    node.content = std::make_shared<const std::string>(std::move(text));
    return node;
}

struct Owned {
    std::vector<std::pair<std::string, std::string>> files;  // path in the image → path in the package
    std::int64_t newest = undated;
};

}  // namespace

void add_status_files(Plan& plan) {
    std::vector<Owned> owned(plan.packages.size());
    for (const auto& [path, node] : plan.tree.nodes()) {
        if (node.owner == owned_by_image) continue;
        auto& mine = owned[static_cast<std::size_t>(node.owner)];
        auto& planned = plan.packages[static_cast<std::size_t>(node.owner)];
        ++planned.files;
        planned.bytes += node.size;
        mine.newest = std::max(mine.newest, node.mtime);
        if (node.type != EntryType::symlink) mine.files.emplace_back(path, node.content_path);
    }
    for (std::size_t i = 0; i < owned.size(); ++i) {
        if (plan.packages[i].files == 0) continue;
        const auto& facts = plan.packages[i].facts;
        std::set<std::string> conffiles(facts.conffiles.begin(), facts.conffiles.end());
        std::string sums, configuration;
        for (const auto& [path, shipped] : owned[i].files) {
            auto sum = facts.md5sums.find(shipped);
            if (sum == facts.md5sums.end()) continue;
            if (conffiles.contains(shipped))
                configuration += fmt::format("\n /{} {}", path, sum->second);
            else
                sums += fmt::format("{}  {}\n", sum->second, path);
        }
        std::string stanza(trim(facts.control));
        if (!configuration.empty()) stanza += "\nConffiles:" + configuration;
        auto name = "var/lib/dpkg/status.d/" + facts.name;
        auto owner = static_cast<int>(i);
        plan.tree.put(name, status_file(owner, stanza + "\n", owned[i].newest));
        plan.tree.put(name + ".md5sums", status_file(owner, sums, owned[i].newest));
    }
}

}  // namespace pith::compose
