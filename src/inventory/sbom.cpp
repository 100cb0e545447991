#include "inventory/sbom.h"

#include <fmt/format.h>

namespace pith::inventory {

Digest document_digest(const Inventory& inventory, std::string_view kind) {
    Hasher hasher;
    auto text = [&](std::string_view value) { hasher.update(fmt::format("{}:", value.size())).update(value); };
    text(kind);
    text(inventory.name);
    if (inventory.digest) text(inventory.digest->text());
    for (const auto& note : inventory.notes) text(note);
    for (const auto& package : inventory.packages) {
        text(package.purl);
        if (package.built) text(package.built->sha256.text() + package.built->origin + package.built->why);
    }
    for (const auto& file : inventory.files) {
        text(file.path);
        hasher.update(file.sha256.value);
    }
    return hasher.digest();
}

std::string to_purls(const Inventory& inventory) {
    std::string out;
    for (const auto& package : inventory.packages) out += package.purl + "\n";
    return out;
}

}  // namespace pith::inventory
