#include "inventory/sbom.h"

#include <fmt/format.h>

#include <set>

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
        for (const auto& joined : package.joined) text(joined.purl + " " + joined.evidence);
        if (package.built) text(package.built->sha256.text() + package.built->origin + package.built->why);
    }
    for (const auto& file : inventory.files) {
        text(file.path);
        hasher.update(file.sha256.value);
    }
    return hasher.digest();
}

std::string to_purls(const Inventory& inventory) {
    std::set<std::string> lines;  // one package may be at several places
    for (const auto& package : inventory.packages) lines.insert(package.purl);
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
}

std::string uuid_of(Digest digest) {
    digest.value[6] = (digest.value[6] & std::byte{0x0f}) | std::byte{0x80};
    digest.value[8] = (digest.value[8] & std::byte{0x3f}) | std::byte{0x80};
    auto hex = digest.hex();
    return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                       hex.substr(20, 12));
}

}  // namespace pith::inventory
