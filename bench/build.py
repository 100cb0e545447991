#!/usr/bin/env python3
"""How fast pith builds, as ratios against what does the same work, each pair measured in one run.

    bench/build.py [--runs 5] [--work FOLDER] [CASE ...]

Cases (all, unless some are named):
  cold      python3: packages cached, no facts and no layers yet; beside `dpkg-deb -x` of the same packages and
            `tar | gzip -6`, and beside `xargs -P2 dpkg-deb --fsys-tarfile` to /dev/null
  warm      python3, all layers cached; beside `openssl dgst -sha256` over the output's blobs
  changed   the same after what is known of one package went; beside that, and `dpkg-deb --fsys-tarfile` of it to `gzip -6`
  resolve   python3 from a warm index; beside `apt-get -s install python3`, and pith's own start
  minbase   mmdebstrap's minbase packages from a local file: mirror, everything cold
  memory    the peak of each image of the catalog, built cold, and of reading a suite's index anew

Needs root, build/release/pith, and Debian's apt-utils, gnupg, dpkg-dev, mmdebstrap, openssl, time. Prints the median of
the runs and the spread (least to most), and the ratio of the medians. Pairs are measured in turn, so that a busy
machine is busy for both.
"""
import os, re, shutil

from measure import Sample, in_turn, main, pith, row, sh, top

suite = "trixie"


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs = work, runs
        self.cache = work / "cache"
        self.build = f"{pith} build {top}/catalog/python3.yaml --platform linux/amd64 --cache-dir {self.cache} -q --offline"
        self.no_layers = f"rm -rf {self.cache}/records/facts {self.cache}/records/members {self.cache}/records/layers {work}/out"
        sh(f"{self.build.replace('--offline', '')} -o oci:{work}/out")

    def packages(self):
        """The python3 image's packages as .deb files: those whose blobs its lock names."""
        lock = self.work / "python3.lock.json"
        if not lock.exists():
            shutil.copytree(top / "catalog", self.work / "catalog", dirs_exist_ok=True)
            sh(f"{pith} lock {self.work}/catalog/python3.yaml --platform linux/amd64 --cache-dir {self.cache} -q")
            (self.work / "catalog/python3.lock.json").rename(lock)
        folder = self.work / "debs"
        folder.mkdir(exist_ok=True)
        for digest in sorted(set(re.findall(r'"sha256": ?"(?:sha256:)?([0-9a-f]{64})"', lock.read_text()))):
            blob = self.cache / "blobs/sha256" / digest[:2] / digest
            if blob.exists() and not (folder / f"{digest}.deb").exists():
                os.link(blob, folder / f"{digest}.deb")
        return folder

    def cold(self):
        debs, out = self.packages(), self.work
        ours, unpack, inflate = in_turn(
            self.runs,
            (self.no_layers, f"{self.build} -o oci:{out}/out"),
            (f"rm -rf {out}/root {out}/root.tar.gz",
             f"for d in {debs}/*.deb; do dpkg-deb -x $d {out}/root; done; tar -C {out}/root -c . | gzip -6 >{out}/root.tar.gz"),
            ("", f"ls {debs}/*.deb | xargs -P2 -n1 sh -c 'dpkg-deb --fsys-tarfile $0 >/dev/null'"))
        size = sum(f.stat().st_size for f in (out / "out/blobs/sha256").iterdir())
        row(f"pith build ({len(list(debs.iterdir()))} packages, {size / 1e6:.1f} MB)", ours.text)
        row(f"dpkg-deb -x, tar | gzip -6 ({(out / 'root.tar.gz').stat().st_size / 1e6:.1f} MB)",
            f"{unpack.text}: pith is {unpack.seconds / ours.seconds:.2f} times as fast (goal 3)")
        row("xargs -P2 dpkg-deb --fsys-tarfile", f"{inflate.text}: pith takes {ours.seconds / inflate.seconds:.2f} times that (goal under 2)")

    def warm(self):
        out = self.work
        sh(f"{self.build} -o oci:{out}/out")
        ours, hashing = in_turn(self.runs, ("", f"{self.build} -o oci:{out}/out"),
                                ("", f"openssl dgst -sha256 {out}/out/blobs/sha256/* >/dev/null"))
        goal = 2 * hashing.seconds + 0.05
        row("pith build, all layers cached", ours.text)
        row("openssl dgst -sha256 of the output's blobs", f"{hashing.text}: goal {goal * 1000:.0f} ms, {'reached' if ours.seconds <= goal else 'missed'}")

    def changed(self):
        out, debs = self.work, self.packages()
        sh(f"{self.build} -o oci:{out}/out")
        blobs = f"{out}/out/blobs/sha256"
        layer = sh(f"cd {blobs}; for blob in *; do if tar -tzf $blob 2>/dev/null | grep '/libssl.so.3$' >/dev/null; then echo $blob; fi; done").strip()
        deb = sh(f"for deb in {debs}/*; do if [ $(dpkg-deb -f $deb Package) = libssl3t64 ]; then echo $deb; fi; done").strip()
        records = sh(f"cd {self.cache}/records; grep -rlE '^{layer} ' members layers; grep -rlaE 'Package: libssl3t64$' facts").split()
        forget = f"rm -rf {out}/out; cd {self.cache}/records; rm {' '.join(records)}"
        ours, hashing, own = in_turn(self.runs, (forget, f"{self.build} -o oci:{out}/out"),
                                     ("", f"openssl dgst -sha256 {blobs}/* >/dev/null"),
                                     ("", f"dpkg-deb --fsys-tarfile {deb} | gzip -6 >/dev/null"))
        goal = 2 * hashing.seconds + 0.05 + own.seconds
        row("pith build, libssl3t64 to be made anew", ours.text)
        row("dpkg-deb --fsys-tarfile libssl3t64 | gzip -6", f"{own.text}: goal {goal * 1000:.0f} ms, {'reached' if ours.seconds <= goal else 'missed'}")

    def resolve(self):
        apt = f"suite={suite} architecture=amd64 folder={self.work}/apt"
        image = self.work / "resolve.yaml"
        image.write_text(f"contents:\n  repositories: [debian:{suite}]\n  packages: [python3]\n  install-time: keep\n")
        sh(f"mkdir -p {self.work}/apt; export {apt}; . {top}/tests/support/private_apt.sh >/dev/null")
        why = f"{pith} why {image} python3 --platform linux/amd64 --cache-dir {self.cache} -q"
        sh(why)
        ours, apts, start = in_turn(self.runs, ("", f"{why} --offline"),
                                    ("", f"APT_CONFIG={self.work}/apt/apt.conf apt-get -s install python3"), ("", f"{pith} --version"))
        row("pith why", ours.text)
        row("apt-get -s install python3", f"{apts.text}: pith is {apts.seconds / ours.seconds:.1f} times as fast (goal 4)")
        row("pith --version", f"{start.text}: pith why takes {(ours.seconds - start.seconds) * 1000:.0f} ms beyond (goal 50)")

    def mirror(self):
        """A signed file: mirror with the packages of minbase, and their names."""
        mirror, key = self.work / "mirror", self.work / "gnupg"
        if not (mirror / "dists/bench/InRelease").exists():
            pool, index = mirror / "pool", mirror / "dists/bench/main/binary-amd64"
            for folder in (pool, index, key):
                folder.mkdir(parents=True, exist_ok=True)
            apt = f"export suite={suite} architecture=amd64 folder={self.work}/apt; mkdir -p {self.work}/apt; . {top}/tests/support/private_apt.sh >/dev/null"
            sh(f"{apt}; rm -f {self.work}/apt/cache/archives/*.deb; apt-get -qq -y --download-only install '?essential' '?priority(required)' apt; mv {self.work}/apt/cache/archives/*.deb {pool}")
            sh(f"cd {mirror}; dpkg-scanpackages -m pool 2>/dev/null >{index}/Packages; cd dists/bench; "
               "apt-ftparchive -o APT::FTPArchive::Release::Codename=bench -o APT::FTPArchive::Release::Suite=bench "
               "-o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 release . >Release.new; mv Release.new Release; "
               f"export GNUPGHOME={key}; chmod 700 {key}; gpg -q --batch --passphrase '' --quick-gen-key bench rsa3072 sign never; "
               f"gpg -q --batch --clearsign -o InRelease Release; gpg -q --export >{self.work}/bench.gpg")
        names = sh(f"sed -n 's/^Package: //p' {mirror}/dists/bench/main/binary-amd64/Packages").split()
        return mirror, sorted(set(names))

    def minbase(self):
        mirror, names = self.mirror()
        source = f"deb [signed-by={self.work}/bench.gpg] file://{mirror} bench main"
        image = self.work / "minbase.yaml"
        image.write_text(f"contents:\n  repositories: ['{source}']\n  install-time: keep\n  packages:\n" + "".join(f"    - {n}\n" for n in names))
        ours, theirs = in_turn(
            self.runs,
            (f"rm -rf {self.work}/cold {self.work}/minbase", f"{pith} build {image} --platform linux/amd64 --cache-dir {self.work}/cold -q -o oci:{self.work}/minbase"),
            (f"rm -f {self.work}/minbase.tar", f"mmdebstrap --mode=root --variant=minbase --hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount bench {self.work}/minbase.tar '{source}'"))
        row(f"pith build of {len(names)} packages, nothing cached", ours.text)
        row("mmdebstrap --variant=minbase, a plain tar", f"{theirs.text}: pith is {theirs.seconds / ours.seconds:.1f} times as fast (goal 5)")

    def memory(self):
        for name in ("static", "base-nossl", "base", "cc", "python3", "nginx"):
            build = f"{pith} build {top}/catalog/{name}.yaml --cache-dir {self.cache} -q"
            sh(build)
            sh(self.no_layers)
            row(f"{name}, two architectures, no layers yet", f"{Sample(f'{build} --offline -o oci:{self.work}/out').megabytes:.0f} MB (goal under 300)")
        sh(f"rm -rf {self.cache}/records/deb-index")
        row("reading the whole suite's index anew", f"{Sample(f'{pith} why {top}/catalog/base.yaml libc6 --cache-dir {self.cache} -q').megabytes:.0f} MB (goal under 400)")


if __name__ == "__main__":
    main(__doc__, "bench", ["cold", "warm", "changed", "resolve", "minbase", "memory"],
         [sh("dpkg-deb --version | sed -n 1p").strip(), sh("apt-get --version | sed -n 1p").strip(), sh("mmdebstrap --version").strip(),
          sh("openssl version").strip(), sh("gzip --version | sed -n 1p").strip()], Bench)
