"""The image that the benchmarks read: a bookworm of some 350 packages, made once by mmdebstrap, as OCI layouts of one
layer and of eight (the same files, cut in the order of the tar).
"""
import hashlib, json, tarfile
from pathlib import Path

from measure import sh

packages = """build-essential,python3,python3-pip,python3-dev,git,curl,wget,imagemagick,libpq-dev,nodejs,
default-jre-headless,nginx,openssh-client,mercurial,subversion,procps,libmariadb-dev,libxml2-dev,libxslt1-dev,
libyaml-dev,unzip,postgresql-client,redis-server""".replace("\n", "")


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
    with open(file, "rb") as stream:
        return stream.read(2)


def layers_of(layout):
    """The layers' blobs, the largest first."""
    files = [each for each in (layout / "blobs/sha256").iterdir() if head_of(each) == b"\x1f\x8b"]
    return sorted(files, key=lambda each: -each.stat().st_size)


class Image:
    """The tree as a tar, and its layouts, in a folder."""

    def __init__(self, folder):
        self.tree, self.one, self.eight = folder / "tree.tar", folder / "one", folder / "eight"
        if not self.tree.exists():
            print("  making the tree with mmdebstrap", flush=True)
            sh(f"mmdebstrap --mode=root --format=tar --variant=important --include={packages} bookworm {self.tree}.new && mv {self.tree}.new {self.tree}")
        for layout, parts in ((self.one, 1), (self.eight, 8)):
            if not (layout / "index.json").exists():
                print(f"  making the image of {parts} layers", flush=True)
                sh(f"rm -rf {layout}")
                pieces = [self.tree] if parts == 1 else cut(self.tree, parts, folder)
                Layout(layout, pieces)
                if parts > 1:
                    sh(f"rm {' '.join(map(str, pieces))}")
        size = sum(each.stat().st_size for each in layers_of(self.one))
        print(f"the image: a tar of {self.tree.stat().st_size / 1e6:.0f} MB, {size / 1e6:.0f} MB as one layer of gzip -6")
