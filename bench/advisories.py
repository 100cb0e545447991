#!/usr/bin/env python3
"""How fast pith makes its database of advisories and matches packages on it, as ratios, each pair measured in one run.

    bench/advisories.py [--runs 5] [--work FOLDER] [CASE ...]

Cases (all, unless some are named):
  matching  the packages of the bench image, as Syft's JSON, on the facts of ../shared/data/debian; beside Grype with a
            database made from the same facts (bench/grype_db)
  database  `pith advisories update` from a Debian tracker JSON of 70 MB, grown from those facts; beside parsing the file
            with simdjson (bench/parse_json.cpp)

Needs root, build/release/pith, build/peers/bin/{syft,grype} and go (scripts/peers.sh), ../shared/data, and Debian's
mmdebstrap, zstd, g++, libsimdjson-dev. Prints the median of the runs and the spread (least to most), the peak of the
memory (pages of mapped files counted), and the ratio of the medians.
"""
import json

from bench_image import Image
from measure import goal, in_turn, main, peer, pith, row, sh, top

(syft, syft_version), (grype, grype_version) = peer("syft"), peer("grype")
facts = top.parent / "shared/data/debian"
facts_date = "2026-11-21"
tracker_bytes = 70_000_000


def grow(file):
    """Both releases' facts as one tracker, with as many copies of it, under other names, as make the size."""
    tracker = {}
    for release in ("bookworm", "bullseye"):
        for source, issues in json.loads(sh(f"zstd -dcq {facts}/{release}.json.zst")).items():
            for id, issue in issues.items():
                known = tracker.setdefault(source, {}).setdefault(id, issue)
                known["releases"] |= issue["releases"]
    copy = 0
    with open(file, "w") as out:
        while out.tell() < tracker_bytes:
            for source, issues in tracker.items():
                if out.tell() >= tracker_bytes:
                    break
                name = f"{source}-{copy}" if copy else source
                out.write(f"{', ' if out.tell() else '{'}{json.dumps(name)}: {json.dumps(issues)}")
            copy += 1
        out.write("}")


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs = work, runs

    def matching(self):
        sbom, database, theirs = self.work / "bench.syft.json", self.work / "bookworm.db", self.work / "grype"
        image = Image(self.work)
        if not sbom.exists():
            sh(f"SYFT_CHECK_FOR_APP_UPDATE=false {syft} scan oci-dir:{image.one} -q -o syft-json >{sbom}.new && mv {sbom}.new {sbom}")
        if not (self.work / "grype_db/grype_db").exists():
            sh(f"rm -rf {self.work}/grype_db && cp -r {top}/bench/grype_db {self.work} && cd {self.work}/grype_db && CGO_ENABLED=0 nice go build -mod=mod")
        sh(f"rm -rf {database} {theirs} && {pith} advisories update --database {database} --date {facts_date} --from {facts}/bookworm.json.zst")
        row("Grype's database", sh(f"zstd -dcq {facts}/bookworm.json.zst | {self.work}/grype_db/grype_db {theirs} 12 bookworm").strip())
        settings = f"GRYPE_DB_CACHE_DIR={theirs} GRYPE_DB_AUTO_UPDATE=false GRYPE_DB_VALIDATE_AGE=false GRYPE_CHECK_FOR_APP_UPDATE=false"
        ours = f"{pith} scan sbom:{sbom} --database {database} --as-of {facts_date} --format json"
        theirs = f"env {settings} {grype} sbom:{sbom} -q -o json"
        found = len(json.loads(sh(f"{ours} || test $? = 11"))["findings"]), len(json.loads(sh(theirs))["matches"])
        ours, theirs = in_turn(self.runs, ("", f"exec {ours}"), ("", f"exec {theirs}"), statuses=(0, 11))
        row("pith scan sbom: --format json", f"{ours.text}: {found[0]} findings")
        row("grype sbom: -o json", f"{theirs.text}: {found[1]} findings")
        ratio = theirs.seconds / ours.seconds
        row("", goal(ratio >= 20, f"pith is {ratio:.1f} times as fast (goal 20)"))
        ratio = theirs.megabytes / ours.megabytes
        row("", goal(ratio >= 5, f"pith takes a {ratio:.1f}th of its memory (goal a 5th)"))

    def database(self):
        tracker, parse = self.work / "tracker.json", self.work / "parse_json"
        if not tracker.exists():
            sh(f"python3 -c 'import advisories; advisories.grow(\"{tracker}\")'", cwd=top / "bench")
        sh(f"g++ -O2 -o {parse} {top}/bench/parse_json.cpp -lsimdjson")
        update = f"exec {pith} advisories update --database {self.work}/tracker.db --date {facts_date} --from {tracker}"
        ours, theirs = in_turn(self.runs, (f"rm -f {self.work}/tracker.db", update), ("", f"exec {parse} {tracker}"))
        ratio = ours.seconds / theirs.seconds
        row(f"pith advisories update ({tracker.stat().st_size / 1e6:.1f} MB)", ours.text)
        row("parsing it with simdjson", theirs.text)
        row("", goal(ratio < 3, f"pith takes {ratio:.2f} times that (goal under 3)"))


if __name__ == "__main__":
    main(__doc__, "bench-image", ["matching", "database"],
         [syft_version, grype_version, "simdjson " + sh("dpkg-query -W -f '${Version}' libsimdjson-dev").strip()], Bench)
