#!/bin/sh
# Installs packages of a Debian suite for real, maintainer scripts and all, with the suite's minimal system.
#   debian_install.sh SUITE FOLDER PACKAGE…
# FOLDER/root is the result. The host's own APT sources and the settings of how APT fetches are used, with the
# suite's name exchanged. Needs root.
set -eu
suite=$1 folder=$2
shift 2
host=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$folder/src"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && grep -q '^[^#]' "$file" || continue
    sed "s/\b$host\b/$suite/g" "$file" >"$folder/src/${file##*/}"
done
apt-config dump | grep '^Acquire::' >"$folder/acquire.conf"
packages=$(echo "$@" | tr ' ' ,)
mmdebstrap --quiet --mode=root --variant=apt --format=directory --include="$packages" \
    --aptopt="$folder/acquire.conf" --skip=output/dev "$suite" "$folder/root" "$folder"/src/*
