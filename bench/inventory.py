#!/usr/bin/env python3
"""How fast pith reads an image, as ratios against what does the same work, each pair measured in one run.

    bench/inventory.py [--runs 5] [--work FOLDER] [CASE ...]

Cases (all, unless some are named):
  one-layer     the packages of an image of one layer, nothing cached; beside Syft, and beside `igzip -d` of the layer
  eight-layers  the same files in eight layers; beside Syft
  second        a scan of an image that was scanned before; beside pith's own start
  scan-cold     a scan with nothing cached; beside `igzip -d | openssl dgst -sha256` of the same layers on all cores
  packages      the packages of the image, beside those that Syft lists: a difference that is not known is an error

The image is a bookworm of some 350 packages, made once by mmdebstrap in the work folder. Needs root, build/release/pith,
build/peers/bin/syft (scripts/peers.sh), and Debian's mmdebstrap, igzip (isal), openssl. Prints the median of the runs
and the spread (least to most), the peak of the memory (pages of mapped files counted), and the ratio of the medians.
Pairs are measured in turn, so that a busy machine is busy for both. Whatever is read is in the page cache; "nothing
cached" means pith's own cache.
"""
import argparse, hashlib, json, os, platform, re, statistics, subprocess, sys, tarfile, time
from pathlib import Path

top = Path(__file__).resolve().parent.parent
pith = top / "build/release/pith"
syft = top / "build/peers/bin/syft"
packages = """build-essential,python3,python3-pip,python3-dev,git,curl,wget,imagemagick,libpq-dev,nodejs,
default-jre-headless,nginx,openssh-client,mercurial,subversion,procps,libmariadb-dev,libxml2-dev,libxslt1-dev,
libyaml-dev,unzip,postgresql-client,redis-server""".replace("\n", "")


def sh(command, **more):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True, text=True, capture_output=True, **more).stdout


class Sample:
    def __init__(self, command, statuses):
        begin = time.monotonic()
        process = subprocess.Popen(["bash", "-euo", "pipefail", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in statuses:
            sys.exit(f"failed: {command}\n{error.decode(errors='replace')}")
        self.seconds, self.megabytes = time.monotonic() - begin, usage.ru_maxrss / 1024


class Measured:
    def __init__(self, samples):
        seconds = [each.seconds for each in samples]
        self.seconds = statistics.median(seconds)
        self.megabytes = max(each.megabytes for each in samples)
        self.text = f"{self.seconds * 1000:.0f} ms ({min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f}), {self.megabytes:.0f} MB"


def in_turn(runs, *pairs, statuses=(0,)):
    """Each pair: (what to do before, what to time). Gives what each took."""
    samples = [[] for _ in pairs]
    for _ in range(runs):
        for i, (before, command) in enumerate(pairs):
            if before:
                sh(before)
            samples[i].append(Sample(command, statuses))
    return [Measured(each) for each in samples]


def row(what, text):
    print(f"  {what:<52} {text}", flush=True)


def goal(met, text):
    return f"{'reached' if met else 'MISSED'}: {text}"


class Layout:
    """An OCI layout of layers that are tar files, gzipped."""

    def __init__(self, folder, tars):
        self.folder, self.blobs = folder, folder / "blobs/sha256"
        self.blobs.mkdir(parents=True)
        layers, diff_ids = [], []
        for tar in tars:
            diff_ids.append("sha256:" + sh(f"sha256sum {tar}").split()[0])
            sh(f"gzip -6 -n -c {tar} >{folder}/layer")
            name = sh(f"sha256sum {folder}/layer").split()[0]
            (folder / "layer").rename(self.blobs / name)
            layers.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + name,
                           "size": (self.blobs / name).stat().st_size})
        config = self.add({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}},
                          "application/vnd.oci.image.config.v1+json")
        manifest = self.add({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": layers},
                            "application/vnd.oci.image.manifest.v1+json")
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))

    def add(self, document, media_type):
        text = json.dumps(document).encode()
        name = hashlib.sha256(text).hexdigest()
        (self.blobs / name).write_bytes(text)
        return {"mediaType": media_type, "digest": "sha256:" + name, "size": len(text)}


def cut(tar, parts, folder):
    """The members of a tar, in their order, in so many tars of about equal size."""
    whole, out = tarfile.open(tar), []
    most = tar.stat().st_size / parts
    for member in whole:
        if member.offset >= most * len(out):
            out.append(tarfile.open(folder / f"part{len(out)}.tar", "w", format=tarfile.GNU_FORMAT))
        out[-1].addfile(member, whole.extractfile(member) if member.isreg() else None)
    for each in out:
        each.close()
    return [Path(each.name) for each in out]


def head_of(file):
    with open(file, "rb") as stream:  # the peak of a process that is measured includes what this one has held
        return stream.read(2)


def layers_of(layout):
    """The layers' blobs, the largest first."""
    files = [each for each in (layout / "blobs/sha256").iterdir() if head_of(each) == b"\x1f\x8b"]
    return sorted(files, key=lambda each: -each.stat().st_size)


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs, self.cache = work, runs, work / "cache"
        self.one, self.eight = work / "one", work / "eight"
        tar = work / "tree.tar"
        if not tar.exists():
            print("  making the tree with mmdebstrap", flush=True)
            sh(f"mmdebstrap --mode=root --variant=important --include={packages} bookworm {tar}.new && mv {tar}.new {tar}")
        for layout, parts in ((self.one, 1), (self.eight, 8)):
            if not (layout / "index.json").exists():
                print(f"  making the image of {parts} layers", flush=True)
                sh(f"rm -rf {layout}")
                pieces = [tar] if parts == 1 else cut(tar, parts, work)
                Layout(layout, pieces)
                if parts > 1:
                    sh(f"rm {' '.join(map(str, pieces))}")
        size = sum(each.stat().st_size for each in layers_of(self.one))
        print(f"the image: a tar of {tar.stat().st_size / 1e6:.0f} MB, {size / 1e6:.0f} MB as one layer of gzip -6")

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
        return ours, rest

    def one_layer(self):
        layer = layers_of(self.one)[0]
        ours, (inflate,) = self.beside_syft(self.one, 5, ("", f"igzip -d -c {layer} >/dev/null"))
        row("igzip -d of the layer to /dev/null", inflate.text)
        ratio = ours.seconds / inflate.seconds
        row("", goal(ratio < 1.4, f"pith takes {ratio:.2f} times that (goal under 1.4)"))

    def eight_layers(self):
        self.beside_syft(self.eight, 10)

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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cases = ["one-layer", "eight-layers", "second", "scan-cold", "packages"]
    parser.add_argument("case", nargs="*", choices=cases + [[]], default=[])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=top / "build/bench-inventory")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    versions = [sh(f"{pith} --version").strip(), "syft " + re.search("^syft=(.*)", (top / "scripts/peers.sh").read_text(), re.M)[1], sh("openssl version").strip(),
                "igzip " + sh("dpkg-query -W -f '${Version}' isal").strip(), "mmdebstrap " + sh("mmdebstrap --version").split()[-1]]
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.runs} runs, page cache warm")
    print("; ".join(versions))
    bench = Bench(options.work.resolve(), options.runs)
    for case in options.case or cases:
        print(case)
        getattr(bench, case.replace("-", "_"))()
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
