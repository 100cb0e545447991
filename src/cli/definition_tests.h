// A definition's tests as the runner takes them, and run on what was just built.
#pragma once

#include <optional>
#include <vector>

#include "cli/commands.h"
#include "compose/build.h"
#include "runner/image_test.h"

namespace pith::cli {

// A usage error where the definition has none.
[[nodiscard]] Result<std::vector<runner::ImageTest>> tests_of(const compose::Definition& definition);

// One report an image; nothing for a platform that this machine cannot run, which a note tells. A test that fails is
// an error, after its report has been printed; so is a build that nothing of could be tested.
[[nodiscard]] Result<std::vector<std::optional<runner::TestReport>>> test_images(
    const compose::Definition& definition, const std::vector<compose::BuiltImage>& built, Session& session);

}  // namespace pith::cli
