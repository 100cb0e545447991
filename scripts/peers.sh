#!/bin/bash
# Gets the programs that the slow comparisons hold pith to, into build/peers: Syft, Grype, cosign and crane, from the Go
# module proxy (needs go 1.25 or later, and some minutes the first time), the schema of SARIF, which Grype's module
# carries, and readers of SPDX, CycloneDX and JUnit, from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD/build/peers
mkdir -p "$folder/bin"

syft=v1.57.0
grype=v0.121.2
cosign=v3.1.3
crane=v0.22.1

install() {
    [ -x "$folder/bin/$1" ] || GOBIN="$folder/bin" CGO_ENABLED=0 nice go install "$2"
}
install syft "github.com/anchore/syft/cmd/syft@$syft"
install grype "github.com/anchore/grype/cmd/grype@$grype"
install cosign "github.com/sigstore/cosign/v3/cmd/cosign@$cosign"
install crane "github.com/google/go-containerregistry/cmd/crane@$crane"

# OASIS's schema of SARIF 2.1.0, as Grype's tests have it.
if [ ! -f "$folder/sarif-schema-2.1.0.json" ]; then
    module=$(go mod download -json "github.com/anchore/grype@$grype" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    cp "$module/grype/presenter/sarif/testdata/sarif-schema-2.1.0.json" "$folder/"
fi

# spdx-tools checks what SPDX 2.3 says beyond its schema; cyclonedx-python-lib carries CycloneDX's own schemas.
if [ ! -x "$folder/python/bin/junitparser" ]; then
    python3 -m venv "$folder/python"
    "$folder/python/bin/pip" install --quiet 'spdx-tools==0.8.5' 'cyclonedx-python-lib[json-validation]==11.12.0' \
        'junitparser==5.0.3'
fi
