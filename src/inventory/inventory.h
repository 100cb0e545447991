// What stands in an image: its packages, its files and whose they are, joined with what its build knew.
// Everything is in a fixed order: packages by name, version and architecture, files by path. Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/tar.h"
#include "oci/image.h"
#include "oci/layer_listing.h"

namespace pith::inventory {

constexpr std::size_t unowned = static_cast<std::size_t>(-1);

struct File {
    std::string path;  // clean, without a leading '/', and without links among its folders
    archive::EntryType type = archive::EntryType::file;  // never hardlink: each name is a file
    std::uint32_t mode = 0;
    std::uint64_t uid = 0, gid = 0, size = 0;
    std::string link;  // of a symlink
    Digest sha256;     // of a file
    oci::Sha1 sha1{};  // of a file
    std::size_t layer = 0;
    std::size_t package = unowned;  // into Inventory::packages
};

// What the build of an image knows of a package, and the image alone does not.
struct BuiltPackage {
    std::string name, version, architecture;
    Digest sha256;  // of the package file
    std::uint64_t size = 0;
    std::string origin;  // "debian trixie main pool/main/n/nginx/nginx_1.26_amd64.deb": no mirror's URL
    std::string why;     // "asked for", "needed by nginx: libc6 (>= 2.34)"
    bool operator==(const BuiltPackage&) const = default;
};

struct BuildFacts {
    std::vector<BuiltPackage> packages;
    std::vector<std::string> notes;  // what was left out and why, a sentence each
};

// A package of a programming language that is part of a distribution's package: its files are that package's.
struct JoinedPackage {
    std::string purl, evidence;
    auto operator<=>(const JoinedPackage&) const = default;
};

struct Package {
    std::string type = "deb";  // as in package URLs: deb, apk, rpm, pypi, npm, maven, golang, cargo, generic
    std::string name, version, architecture;
    std::string source, source_version;  // always filled; of the package itself where nothing else is known
    std::string source_file;             // of rpm: "bash-5.1.8-6.el9.src.rpm"
    std::string maintainer, homepage;
    std::string purl;
    std::string licence;              // an SPDX expression; empty where there is no copyright file
    std::string evidence;             // the path of the database that names it
    std::vector<std::size_t> layers;  // that hold files of it, ascending
    std::vector<std::size_t> files;   // into Inventory::files, ascending
    std::size_t missing = 0;          // files that its database lists and the image does not have
    std::optional<BuiltPackage> built;
    std::vector<JoinedPackage> joined;  // sorted
};

// What is in the image and holds package facts that could not be read: an inventory with such a thing is not whole.
struct Unread {
    std::string path;
    std::string what;  // "rpm's Berkeley database, which is not read"
};

// A licence that SPDX has no name for.
struct LicenceText {
    std::string id;    // "LicenseRef-Debian-…"
    std::string name;  // as the copyright file has it
    std::string text;
};

struct Layer {
    oci::Descriptor descriptor;
    Digest diff_id;
    std::string created_by;
};

// os-release(5), from the image.
struct Distribution {
    std::string id, version_id, codename, pretty_name;
    std::string full_version;  // "13.8": of etc/debian_version, where it is more exact
};

struct Inventory {
    std::string name;              // what the image is called
    std::optional<Digest> digest;  // its manifest's; none of a folder
    oci::Platform platform;
    std::string created;        // RFC 3339, UTC, whole seconds
    std::vector<Layer> layers;  // none of a folder
    Distribution distribution;
    std::vector<Package> packages;
    std::vector<File> files;                 // all but folders
    std::vector<LicenceText> licence_texts;  // by id, each once
    std::vector<Unread> unread;              // by path
    std::vector<std::string> notes;          // what could not be read, and what the build left out
};

// Adds what a build knows to the packages it names.
void join(Inventory& inventory, BuildFacts facts);

// Paths of files that no package owns are those with File::package == unowned; a package's own entries in the
// database are its evidence and count as owned.

}  // namespace pith::inventory
