# The Debian packages that pith needs, by purpose. Sourced by the scripts beside it.
build_packages="cmake g++ git ninja-build pkg-config ccache mold
  libcli11-dev libcurl4-openssl-dev libdeflate-dev libfmt-dev libisal-dev liblzma-dev libre2-dev librnp-dev libsimdjson-dev
  libsodium-dev libsolv-dev libsqlite3-dev libssl-dev libxxhash-dev libyaml-cpp-dev libzstd-dev nlohmann-json3-dev zlib1g-dev"
run_packages="podman runc netavark"
demo_packages="mmdebstrap"
test_packages="libgtest-dev libgmock-dev clang-format-19
  apt-utils buildah busybox-static containerd docker.io docker-registry dpkg-dev faketime file fish gnupg man-db mandoc mmdebstrap
  openssl python3 python3-jsonschema python3-yaml qemu-user-static rpm runc skopeo sqlite3 strace umoci zsh zstd"
deep_packages="chromium chromium-driver clang-19 clang-tidy-19 libclang-rt-19-dev python3-selenium python3-venv time"

# Installs those that are missing. As another user than root it says what to install, and ends.
need() {
    missing=
    for package in $*; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "install first: sudo apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    echo "installing$missing" >&2
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
}
