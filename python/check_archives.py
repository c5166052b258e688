#!/usr/bin/env python3
"""Installs the plain archive and the Debian package, each below a folder of its own, and uses them without any other Java.

The package is really installed, by dpkg with a database of its own (dpkg --root), or only unpacked where this user may not.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from checking import Check

TARGET = Path(__file__).resolve().parent / "target"
PATHS = {"usr/bin/mgit", "usr/lib/mgit/mgit.jar", "usr/share/man/man1/mgit.1.gz"}


def unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        members = packed.getmembers()
        assert all(entry.uname == "root" and not entry.name.startswith(("/", "..")) for entry in members)
        packed.extractall(folder)
    return next(folder.glob("mgit-*")) / "bin" / "mgit"


def install(package: Path, root: Path) -> Path:
    if os.geteuid() != 0:
        subprocess.run(["dpkg", "-x", package, root], check=True)
        print(f"$ dpkg -x {package.name} (not root: unpacked only)")
        return root / "usr/bin/mgit"
    for folder in ("var/lib/dpkg/updates", "var/lib/dpkg/info"):
        (root / folder).mkdir(parents=True)
    for file in ("status", "available"):
        (root / "var/lib/dpkg" / file).touch()
    dpkg = ["dpkg", f"--root={root}", "--log=/dev/null"]
    subprocess.run([*dpkg, "--force-depends", "--install", package], check=True, capture_output=True)
    status = subprocess.run([*dpkg, "--status", "mgit"], check=True, capture_output=True, text=True).stdout
    print("$ dpkg --install\n" + "\n".join(status.splitlines()[:7]))
    assert "Status: install ok installed" in status
    listed = subprocess.run([*dpkg, "--listfiles", "mgit"], check=True, capture_output=True, text=True).stdout
    assert PATHS <= {line.lstrip("/") for line in listed.splitlines()}, "files are missing"
    return root / "usr/bin/mgit"


def remove(root: Path) -> None:
    if os.geteuid() == 0:
        subprocess.run(["dpkg", f"--root={root}", "--log=/dev/null", "--purge", "mgit"], check=True, capture_output=True)
        assert not (root / "usr/lib/mgit").exists(), "purging left files"


def only(pattern: str) -> Path:
    found = sorted(TARGET.glob(pattern))
    if len(found) != 1:
        sys.exit(f"error: there are {len(found)} {pattern} in {TARGET}; python3 python/build_wheel.py builds it")
    return found[0]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Check(made(folder, "archive"), unpack(only("mgit-*.tar.gz"), made(folder, "unpacked"))).everyday()
        root = made(folder, "root")
        Check(made(folder, "deb"), install(only("mgit_*.deb"), root)).everyday()
        remove(root)
    print("ok")


def made(folder: str, name: str) -> Path:
    path = Path(folder, name)
    path.mkdir()
    return path


if __name__ == "__main__":
    main()
