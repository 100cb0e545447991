#!/usr/bin/env python3
"""How fast pith moves an image to and from a registry on loopback, beside skopeo and crane, and verifies its signature,
beside cosign, measured in turn.

    bench/registry.py [--runs 5] [--work FOLDER] [CASE ...]

Cases (all, unless some are named):
  push    catalog/python3.yaml for amd64 into an empty registry; beside `skopeo copy` and `crane push` of the same layout
  again   the same into a registry that has it under another tag
  shared  a second image (its debug variant) that shares layers: which bytes move, by what the registry holds
  pull    out of the registry with nothing cached, and with all layers cached; beside `skopeo copy` and `crane pull`
  verify  a signature by a key on the image, as a bundle, whose manifests are in the cache or not; beside `cosign verify`,
          which also reads it and has no cache; the program's size

The registry is Debian's docker-registry, on a free port, emptied before each push that is measured. Needs build/release/pith,
build/peers/bin/crane and cosign (scripts/peers.sh), skopeo, docker-registry, and what `pith build` needs. Prints the median of the runs and the
spread (least to most), the peak of the memory, and the ratio of the medians.
"""
import atexit, socket, subprocess, time

from measure import goal, in_turn, main, peer, pith, row, sh, top

crane, crane_version = peer("crane")
cosign, cosign_version = peer("cosign")


class Registry:
    """docker-registry with its data in a folder, which may be emptied while it runs: it keeps nothing in memory."""

    def __init__(self, folder):
        self.data = folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{probe.getsockname()[1]}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.yml").write_text(
            f"version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: {self.data}\n"
            f"http:\n  addr: {self.host}\n")
        process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(process.terminate)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.host.split(":")[1]))) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit("docker-registry does not listen")

    def blobs(self):
        return {each.parent.name: each.stat().st_size for each in self.data.glob("docker/registry/v2/blobs/sha256/*/*/data")}


class Bench:
    def __init__(self, work, runs):
        self.work, self.runs = work, runs
        self.registry, self.cache = Registry(work / "registry"), work / "cache"
        self.empty = f"rm -rf {self.registry.data}"
        for name, more in (("python3", ""), ("python3-debug", "--variant debug")):
            if not (work / name / "index.json").exists():
                sh(f"{pith} build {top}/catalog/python3.yaml --platform linux/amd64 {more} -q --sbom none -o oci:{work}/{name}:x")
        size = sum(each.stat().st_size for each in (work / "python3/blobs/sha256").iterdir())
        print(f"the image: {size / 1e6:.1f} MB in {len(list((work / 'python3/blobs/sha256').iterdir()))} blobs")

    def pushes(self, tag):
        ours = f"exec {pith} push oci:{self.work}/python3:x {self.registry.host}/app:{tag} -q --cache-dir {self.cache}"
        skopeo = f"exec skopeo copy -q --dest-tls-verify=false oci:{self.work}/python3:x docker://{self.registry.host}/app:{tag}"
        cranes = f"exec {crane} push {self.work}/python3 {self.registry.host}/app:{tag}"
        return ours, skopeo, cranes

    def beside_peers(self, before, commands, what, say=lambda ratio: f"pith is {ratio:.1f} times as fast"):
        ours, *theirs = in_turn(self.runs, *((before, each) for each in commands))
        row(f"pith {what}", ours.text)
        for name, each in zip(("skopeo", "crane"), theirs):
            row(name, each.text)
            row("", say(each.seconds / ours.seconds))

    def push(self):
        self.beside_peers(f"{self.empty} {self.cache}", self.pushes("1"), "push, into an empty registry",
                          lambda ratio: goal(ratio >= 1, f"pith is {ratio:.1f} times as fast (goal 1)"))

    def again(self):
        sh(self.empty)
        sh(self.pushes("0")[0])
        self.beside_peers("", self.pushes("1"), "push, of what is there")

    def shared(self):
        sh(self.empty)
        sh(self.pushes("1")[0])
        before = self.registry.blobs()
        sh(f"{pith} push oci:{self.work}/python3-debug:x {self.registry.host}/app:debug -q --cache-dir {self.cache}")
        after = self.registry.blobs()
        own = {each.name: each.stat().st_size for each in (self.work / "python3-debug/blobs/sha256").iterdir()}
        shared = sum(size for name, size in own.items() if name in before)
        moved = sum(size for name, size in after.items() if name not in before)
        differs = sum(size for name, size in own.items() if name not in before)
        row("of the second image is there already", f"{shared / 1e6:.1f} MB")
        row("", goal(moved == differs, f"{moved / 1e6:.2f} MB came, {differs / 1e6:.2f} MB differ"))

    def pull(self):
        sh(self.empty)
        sh(self.pushes("1")[0])
        out = self.work / "out"
        ours = f"exec {pith} pull {self.registry.host}/app:1 oci:{out}:x -q --cache-dir {self.cache}"
        skopeo = f"exec skopeo copy -q --src-tls-verify=false docker://{self.registry.host}/app:1 oci:{out}:x"
        cranes = f"exec {crane} pull --format oci {self.registry.host}/app:1 {out}"
        self.beside_peers(f"rm -rf {out} {self.cache}", (ours, skopeo, cranes), "pull, nothing cached")
        sh(f"rm -rf {out}")
        sh(ours)
        self.beside_peers(f"rm -rf {out}", (ours, skopeo, cranes), "pull, all layers cached")

    def verify(self):
        sh(f"{self.empty}; rm -f {self.work}/key.*; {self.pushes('1')[0]}")
        image = f"{self.registry.host}/app:1"
        sh(f"export PITH_PASSWORD=; {pith} keygen -q -o {self.work}/key; {pith} sign -q {image} --key {self.work}/key.key")
        ours = f"exec {pith} verify -q {image} --key {self.work}/key.pub --cache-dir {self.cache}"
        cosigns = f"exec {cosign} verify {image} --key {self.work}/key.pub --insecure-ignore-tlog --allow-insecure-registry"
        empty = self.work / "empty-cache"
        first = f"exec {pith} verify -q {image} --key {self.work}/key.pub --cache-dir {empty}"
        ours, first, theirs = in_turn(self.runs, ("", ours), (f"rm -rf {empty}", first), ("", cosigns))
        row("pith verify", ours.text)
        row("pith verify, nothing cached", first.text)
        row("cosign", theirs.text)
        row("", f"pith is {theirs.seconds / first.seconds:.1f} times as fast with nothing cached")
        ratio = theirs.seconds / ours.seconds
        row("", goal(ratio >= 3, f"pith is {ratio:.1f} times as fast (goal 3)"))
        row("", goal(ours.megabytes < 20, f"pith takes {ours.megabytes:.1f} MB of memory (goal: under 20)"))
        sh(f"strip -o {self.work}/stripped {pith}")
        size = (self.work / "stripped").stat().st_size / 1e6
        row("", goal(size < 15, f"the stripped program has {size:.1f} MB (goal: under 15)"))


if __name__ == "__main__":
    main(__doc__, "bench-registry", ["push", "again", "shared", "pull", "verify"],
         [sh("skopeo --version").strip(), crane_version, cosign_version, "docker-registry " + sh("dpkg-query -W -f '${Version}' docker-registry").strip()], Bench)
