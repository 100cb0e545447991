#include <cstdint>
#include <cstdlib>

#include "oci/registry/credentials.h"

using namespace pith::oci::registry;

// Of whatever file: credentials have a user or a token, and a helper is the name of a program and no path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const char* name : {"docker.io/library/nginx", "registry.example/team/app"})
        if (auto entry = read_auth_file(text, name, "auth.json")) {
            const auto& found = entry->credentials;
            if (found && found->user.empty() && found->identity_token.empty()) std::abort();
            if (entry->helper.contains('/')) std::abort();
        }
    (void)read_helper_answer(text);
    return 0;
}
