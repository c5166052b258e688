"""The same tree as a plain archive and as a Debian package."""

import shutil
import subprocess
import tarfile
from pathlib import Path

from .platforms import Platform

CONTROL = """Package: mgit
Version: {version}
Architecture: {architecture}
Maintainer: The mgit authors <mgit@localhost>
Installed-Size: {kilobytes}
Depends: bash, libc6, libstdc++6
Recommends: git
Section: vcs
Priority: optional
Description: Git for models
 Versions model weights, stores a fine-tune as a delta to its base model, and
 keeps the lineage of a family of checkpoints. Brings its own Java runtime.
"""


def tar(folder: Path, tree: Path, platform: Platform, version: str) -> Path:
    name = f"mgit-{version}-{platform.name}"
    path = folder / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tree, f"mgit-{version}", filter=owned_by_root)
    return path


def owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def can_make_deb() -> bool:
    return shutil.which("dpkg-deb") is not None


def deb(folder: Path, tree: Path, platform: Platform, version: str) -> Path:
    staged = folder / f"deb-{platform.name}"
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(tree, staged / "usr")
    kilobytes = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    control = staged / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(CONTROL.format(version=version, architecture=platform.debian, kilobytes=kilobytes))
    path = folder / f"mgit_{version}_{platform.debian}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-b", staged, path], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(staged)
    return path
