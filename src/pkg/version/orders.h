// The orders of versions of ecosystems other than Debian and Alpine, which have headers of their own.
//
// Each gives <0, 0 or >0 and takes any text: what is no valid version has a place too, so that hostile input cannot
// fail. Numbers have any length. Thread-safe: functions of their arguments alone.
#pragma once

#include <string_view>

namespace pith::pkg::version {

// "[epoch:]version[-release]" as rpmvercmp orders each part (rpm-version(7)); no epoch is epoch 0.
[[nodiscard]] int compare_rpm(std::string_view a, std::string_view b);

// Semantic Versioning 2.0.0, clause 11, with an optional "v" and missing parts taken as 0: Go, npm, crates.io. Build
// metadata does not count.
[[nodiscard]] int compare_semver(std::string_view a, std::string_view b);

// Dart: Semantic Versioning, but build metadata comes after the version without it (pub_semver).
[[nodiscard]] int compare_pub(std::string_view a, std::string_view b);

// NuGet: Semantic Versioning with any number of leading numbers, and labels without regard to case.
[[nodiscard]] int compare_nuget(std::string_view a, std::string_view b);

// PEP 440; what that refuses comes before all that it accepts, ordered as setuptools once did.
[[nodiscard]] int compare_pypi(std::string_view a, std::string_view b);

// Apache Maven, "Version Order Specification" (pom reference).
[[nodiscard]] int compare_maven(std::string_view a, std::string_view b);

// Gem::Version: letters mark a pre-release.
[[nodiscard]] int compare_rubygems(std::string_view a, std::string_view b);

// Composer: PHP's version_compare(), with an optional "v".
[[nodiscard]] int compare_packagist(std::string_view a, std::string_view b);

// Rows of numbers between '.' and '-', where the longer of two equal beginnings is newer: R (package_version) and
// Haskell (Data.Version).
[[nodiscard]] int compare_numbered(std::string_view a, std::string_view b);

}  // namespace pith::pkg::version
