// The readers of a definition's larger sections. Errors as in fields.h.
#pragma once

#include <filesystem>
#include <vector>

#include "compose/definition/definition.h"
#include "compose/definition/fields.h"

namespace pith::compose {

// `contents`; paths of files beside the definition are below `folder`.
[[nodiscard]] Result<> read_contents(const yaml::Node& node, const std::filesystem::path& folder,
                                     Definition::Contents& contents);

[[nodiscard]] Result<> read_accounts(const yaml::Node& node, Definition::Accounts& accounts);
[[nodiscard]] Result<> read_certificates(const yaml::Node& node, Definition::Certificates& certificates);
[[nodiscard]] Result<> read_layering(const yaml::Node& node, Definition::Layering& layering);

// One item of `paths`, and of `tests`.
[[nodiscard]] Result<> read_path_rule(const yaml::Node& node, std::vector<PathRule>& paths);
[[nodiscard]] Result<> read_test(const yaml::Node& node, std::vector<Test>& tests);

// Their schemas; see schema.h.
[[nodiscard]] std::string contents_schema();
[[nodiscard]] std::string accounts_schema();
[[nodiscard]] std::string certificates_schema();
[[nodiscard]] std::string layering_schema();
[[nodiscard]] std::string path_rules_schema();
[[nodiscard]] std::string test_schema();

// Everything but `include` and `variants`, which are gone when a definition is read.
[[nodiscard]] std::vector<Field> document_fields(Definition& definition);

// A key of apko that pith does not follow, refused with the reason rather than ignored.
[[nodiscard]] Field refused(std::string_view key, std::string_view why);

}  // namespace pith::compose
