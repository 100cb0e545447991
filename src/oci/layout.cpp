#include "oci/layout.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "oci/root_folder.h"

namespace pith::oci {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_mark_bytes = 64 * KiB;

// What was made so far; taken away again in reverse order unless it is kept. Holds the lock until after that.
class Rollback {
public:
    Rollback() = default;
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        std::error_code ignored;
        for (auto it = m_made.rbegin(); it != m_made.rend(); ++it) fs::remove(*it, ignored);
    }
    void made(fs::path path) { m_made.push_back(std::move(path)); }
    void hold(Fd lock) { m_lock = std::move(lock); }
    void keep() { m_made.clear(); }

private:
    std::vector<fs::path> m_made;
    Fd m_lock;
};

Result<> make_folder(const fs::path& folder, Rollback& rollback) {
    if (::mkdir(folder.c_str(), 0777) == 0)
        rollback.made(folder);
    else if (errno != EEXIST)
        return fail_errno("make folder", folder);
    return {};
}

// Holds off other writers until the descriptor is closed. A file system without locks is written to all the same.
Result<Fd> lock(const fs::path& folder, Progress& progress) {
    Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return fail_errno("open folder", folder);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        progress.note(fmt::format("waiting for another process that writes to '{}'", folder.string()));
        while (::flock(fd.get(), LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    return fd;
}

// Whether the folder already holds a layout; an error if it holds anything else.
Result<bool> is_layout(const fs::path& folder) {
    std::error_code error;
    bool empty = fs::is_empty(folder, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot read '{}': {}", folder.string(), error.message()));
    if (empty) return false;
    auto mark = read_text(folder / "oci-layout", most_mark_bytes);
    if (!mark && mark.error().code == ErrorCode::not_found)
        return fail(ErrorCode::usage, fmt::format("'{}' is neither empty nor an OCI image layout (it has no file "
                                                  "oci-layout); name another folder",
                                                  folder.string()));
    auto json = nlohmann::json::parse(TRY(mark), nullptr, false);
    if (!json.is_object() || json.value("imageLayoutVersion", nlohmann::json()) != "1.0.0")
        return fail(ErrorCode::format, fmt::format("'{}' is not an OCI image layout of version 1.0.0; remove it or "
                                                   "name another folder",
                                                   (folder / "oci-layout").string()));
    return true;
}

// The present index.json. A layout without one is what an interrupted first writing leaves: it holds no names.
Result<std::optional<std::string>> present_index(const fs::path& folder) {
    auto text = read_text(folder / "index.json", most_index_bytes);
    if (text) return std::move(*text);
    if (text.error().code == ErrorCode::not_found) return std::nullopt;
    return std::unexpected(std::move(text).error());
}

bool holds(const fs::path& path, const Blob& blob) {
    auto file = MappedFile::open(path);
    return file && check_blob(file->bytes(), blob);
}

Result<> add_blobs(const std::vector<Blob>& blobs, const fs::path& folder, Rollback& rollback, Progress& progress) {
    for (const auto& blob : blobs) {
        auto path = folder / blob.descriptor.digest.hex();
        if (!holds(path, blob)) {
            bool is_new = !fs::exists(fs::symlink_status(path));
            auto writer = TRY(write_blob(blob, path));
            TRY(writer.commit());
            if (is_new) rollback.made(path);
        }
        progress.advance(blob.descriptor.size);
    }
    return {};
}

}  // namespace

std::string_view layout_mark() { return R"({"imageLayoutVersion":"1.0.0"})"; }

Result<> write_layout(const BlobSet& set, const fs::path& folder, std::string_view name, Progress& progress) {
    return add_to_layout(set.blobs, set.tops(name), folder, progress);
}

Result<> write_new_layout(const BlobSet& set, const fs::path& folder, std::string_view name, Progress& progress) {
    auto place = TRY(prepare_place(folder));
    auto temporary = temporary_beside(place);
    TRY(write_layout(set, temporary, name, progress));
    if (::rename(temporary.c_str(), place.c_str()) == 0) return {};
    auto error = fail_errno("rename into place", place);
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    return error;
}

Result<> add_to_layout(const std::vector<Blob>& blobs, const std::vector<Top>& tops, const fs::path& folder,
                       Progress& progress) {
    Rollback rollback;
    if (folder.has_parent_path()) TRY(make_folders(folder.parent_path()));
    TRY(make_folder(folder, rollback));
    rollback.hold(TRY(lock(folder, progress)));
    for (const char* own : {"oci-layout", "index.json"}) remove_abandoned(folder, own);
    bool existed = TRY(is_layout(folder));
    auto present = TRY(present_index(folder));
    auto index = tops.empty() ? std::string() : TRY(layout_index(present, tops));
    if (!existed) {
        TRY(write_file(folder / "oci-layout", as_bytes(layout_mark())));
        rollback.made(folder / "oci-layout");
    }
    TRY(make_folder(folder / "blobs", rollback));
    TRY(make_folder(folder / "blobs" / "sha256", rollback));
    remove_abandoned(folder / "blobs" / "sha256");
    TRY(add_blobs(blobs, folder / "blobs" / "sha256", rollback, progress));
    if (!tops.empty()) TRY(write_file(folder / "index.json", as_bytes(index)));
    rollback.keep();
    return {};
}

}  // namespace pith::oci
