#!/bin/sh
# Unpacks packages of a Debian suite with all that they depend on, running none of their scripts.
#   debian_tree.sh SUITE ARCHITECTURE FOLDER PACKAGE…
# FOLDER/root is the tree, FOLDER/debs holds the packages. The host's own APT sources and settings are used,
# with the suite's name exchanged; nothing of the host's APT state is touched.
set -eu
suite=$1 architecture=$2 folder=$3
shift 3
host=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$folder/src" "$folder/lists/partial" "$folder/cache/archives/partial"
: >"$folder/status"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    sed "s/\b$host\b/$suite/g" "$file" >"$folder/src/${file##*/}"
done
cat >"$folder/apt.conf" <<END
Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "$folder/src";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State "$folder"; Dir::State::lists "$folder/lists"; Dir::State::status "$folder/status";
Dir::Cache "$folder/cache"; Dir::Cache::archives "archives";
APT::Architecture "$architecture"; APT::Architectures { "$architecture"; };
APT::Install-Recommends "false"; APT::Sandbox::User "root"; APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none"; Debug::NoLocking "true";
END
export APT_CONFIG="$folder/apt.conf"
apt-get -q update
apt-get -q -y --download-only install "$@"
mkdir -p "$folder/root"
for name in bin sbin lib lib64; do
    mkdir -p "$folder/root/usr/$name"
    ln -s "usr/$name" "$folder/root/$name"
done
mv "$folder/cache/archives" "$folder/debs"
for deb in "$folder"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder/root" --keep-directory-symlink --no-same-owner
done
