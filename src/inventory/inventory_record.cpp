// One function for each struct says which fields there are and in which order; a writer and a reader follow it.
#include "inventory/inventory_record.h"

#include <algorithm>

#include "base/record.h"

namespace pith::inventory {

namespace {

constexpr std::string_view mark = "pith inventory 1\n";

class Out {
public:
    void field(const std::string& value) { m_writer.text(value); }
    void field(std::uint64_t value) { m_writer.number(value); }
    void field(std::uint32_t value) { m_writer.number(value); }
    void field(archive::EntryType value) { m_writer.number(static_cast<std::uint64_t>(value)); }
    // Zeros where none was taken.
    template <std::size_t size>
    void field(const std::array<std::byte, size>& value) {
        bool taken = value != std::array<std::byte, size>{};
        m_writer.number(taken ? 1 : 0);
        if (taken) m_writer.bytes(value);
    }
    template <class T>
    void list(const std::vector<T>& values, auto each) {
        m_writer.number(values.size());
        for (const auto& value : values) each(*this, value);
    }
    [[nodiscard]] std::string take() && { return std::move(m_writer).take(); }

private:
    RecordWriter m_writer{mark};
};

class In {
public:
    explicit In(std::string_view record) : m_reader(record) {
        if (!m_reader.mark(mark)) m_reader.refuse();
    }
    void field(std::string& value) { value = m_reader.view(); }
    void field(std::uint64_t& value) { value = m_reader.number(); }
    void field(std::uint32_t& value) { value = static_cast<std::uint32_t>(m_reader.number()); }
    void field(archive::EntryType& value) {
        auto number = m_reader.number();
        if (number > static_cast<std::uint64_t>(archive::EntryType::fifo)) m_reader.refuse();
        value = static_cast<archive::EntryType>(number);
    }
    template <std::size_t size>
    void field(std::array<std::byte, size>& value) {
        if (m_reader.number() != 0) m_reader.bytes(value);
    }
    template <class T>
    void list(std::vector<T>& values, auto each) {
        values.resize(m_reader.count());
        for (auto& value : values) {
            if (!m_reader.good()) return;
            each(*this, value);
        }
    }
    [[nodiscard]] bool at_end() const { return m_reader.at_end(); }

private:
    RecordReader m_reader;
};

void fields(auto& io, auto&... each) { (io.field(each), ...); }

void file_fields(auto& io, auto& file) {
    fields(io, file.path, file.type, file.mode, file.uid, file.gid, file.size, file.link, file.sha256.value, file.sha1,
           file.layer, file.package);
}

void package_fields(auto& io, auto& package) {
    fields(io, package.type, package.name, package.version, package.architecture, package.source,
           package.source_version, package.source_file, package.maintainer, package.homepage, package.purl,
           package.licence, package.evidence, package.missing);
    auto number = [](auto& inner, auto& value) { inner.field(value); };
    io.list(package.layers, number);
    io.list(package.files, number);
    io.list(package.joined, [](auto& inner, auto& value) { fields(inner, value.purl, value.evidence); });
}

void inventory_fields(auto& io, auto& inventory) {
    auto& distribution = inventory.distribution;
    fields(io, distribution.id, distribution.version_id, distribution.codename, distribution.pretty_name,
           distribution.full_version);
    io.list(inventory.packages, [](auto& inner, auto& value) { package_fields(inner, value); });
    io.list(inventory.files, [](auto& inner, auto& value) { file_fields(inner, value); });
    io.list(inventory.licence_texts, [](auto& inner, auto& value) { fields(inner, value.id, value.name, value.text); });
    io.list(inventory.unread, [](auto& inner, auto& value) { fields(inner, value.path, value.what); });
    io.list(inventory.notes, [](auto& inner, auto& value) { inner.field(value); });
}

bool all_below(const std::vector<std::size_t>& values, std::size_t end) {
    return std::ranges::all_of(values, [&](std::size_t value) { return value < end; });
}

bool is_sound(const Inventory& inventory, std::size_t layers) {
    auto packages = inventory.packages.size(), files = inventory.files.size();
    return std::ranges::all_of(inventory.files,
                               [&](const File& file) {
                                   return file.layer < layers && (file.package == unowned || file.package < packages);
                               }) &&
           std::ranges::all_of(inventory.packages, [&](const Package& package) {
               return all_below(package.layers, layers) && all_below(package.files, files);
           });
}

}  // namespace

std::string to_record(const Inventory& inventory) {
    Out out;
    inventory_fields(out, inventory);
    return std::move(out).take();
}

std::optional<Inventory> from_record(std::string_view record, std::size_t layers) {
    In in(record);
    Inventory out;
    inventory_fields(in, out);
    if (!in.at_end() || !is_sound(out, layers)) return std::nullopt;
    return out;
}

}  // namespace pith::inventory
