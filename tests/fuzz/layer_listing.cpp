#include <cstdint>
#include <cstdlib>

#include "archive/tar_header.h"
#include "archive/tar_stream.h"
#include "oci/view.h"

using namespace pith;

namespace {

// The entries as the stream sees them, in pieces of `step` bytes.
struct Collect : archive::TarVisitor {
    std::vector<archive::TarEntry> entries;
    std::string contents;
    Result<> begin(archive::TarEntry entry, std::uint64_t) override {
        entries.push_back(std::move(entry));
        return {};
    }
    Result<> content(ByteView bytes) override {
        contents += as_text(bytes);
        return {};
    }
    Result<> end() override { return {}; }
};

bool stream(ByteView bytes, std::size_t step, Collect& out) {
    archive::TarStream tar(out, {.most_entries = 100, .most_path = 1000, .most_pax = 10 * KiB});
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(step, bytes.size())))
        if (!tar.write(bytes.first(std::min(step, bytes.size())))) return false;
    return tar.finish().has_value();
}

// However the bytes are cut, and as the reader over memory sees them.
void check_stream(ByteView bytes) {
    Collect whole, cut;
    bool good = stream(bytes, bytes.size() + 1, whole);
    if (stream(bytes, 7, cut) != good || cut.entries.size() != whole.entries.size() || cut.contents != whole.contents)
        std::abort();
    archive::TarReader reader(bytes, {.most_entries = 100, .most_path = 1000, .most_pax = 10 * KiB});
    std::string contents;
    for (;;) {
        auto entry = reader.next();
        if (!entry && good) std::abort();
        if (!entry) return;
        if (!*entry) break;
        contents += as_text((*entry)->content);
    }
    if (!good || contents != whole.contents) std::abort();
}

}  // namespace

// A tar, and a listing's record that is laid over itself as two layers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView bytes = std::as_bytes(std::span(data, size));
    check_stream(bytes);
    if (auto listing = oci::from_record(as_text(bytes))) {
        if (oci::from_record(oci::to_record(*listing))->entries.size() != listing->entries.size()) std::abort();
        (void)oci::View::merge({*listing, *listing});
    }
    return 0;
}
