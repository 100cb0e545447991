// Small universes for tests, a package a line:
//
//   "a 1.0 depends: b (>= 2) | c; conflicts: d; provides: x (= 1); priority: standard; essential: yes"
//
// Further keys: pre-depends, breaks, multi-arch, arch (amd64 unless said).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "solve/solve.h"

namespace pith::test {

// One repository a text, in their order; a suite for each is "s0", "s1", …
[[nodiscard]] pkg::Universe universe_of(const std::vector<std::string>& repositories);

// "nginx", "nginx (>= 1)", "!old" of contents.packages, at image.yaml:1, image.yaml:2, …
[[nodiscard]] solve::Request request_of(const std::vector<std::string>& packages);

// "a=1 b=2", sorted by name; or the error's code and text.
[[nodiscard]] std::string told(const Result<solve::Solution>& solution);
// "debconf<-a,b ssl-cert<-c".
[[nodiscard]] std::string left_out(const Result<solve::Solution>& solution);

}  // namespace pith::test
