#include "e2e/solve_apt/apt.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pkg/deb/packages.h"

namespace pith::test {
namespace {

// Nothing of the host's own state or settings takes part.
std::string configuration(const std::string& folder) {
    return fmt::format(R"(Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null"; Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{0}/src"; Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State "{0}"; Dir::State::lists "{0}/lists"; Dir::State::status "{0}/status"; Dir::Cache "{0}/cache";
APT::Architecture "amd64"; APT::Architectures {{ "amd64"; }}; APT::Install-Recommends "false";
APT::Sandbox::User "root"; Acquire::Languages "none"; Debug::NoLocking "true";
)",
                       folder);
}

// The host's Debian sources with its own suite changed to another.
constexpr const char* copy_sources = R"sh(
. /etc/os-release
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list; do
  [ -f "$f" ] && grep -q "$VERSION_CODENAME-security" "$f" || continue
  sed "s/$VERSION_CODENAME/$SUITE/g" "$f" > "$FOLDER/src/${f##*/}"
done
ls "$FOLDER"/src/*)sh";

}  // namespace

Apt::Apt(std::string suite) : m_suite(std::move(suite)) {
    auto folder = m_folder.path().string();
    for (const char* name : {"src", "lists/partial", "cache/archives/partial"})
        std::filesystem::create_directories(m_folder / name);
    spit(m_folder / "apt.conf", configuration(folder));
    spit(m_folder / "status", "");
    auto copied = sh(fmt::format("SUITE={} FOLDER={}; {}", m_suite, folder, copy_sources));
    if (copied.exit_code != 0) {
        m_error = "no Debian sources on this host";
        return;
    }
    auto updated = sh(apt_get("update -o APT::Update::Error-Mode=any"));
    if (updated.exit_code != 0) m_error = updated.err;
}

std::string Apt::apt_get(const std::string& arguments) const {
    return fmt::format("LC_ALL=C APT_CONFIG={}/apt.conf apt-get {}", m_folder.path().string(), arguments);
}

Result<pkg::Universe> Apt::universe() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder / "lists"))
        if (entry.path().string().ends_with("_Packages")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    pkg::Universe universe;
    for (const auto& file : files) {
        auto text = TRY(MappedFile::open(file));
        pkg::IndexBuilder builder;
        TRY(pkg::deb::read_packages(as_text(text.bytes()), file.filename().string(),
                                    [&](pkg::Package&& package) -> Result<> {
                                        builder.add(package);
                                        return {};
                                    }));
        auto bytes = std::make_shared<Bytes>(std::move(builder).finish());
        pkg::Repository repository;
        repository.name = file.filename().string();
        repository.suite = m_suite;
        universe.add(repository, TRY(pkg::Index::open(*bytes, bytes)));
    }
    return universe;
}

std::set<std::string> Apt::install(const std::string& name) const {
    auto ran = sh(apt_get("-s install " + name));
    std::set<std::string> packages;
    if (ran.exit_code != 0) return packages;
    for (auto line : split(ran.out, '\n')) {
        auto parts = words(line);  // Inst NAME (VERSION SUITE [ARCHITECTURE])
        if (parts.size() > 2 && parts[0] == "Inst") packages.insert(fmt::format("{} {}", parts[1], parts[2].substr(1)));
    }
    return packages;
}

void Apt::pretend_installed(const std::vector<pkg::Package>& packages) {
    std::string status;
    for (const auto& package : packages) {
        status += fmt::format(
            "Package: {}\nStatus: install ok installed\nVersion: {}\nArchitecture: {}\n"
            "Maintainer: nobody\nDescription: stand-in\n",
            package.name, package.version, package.architecture);
        std::vector<std::string> provides;
        for (const auto& provide : package.provides)
            provides.push_back(provide.version.empty() ? provide.name
                                                       : fmt::format("{} (= {})", provide.name, provide.version));
        if (!provides.empty()) status += "Provides: " + join(provides, ", ") + "\n";
        status += "\n";
    }
    spit(m_folder / "status", status);
}

}  // namespace pith::test
