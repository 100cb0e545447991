#include "cli/build_images.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "net/transfer.h"

namespace pith::cli {

namespace {

// From the cache, or fetched once for all platforms and later builds: the digest names the content.
Result<std::string> fetch_file(const compose::FileSource& file, const net::Options& options, Session& session) {
    if (auto cached = session.cache.blob(*file.sha256)) return std::string(as_text(cached->bytes()));
    net::Request request{.url = file.url, .most_bytes = GiB, .sha256 = file.sha256};
    auto responses = net::fetch({&request, 1}, options, session.terminal);
    auto body = std::move(TRY(std::move(responses[0])).body);
    TRY(session.cache.put_blob(as_bytes(body)));
    return body;
}

}  // namespace

Result<std::optional<std::int64_t>> source_date_epoch() {
    const char* text = std::getenv("SOURCE_DATE_EPOCH");
    if (!text || !*text) return std::nullopt;
    auto seconds = parse_number(text);
    if (!seconds || *seconds > 253402300799)
        return fail(ErrorCode::usage,
                    fmt::format("SOURCE_DATE_EPOCH is a number of seconds since 1970, not '{}'", printable(text)));
    return static_cast<std::int64_t>(*seconds);
}

Result<std::vector<compose::BuiltImage>> build_images(const compose::Definition& definition,
                                                      const std::vector<compose::Lock>& locks,
                                                      std::optional<std::int64_t> epoch, Session& session) {
    auto effects = TRY(compose::EffectsModel::built_in());
    effects.add_answers(definition.effects);
    net::Options net;
    net.offline = session.globals.offline;
    std::vector<compose::BuiltImage> built;
    for (const auto& lock : locks) {
        compose::PlanInputs inputs{
            definition, lock, effects, session.cache, session.pool, epoch, [&](const compose::FileSource& file) {
                return fetch_file(file, net, session);
            }};
        built.push_back(TRY(context(compose::build_image(inputs, session.terminal), lock.architecture)));
    }
    return built;
}

std::vector<oci::Image> images_of(const std::vector<compose::BuiltImage>& built) {
    std::vector<oci::Image> out;
    for (const auto& image : built) out.push_back(image.image);
    return out;
}

}  // namespace pith::cli
