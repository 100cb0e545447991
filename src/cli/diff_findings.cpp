// pith diff --findings: where two scanners disagree on one image, and why.
#include "cli/diff_findings.h"

#include <fmt/format.h>

#include "advisory/peers/agreement.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/advisories.h"
#include "cli/exit_codes.h"
#include "report/agreement_report.h"

namespace pith::cli {

namespace {

Result<advisory::Report> read(const std::string& file) {
    auto mapped = TRY(MappedFile::open(file));
    return context(advisory::read_report(as_text(mapped.bytes())), fmt::format("'{}'", printable(file)));
}

// The advisories that ours was made with, if they are still there: they tell what is fixed from what is not known.
std::optional<advisory::Database> database_of(const advisory::Report& ours, const FindingsDiff& options,
                                              const Globals& globals) {
    if (ours.database.empty()) return std::nullopt;
    auto file = advisory_database(options.database, globals);
    auto database = advisory::Database::open(file);
    if (database && database->identity() == ours.database) return std::move(*database);
    fmt::print(stderr,
               "pith: '{}' {}, so what is fixed for us and what we have no facts of are not told apart; --database "
               "names the file of the scan\n",
               printable(file.string()),
               database ? "is not the database of that scan" : "cannot be read: " + database.error().text());
    return std::nullopt;
}

}  // namespace

Result<int> diff_findings(const FindingsDiff& options, const Globals& globals) {
    auto ours = TRY(read(options.ours)), theirs = TRY(read(options.theirs));
    auto database = database_of(ours, options, globals);
    auto explain = database ? advisory::explain_with(*database, ours.distribution) : advisory::Explain();
    auto agreement = TRY(advisory::compare(ours, theirs, explain));
    report::Compared compared{ours, theirs, agreement};
    fmt::print("{}", options.format == "json"       ? report::to_json(compared, options.all)
                     : options.format == "markdown" ? report::to_markdown(compared, options.all)
                                                    : report::to_text(compared, options.all));
    return exit_done;
}

}  // namespace pith::cli
