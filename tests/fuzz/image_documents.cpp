#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oci/documents.h"

using namespace pith::oci;

// All readers of JSON take the same text; a configuration has a history of as many layers as it names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)read_index(text, "the index");
    (void)read_manifest(text, "the manifest");
    (void)read_docker_manifest(text);
    for (std::string_view said : {std::string_view(), media_type::manifest, media_type::index})
        if (auto facts = read_facts(text, said, "the manifest"))
            if (facts->is_index() ? !facts->blobs.empty() : !facts->manifests.empty()) std::abort();
    if (auto config = read_config(text, "the configuration"))
        if (config->created_by.size() != config->diff_ids.size()) std::abort();
    return 0;
}
