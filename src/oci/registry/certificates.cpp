#include "oci/registry/certificates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace pith::oci::registry {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_certificates = MiB;

std::vector<fs::path> certificate_folders(const std::string& host) {
    std::vector<fs::path> out{fs::path("/etc/containers/certs.d") / host, fs::path("/etc/docker/certs.d") / host};
    if (const char* home = std::getenv("HOME"); home && *home)
        out.push_back(fs::path(home) / ".config/containers/certs.d" / host);
    return out;
}

}  // namespace

Result<std::string> certificates_for(const std::string& host, const fs::path& ca_file) {
    std::string out;
    if (!ca_file.empty()) out = TRY(context(read_text(ca_file, most_certificates), "--ca-file"));
    for (const auto& folder : certificate_folders(host)) {
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
            if (it->path().extension() == ".crt") files.push_back(it->path());
        std::ranges::sort(files);
        for (const auto& file : files) {
            out += TRY(read_text(file, most_certificates)) + "\n";
            if (out.size() > most_certificates)
                return fail(ErrorCode::limit, fmt::format("the certificates in '{}' are larger than {}",
                                                          folder.string(), human_size(most_certificates)));
        }
    }
    return out;
}

}  // namespace pith::oci::registry
