// An image in the engine's own storage for as long as it is needed, under a name that nothing else has.
#pragma once

#include <filesystem>
#include <string>

#include "runner/engine.h"

namespace pith::runner {

class LoadedImage {
public:
    // `reference` is oci:DIR[:TAG] or oci-archive:FILE; of several platforms the engine takes `platform`
    // ("linux/arm64"), or its host's if that is empty. Other forms are a usage error.
    [[nodiscard]] static Result<LoadedImage> load(const Engine& engine, const std::string& reference,
                                                  const std::string& platform = "");
    LoadedImage(LoadedImage&&) noexcept;
    LoadedImage& operator=(LoadedImage&&) = delete;
    ~LoadedImage();  // takes the image out of the storage again

    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] const std::string& platform() const { return m_platform; }  // as asked for
    [[nodiscard]] const Engine& engine() const { return m_engine; }
    // A folder of its own, removed with it, for what is made of the image.
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    // The user that the image's configuration names, as it stands there ("65532", "nginx:www"); empty: root.
    [[nodiscard]] Result<std::string> user() const;

private:
    LoadedImage(Engine engine, std::filesystem::path folder, std::string platform)
        : m_engine(std::move(engine)), m_folder(std::move(folder)), m_platform(std::move(platform)) {}
    [[nodiscard]] Result<> pull(const std::string& reference);

    Engine m_engine;
    std::filesystem::path m_folder;  // its own; empty once moved from
    std::string m_platform;
    std::string m_name;  // empty until pulled
};

}  // namespace pith::runner
