#!/bin/sh
# Unpacks packages of a Debian suite with all that they depend on, running none of their scripts.
#   debian_tree.sh SUITE ARCHITECTURE FOLDER PACKAGE…
# FOLDER/root is the tree, FOLDER/debs holds the packages. The host's own APT sources and settings are used,
# with the suite's name exchanged; nothing of the host's APT state is touched.
set -eu
suite=$1 architecture=$2 folder=$3
shift 3
. "$(dirname "$0")/private_apt.sh"
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
