#!/usr/bin/env python3
"""Installs the built wheel into an empty virtual environment and uses it with no Java, Maven or checkout on the PATH."""

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

WHEELS = Path(__file__).resolve().parent / "target"
# What the launcher starts while it makes its archive, and what a hook is.
TOOLS = ("bash", "sh", "env", "mktemp", "rm", "mv", "mkdir", "touch")
WEIGHTS = b'{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
USE = """
import mgit, pathlib
repository = mgit.Repository("repository")
print([version.model for version in repository.log()])
assert (repository.checkout("b") / "w.safetensors").read_bytes() == pathlib.Path("b/w.safetensors").read_bytes()
"""


class Check:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "venv" / "bin"
        tools = folder / "tools"
        tools.mkdir()
        for tool in TOOLS:
            (tools / tool).symlink_to(shutil.which(tool) or sys.exit(f"error: there is no {tool}"))
        self.environment = {"PATH": f"{self.bin}:{tools}", "HOME": str(folder / "home"), "LANG": "C.UTF-8"}

    def run(self, *command: str, expect: int = 0) -> str:
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        print("$", " ".join(command[:8]).split("\n")[0], "\n" + (done.stdout + done.stderr).strip())
        if done.returncode != expect:
            sys.exit(f"error: exit code {done.returncode}, not {expect}")
        return done.stdout

    def mgit(self, *arguments: str, expect: int = 0) -> str:
        return self.run(str(self.bin / "mgit"), "-C", "repository", *arguments, expect=expect)

    def all(self, wheel: Path) -> None:
        for model in (b"a", b"b"):
            file = self.folder / model.decode() / "w.safetensors"
            file.parent.mkdir()
            file.write_bytes(len(WEIGHTS).to_bytes(8, "little") + WEIGHTS + model)
        (self.folder / "repository").mkdir()
        (self.folder / "home").mkdir()
        self.run(str(self.bin / "python"), "-m", "pip", "install", "--quiet", "--no-index", str(wheel))
        assert not any(shutil.which(tool, path=self.environment["PATH"]) for tool in ("java", "mvn"))
        self.mgit("--version")
        assert list((self.folder / "home/.cache/mgit").glob("*/*/classes-*")), "no class archive was made"
        self.mgit("init")
        self.mgit("commit", "../a", "--model", "a")
        self.mgit("hooks", "add", "mark", "--event=post-commit", "--", "touch", str(self.folder / "hooked"))
        self.mgit("commit", "../b", "--model", "b", "--from", "a")
        assert (self.folder / "hooked").exists(), "the hook did not run"
        assert "b" in self.mgit("log", "--all", "--oneline")
        self.mgit("checkout", "b", str(self.folder / "out"))
        same = (self.folder / "out/w.safetensors").read_bytes() == (self.folder / "b/w.safetensors").read_bytes()
        assert same, "the checkout has other bytes"
        subprocess.run(["git", "init", "--quiet", "--bare", self.folder / "remote.git"], check=True)
        self.mgit("remote", "add", "origin", str(self.folder / "remote.git"), "--store", str(self.folder / "store"))
        self.mgit("push")
        self.mgit("clone", str(self.folder / "remote.git"), str(self.folder / "cloned"))
        self.mgit("checkout", "nope", expect=2)
        self.run(str(self.bin / "python"), "-c", USE)


def main() -> None:
    wheels = sys.argv[1:] or sorted(map(str, WHEELS.glob("*.whl")))
    if len(wheels) != 1:
        sys.exit(f"error: name one wheel, there are {len(wheels)}; python3 python/build_wheel.py builds it")
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder) / "venv", with_pip=True)
        Check(Path(folder)).all(Path(wheels[0]).absolute())
    print("ok")


if __name__ == "__main__":
    main()
