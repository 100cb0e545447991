// Why a request has no answer, in words a person can act on.
// Every function gives the whole message of an error; names of files come in as the request's `places`.
// Thread-safety: functions of their arguments alone (Candidates are asked, so they are changed).
#pragma once

#include "solve/judge.h"

namespace pith::solve {

// A request as a message names it: "'nginx (>= 2)' (image.yaml:7)".
[[nodiscard]] std::string request_name(const Request& request, std::size_t index);

// No package meets the request: of a package that is there, the versions; for a name that no package bears or
// provides, the nearest ones.
[[nodiscard]] Error nothing_meets(Candidates& candidates, const pkg::Universe& universe, const Request& request,
                                  std::size_t index);

// Several packages provide the name and none bears it: the user has to choose.
[[nodiscard]] Error several_providers(const Candidates& candidates, const Request& request, std::size_t index,
                                      const std::vector<Candidate>& providers);

// No set meets everything: the requests that lead there, the chains of dependencies, and where they end.
[[nodiscard]] Error unsatisfiable(Candidates& candidates, const pkg::Universe& universe, const Request& request,
                                  const Clauses& clauses, const std::vector<Fact>& proof);

}  // namespace pith::solve
