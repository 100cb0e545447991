#!/bin/sh
# Fetches packages of a Debian suite and takes out their control members.
#   fetch_control.sh SUITE ARCHITECTURE FOLDER PACKAGE…
# FOLDER/control/PACKAGE holds control, preinst, postinst, …; packages that the suite does not have are passed over.
set -eu
suite=$1 architecture=$2 folder=$3
shift 3
. "$(dirname "$0")/../../support/private_apt.sh"
mkdir -p "$folder/debs" "$folder/control"
cd "$folder/debs"
apt-cache show --no-all-versions "$@" 2>"$folder/unknown" |
    sed -n 's/^Package: //p' | sort -u | xargs apt-get -q download
for deb in *.deb; do dpkg-deb --control "$deb" "$folder/control/${deb%%_*}"; done
