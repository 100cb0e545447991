#!/usr/bin/env python3
"""How fast pith reads an image, as ratios against what does the same work, each pair measured in one run.

    bench/inventory.py [--runs 5] [--work FOLDER] [CASE ...]

Cases (all, unless some are named):
  one-layer     the packages of an image of one layer, nothing cached; beside Syft, and beside `igzip -d` of the layer
  eight-layers  the same files in eight layers; beside Syft, and beside `igzip -d` of the layers on all cores, the limit
  second        a scan of an image that was scanned before; beside pith's own start
  scan-cold     a scan with nothing cached; beside `igzip -d | openssl dgst -sha256` of the same layers on all cores
  packages      the packages of the image, beside those that Syft lists: a difference that is not known is an error

The image is a bookworm of some 350 packages, made once by mmdebstrap in the work folder. Needs root, build/release/pith,
build/peers/bin/syft (scripts/peers.sh), and Debian's mmdebstrap, igzip (isal), openssl. Prints the median of the runs
and the spread (least to most), the peak of the memory (pages of mapped files counted), and the ratio of the medians.
Pairs are measured in turn, so that a busy machine is busy for both. Whatever is read is in the page cache; "nothing
cached" means pith's own cache.
"""
import json, os, re, sys

from bench_image import Image, layers_of
from measure import Sample, goal, in_turn, main, peer, pith, row, sh

syft, syft_version = peer("syft")


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs, self.cache = work, runs, work / "cache"
        image = Image(work)
        self.one, self.eight = image.one, image.eight

    def inventory(self, layout):
        return f"rm -rf {self.cache}", f"exec {pith} sbom oci:{layout} --format syft-json --cache-dir {self.cache}"

    def syft(self, layout, form="syft-json"):
        return f"SYFT_CHECK_FOR_APP_UPDATE=false exec {syft} scan oci-dir:{layout} -q -o {form}"

    def scan(self, layout):
        return f"exec {pith} scan oci:{layout} --cache-dir {self.cache} --database {self.work}/none.db"

    def beside_syft(self, layout, times, *more):
        before, ours = self.inventory(layout)
        ours, theirs, *rest = in_turn(self.runs, (before, ours), ("", self.syft(layout)), *more)
        row("pith sbom --format syft-json", ours.text)
        row("syft, its catalogers for images", theirs.text)
        ratio = theirs.seconds / ours.seconds
        row("", goal(ratio >= times, f"pith is {ratio:.1f} times as fast (goal {times})"))
        ratio = theirs.megabytes / ours.megabytes
        row("", goal(ratio >= 5, f"pith takes a {ratio:.1f}th of its memory (goal a 5th)"))
        return ours, theirs, rest

    def one_layer(self):
        layer = layers_of(self.one)[0]
        ours, _, (inflate,) = self.beside_syft(self.one, 5, ("", f"igzip -d -c {layer} >/dev/null"))
        row("igzip -d of the layer to /dev/null", inflate.text)
        ratio = ours.seconds / inflate.seconds
        row("", goal(ratio < 1.4, f"pith takes {ratio:.2f} times that (goal under 1.4)"))

    def eight_layers(self):
        layers = " ".join(map(str, layers_of(self.eight)))
        inflating = f"printf '%s\\n' {layers} | xargs -P{os.cpu_count()} -I{{}} sh -c 'igzip -d -c {{}} >/dev/null'"
        ours, theirs, (inflate,) = self.beside_syft(self.eight, 10, ("", inflating))
        row("igzip -d of the layers to /dev/null, on all cores", inflate.text)
        row("", f"that is {theirs.seconds / inflate.seconds:.1f} times as fast as Syft; pith takes {ours.seconds / inflate.seconds:.2f} times that")

    def second(self):
        sh(f"rm -rf {self.cache}")
        for layout in (self.one, self.eight):
            Sample(self.scan(layout), (11,))
            ours, start = in_turn(self.runs, ("", self.scan(layout)), ("", f"{pith} --version"), statuses=(0, 11))
            beyond = (ours.seconds - start.seconds) * 1000
            row(f"pith scan, the second time ({layout.name})", ours.text)
            row("pith --version", f"{start.text}")
            row("", goal(beyond < 50, f"{beyond:.0f} ms beyond (goal under 50)"))

    def scan_cold(self):
        for layout in (self.one, self.eight):
            layers = " ".join(map(str, layers_of(layout)))
            hashing = f"printf '%s\\n' {layers} | xargs -P{os.cpu_count()} -I{{}} sh -c 'igzip -d -c {{}} | openssl dgst -sha256'"
            ours, theirs = in_turn(self.runs, (f"rm -rf {self.cache}", self.scan(layout)), ("", hashing), statuses=(0, 11))
            ratio = ours.seconds / theirs.seconds
            row(f"pith scan, nothing cached ({layout.name})", ours.text)
            row("igzip -d | openssl dgst -sha256, on all cores", theirs.text)
            row("", goal(ratio < 1.5, f"pith takes {ratio:.2f} times that (goal under 1.5)"))

    def packages(self):
        """Syft lists packages of languages that a distribution's package owns, which pith lists with their owner."""
        joined, ours, theirs = set(), set(), set()
        document = json.loads(sh(f"{pith} sbom oci:{self.one} --format cyclonedx-json --cache-dir {self.cache}"))
        for component in document["components"]:
            ours.add(component.get("purl", component["name"]))
            joined |= {each["value"].split(" ")[0] for each in component.get("properties", []) if each["name"] == "pith:joined"}
        ours = {each for each in ours if each.startswith("pkg:")}
        for component in json.loads(sh(self.syft(self.one, "cyclonedx-json"))).get("components", []):
            if "purl" in component:
                theirs.add(re.sub(r"[?&]package-id=[0-9a-f]+", "", component["purl"]))
        row("packages that both list", str(len(ours & theirs)))
        row("packages that pith lists with their owner", str(len((theirs - ours) & joined)))
        unknown = sorted((ours - theirs) | (theirs - ours - joined))
        for each in unknown:
            row("a difference that is not known", f"{'only pith' if each in ours else 'only Syft'}: {each}")
        if unknown:
            sys.exit(f"{len(unknown)} packages differ")


if __name__ == "__main__":
    main(__doc__, "bench-image", ["one-layer", "eight-layers", "second", "scan-cold", "packages"],
         [syft_version, sh("openssl version").strip(), "igzip " + sh("dpkg-query -W -f '${Version}' isal").strip(),
          "mmdebstrap " + sh("mmdebstrap --version").split()[-1]], Bench)
