// When releases of distributions begin and end.
//
// distro-info-data: CSV "version,codename,series,created,release,eol,…" (debian.csv, ubuntu.csv). Debian's "eol-lts" is
// support for everybody; "eol-elts", "eol-esm" and "eol-legacy" are for customers.
// endoflife.date: [{"cycle", "releaseDate", "eol", …}] of its API, or {"releases": [{"releaseCycle", …}]} of its
// product files; the product is the document's name. Debian's "eoes" is its long-term support.
#include <algorithm>
#include <array>

#include "advisory/feeds/json.h"
#include "advisory/feeds/readers.h"
#include "base/text.h"

namespace pith::advisory::feeds {

namespace {

std::string stem_of(std::string_view name) {
    name = name.substr(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1);
    return std::string(name.substr(0, name.find('.')));
}

// Products of endoflife.date that are distributions, by what os-release calls them.
constexpr auto products = std::to_array<std::pair<std::string_view, std::string_view>>({{"debian", "debian"},
                                                                                        {"ubuntu", "ubuntu"},
                                                                                        {"alpine", "alpine"},
                                                                                        {"alpine-linux", "alpine"},
                                                                                        {"almalinux", "almalinux"},
                                                                                        {"rocky-linux", "rocky"}});

// "13 [...]" and "22.04 LTS" are versions with something behind.
std::string first_word(std::string_view text) { return std::string(text.substr(0, text.find(' '))); }

void add_release(std::string stream, std::string_view released, std::span<const std::string_view> ends, FeedData& out) {
    Release release{std::move(stream), is_date(released) ? std::string(released) : "", ""};
    for (auto end : ends)
        if (is_date(end)) release.supported_until = std::max(release.supported_until, std::string(end));
    out.count_record();
    out.add(std::move(release));
}

void read_cycle(json::object cycle, std::string_view id, FeedData& out) {
    std::string_view version, released, ends[2];
    for (auto field : cycle) {
        auto key = raw_key(field);
        if (key == "cycle" || key == "releaseCycle") version = text_of(field.value());
        if (key == "releaseDate") released = text_of(field.value());
        if (key == "eol") ends[0] = text_of(field.value());
        if (id == "debian" && (key == "eoes" || key == "extendedSupport")) ends[1] = text_of(field.value());
    }
    if (version.empty())
        out.skip("without a version");
    else
        add_release(std::string(id) + ":" + std::string(version), released, ends, out);
}

}  // namespace

Result<> read_distro_info(const Document& document, FeedData& out) {
    TRY(check_last_line(document));
    auto lines = split(as_text(document.bytes), '\n');
    auto titles = split(trim(lines.front()), ',');
    auto column = [&](std::string_view title) {
        return static_cast<std::size_t>(std::ranges::find(titles, title) - titles.begin());
    };
    auto version = column("version"), released = column("release"), eol = column("eol"), lts = column("eol-lts");
    bool ubuntu = column("eol-server") < titles.size();
    if (std::max({version, released, eol}) >= titles.size())
        return fail(ErrorCode::format, "its first line does not name the columns version, release and eol");
    for (auto line : std::span(lines).subspan(1)) {
        if (trim(line).empty()) continue;
        auto cells = split(trim(line), ',');
        auto cell = [&](std::size_t at) { return at < cells.size() ? cells[at] : std::string_view(); };
        if (cell(version).empty()) continue;  // sid and experimental never end
        std::string_view ends[] = {cell(eol), cell(lts)};
        add_release((ubuntu ? "ubuntu:" : "debian:") + first_word(cell(version)), cell(released), ends, out);
    }
    return {};
}

Result<> read_endoflife(const Document& document, FeedData& out) {
    auto name = stem_of(document.name);
    const auto* product = std::ranges::find(products, name, &std::pair<std::string_view, std::string_view>::first);
    if (product == products.end()) {
        out.skip("of products that are no distribution");
        return {};
    }
    return read_json(document, [&](json::document& parsed) -> Result<> {
        auto read_cycles = [&](json::array cycles) {
            for (auto cycle : cycles) read_cycle(cycle.get_object(), product->second, out);
        };
        if (parsed.type() == json::json_type::array) {
            read_cycles(parsed.get_array());
            return {};
        }
        for (auto field : parsed.get_object())
            if (raw_key(field) == "releases") read_cycles(field.value().get_array());
        return {};
    });
}

}  // namespace pith::advisory::feeds
