// podman names what it pulls from a layout after the layout's path, and would move a name that someone uses. So the
// layout is pulled through a link in a fresh folder of our own, and an archive is unpacked there first. The folder is
// in /tmp whatever TMPDIR says, for an image's name has no upper-case letters.
#include "runner/loaded_image.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace pith::runner {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes pull_limit(10);
constexpr std::string_view layout_prefix = "oci:", archive_prefix = "oci-archive:";

struct Source {
    fs::path path;
    std::string tag;  // empty: the only image
    bool archive = false;
};

// A tag has no '/', and a path that exists with its ':' is a path.
Result<Source> parse(std::string_view reference) {
    Source out;
    out.archive = reference.starts_with(archive_prefix);
    if (!out.archive && !reference.starts_with(layout_prefix))
        return fail(
            ErrorCode::usage,
            fmt::format("image '{}': only oci:DIR[:TAG] and oci-archive:FILE[:TAG] can be run", printable(reference)));
    auto rest = reference.substr(out.archive ? archive_prefix.size() : layout_prefix.size());
    std::error_code ignored;
    auto colon = rest.rfind(':');
    if (colon != std::string_view::npos && !rest.substr(colon).contains('/') && !fs::exists(rest, ignored)) {
        out.tag = rest.substr(colon + 1);
        rest = rest.substr(0, colon);
    }
    out.path = fs::absolute(rest, ignored);
    if (!fs::exists(out.path, ignored))
        return fail(ErrorCode::not_found,
                    fmt::format("image '{}': there is no '{}'", printable(reference), out.path.string()));
    return out;
}

Result<> unpack(const fs::path& archive, const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0)
        return fail(ErrorCode::io, fmt::format("make folder '{}': {}", folder.string(), std::strerror(errno)));
    auto outcome = TRY(run({"tar", "-xf", archive.string(), "-C", folder.string()}, pull_limit));
    if (outcome.exit_code != 0)
        return fail(ErrorCode::format,
                    fmt::format("unpack '{}': {}", archive.string(), printable(trim(outcome.err), 1000)));
    return {};
}

}  // namespace

Result<LoadedImage> LoadedImage::load(const Engine& engine, const std::string& reference, const std::string& platform) {
    auto folder = fs::path("/tmp") / unique_name();
    if (::mkdir(folder.c_str(), 0700) != 0)
        return fail(ErrorCode::io, fmt::format("make folder '{}': {}", folder.string(), std::strerror(errno)));
    LoadedImage image(engine, std::move(folder), platform);
    TRY(image.pull(reference));
    return image;
}

Result<> LoadedImage::pull(const std::string& reference) {
    auto source = TRY(parse(reference));
    auto place = m_folder / "image";
    if (source.archive) {
        TRY(unpack(source.path, place));
    } else {
        std::error_code error;
        fs::create_directory_symlink(source.path, place, error);
        if (error) return fail(ErrorCode::io, fmt::format("make link '{}': {}", place.string(), error.message()));
    }
    m_name = "localhost" + place.string();
    auto tag = source.tag.empty() ? "" : ":" + source.tag;
    std::vector<std::string> call = {"pull", "--quiet"};
    if (!m_platform.empty()) call.push_back("--platform=" + m_platform);
    call.push_back("oci:" + place.string() + tag);
    TRY(context(m_engine.expect(call, pull_limit), reference));
    return {};
}

LoadedImage::LoadedImage(LoadedImage&& other) noexcept
    : m_engine(std::move(other.m_engine)),
      m_folder(std::exchange(other.m_folder, {})),
      m_platform(std::move(other.m_platform)),
      m_name(std::exchange(other.m_name, {})) {}

LoadedImage::~LoadedImage() {
    if (!m_name.empty()) (void)m_engine.call({"image", "rm", "--force", m_name}, pull_limit);
    std::error_code ignored;
    if (!m_folder.empty()) fs::remove_all(m_folder, ignored);
}

Result<std::string> LoadedImage::user() const {
    auto outcome =
        TRY(m_engine.expect({"image", "inspect", "--format", "{{.Config.User}}", m_name}, std::chrono::minutes(1)));
    return std::string(trim(outcome.out));
}

}  // namespace pith::runner
