#!/usr/bin/env python3
"""Installs the built wheel into an empty virtual environment and uses it with no Java, Maven or checkout on the PATH."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from checking import Check

WHEELS = Path(__file__).resolve().parent / "target"
USE = """
import mgit, pathlib
repository = mgit.Repository("repository")
print([version.model for version in repository.log()])
assert (repository.checkout("b") / "w.safetensors").read_bytes() == pathlib.Path("b/w.safetensors").read_bytes()
"""


def check(folder: Path, wheel: Path) -> None:
    venv.create(folder / "venv", with_pip=True)
    bin = folder / "venv" / "bin"
    checking = Check(folder, bin / "mgit")
    checking.run(str(bin / "python"), "-m", "pip", "install", "--quiet", "--no-index", str(wheel))
    checking.everyday()
    assert (folder / "venv/share/man/man1/mgit-commit.1.gz").exists()
    subprocess.run(["git", "init", "--quiet", "--bare", folder / "remote.git"], check=True)
    checking.mgit("remote", "add", "origin", str(folder / "remote.git"), "--store", str(folder / "store"))
    checking.mgit("push")
    checking.mgit("clone", str(folder / "remote.git"), str(folder / "cloned"))
    checking.run(str(bin / "python"), "-c", USE)


def main() -> None:
    wheels = sys.argv[1:] or sorted(map(str, WHEELS.glob("*.whl")))
    if len(wheels) != 1:
        sys.exit(f"error: name one wheel, there are {len(wheels)}; python3 python/build_wheel.py builds it")
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder), Path(wheels[0]).absolute())
    print("ok")


if __name__ == "__main__":
    main()
