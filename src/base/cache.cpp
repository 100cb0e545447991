#include "base/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

namespace pith {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t record_header = 65;  // 64 hexadecimal digits and a line feed

void remove_damaged(const fs::path& path) {
    std::error_code ignored;
    fs::remove(path, ignored);
}

}  // namespace

fs::path Cache::default_folder() {
    auto variable = [](const char* name) -> std::string_view {
        const char* value = std::getenv(name);
        return value ? value : "";
    };
    if (auto own = variable("PITH_CACHE_DIR"); !own.empty()) return own;
    if (auto xdg = variable("XDG_CACHE_HOME"); !xdg.empty()) return fs::path(xdg) / "pith";
    if (auto home = variable("HOME"); !home.empty()) return fs::path(home) / ".cache" / "pith";
    return fs::temp_directory_path() / "pith-cache";
}

Result<Cache> Cache::open(fs::path folder) {
    TRY(context(make_folders(folder), "cache"));
    return Cache(std::move(folder));
}

fs::path Cache::blob_path(const Digest& digest) const {
    auto hex = digest.hex();
    return m_folder / "blobs" / "sha256" / hex.substr(0, 2) / hex;
}

fs::path Cache::record_path(std::string_view kind, const Digest& key) const {
    auto hex = key.hex();
    return m_folder / "records" / kind / hex.substr(0, 2) / hex;
}

std::optional<MappedFile> Cache::blob(const Digest& digest) const {
    auto path = blob_path(digest);
    auto file = MappedFile::open(path);
    if (!file) return std::nullopt;
    if (sha256(file->bytes()) != digest) {
        remove_damaged(path);
        return std::nullopt;
    }
    return std::move(*file);
}

Result<Digest> Cache::put_blob(ByteView bytes) const {
    auto digest = sha256(bytes);
    TRY(context(write_file(blob_path(digest), bytes), "cache"));
    return digest;
}

Result<FileWriter> Cache::blob_writer(const Digest& digest) const {
    return context(FileWriter::create(blob_path(digest)), "cache");
}

Result<> Cache::adopt_blob(const Digest& digest, const fs::path& file) const {
    auto path = blob_path(digest);
    TRY(context(make_folders(path.parent_path()), "cache"));
    Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno("open", file);
    if (::fchmod(fd.get(), 0644) != 0 || ::fsync(fd.get()) != 0) return fail_errno("finish", file);
    if (::rename(file.c_str(), path.c_str()) != 0) return fail_errno("rename into place", path);
    return {};
}

std::optional<Cache::MappedRecord> Cache::mapped_record(std::string_view kind, const Digest& key) const {
    auto path = record_path(kind, key);
    auto file = MappedFile::open(path);
    if (!file) return std::nullopt;
    auto bytes = file->bytes();
    if (bytes.size() >= record_header) {
        auto payload = bytes.subspan(record_header);
        if (as_text(bytes.first(record_header)) == sha256(payload).hex() + "\n")
            return MappedRecord{std::move(*file), payload};
    }
    remove_damaged(path);
    return std::nullopt;
}

std::optional<std::string> Cache::record(std::string_view kind, const Digest& key) const {
    auto mapped = mapped_record(kind, key);
    if (!mapped) return std::nullopt;
    return std::string(as_text(mapped->payload));
}

Result<> Cache::put_record(std::string_view kind, const Digest& key, std::string_view payload) const {
    auto writer = TRY(context(FileWriter::create(record_path(kind, key)), "cache"));
    TRY(writer.write(as_bytes(sha256(payload).hex() + "\n")));
    TRY(writer.write(as_bytes(payload)));
    return context(writer.commit(), "cache");
}

Result<std::vector<Cache::Usage>> Cache::usage() const {
    std::map<std::string, Usage> kinds;
    auto count = [&](const std::string& kind, const fs::path& folder) -> Result<> {
        std::error_code error;
        for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            if (!it->is_regular_file(error) || error) continue;
            auto& usage = kinds[kind];
            usage.kind = kind;
            ++usage.files;
            usage.bytes += it->file_size(error);
        }
        if (error && error != std::errc::no_such_file_or_directory)
            return fail(ErrorCode::io, fmt::format("cannot list '{}': {}", folder.string(), error.message()));
        return {};
    };
    TRY(count("blobs", m_folder / "blobs"));
    TRY(count("partial", partial_folder()));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(m_folder / "records", error))
        TRY(count("records/" + entry.path().filename().string(), entry.path()));
    std::vector<Usage> out;
    for (auto& [kind, usage] : kinds) out.push_back(std::move(usage));
    return out;
}

Result<> Cache::clear() const {
    for (const auto& folder : {m_folder / "blobs", m_folder / "records", partial_folder()}) {
        std::error_code error;
        fs::remove_all(folder, error);
        if (error) return fail(ErrorCode::io, fmt::format("cannot remove '{}': {}", folder.string(), error.message()));
    }
    return {};
}

}  // namespace pith
