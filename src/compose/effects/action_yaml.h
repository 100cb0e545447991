// Actions as effects/*.yaml and a definition write them, and as one line of text.
//
// The first key of an action names its kind and what it is about; docs/effects.md has the table.
//   - folder: /var/log/nginx
//     owner: root:adm
//     mode: "0755"
// Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "compose/effects/action.h"

namespace pith::compose {

[[nodiscard]] Result<Action> parse_action(const yaml::Node& node);
[[nodiscard]] Result<std::vector<Action>> parse_actions(const yaml::Node& list);
[[nodiscard]] std::string actions_schema();  // of the same, see definition/schema.h

// Passes every text of an action through `replace`.
void replace_texts(Action& action, const std::function<std::string(std::string_view)>& replace);

// Every field that is set, always in the same order, on one line. Two actions have the same text if and
// only if they are equal, so that a digest of it names the action.
[[nodiscard]] std::string to_text(const Action& action);

}  // namespace pith::compose
