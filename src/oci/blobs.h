// The blobs that images are made of, and how one is written from its pieces: appended, then hashed from what was
// written, because a cached piece may have been damaged since its digest was taken.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "oci/image.h"
#include "oci/index.h"

namespace pith::oci {

struct Blob {
    Descriptor descriptor;
    std::vector<Piece> pieces;
    std::string what;  // for messages: "layer 2 (nginx)"
};

[[nodiscard]] Blob config_blob(const Image& image);
[[nodiscard]] std::vector<Blob> layer_blobs(const Image& image);

struct BlobSet {
    std::vector<Blob> blobs;      // sorted by digest, each once
    Top top;                      // what a name of these images leads to; the name itself is the writer's
    std::vector<Top> attached{};  // what is listed beside it, under names of its own or none
    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] std::vector<Top> tops(std::string_view name) const;  // all of them, the first under `name`
    void add(Blob blob);
};

// A blob of bytes in memory.
[[nodiscard]] Blob blob_of(std::string_view media_type, std::string_view bytes, std::string what);

// Configurations, manifests and layers of the images, and the index of them if there are several.
[[nodiscard]] BlobSet assemble(const std::vector<Image>& images);

// Appends the blob's pieces. Whether they are what they should be is for check_blob to say.
[[nodiscard]] Result<> append_blob(FileWriter& out, const Blob& blob);
// An error that names the blob unless `written` has its size and digest: integrity where it is from an image that was
// opened for reading, else damaged.
[[nodiscard]] Result<> check_blob(ByteView written, const Blob& blob);
// Both: the blob alone in a file that is not committed yet.
[[nodiscard]] Result<FileWriter> write_blob(const Blob& blob, const std::filesystem::path& path);

}  // namespace pith::oci
