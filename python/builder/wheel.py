"""Writes the wheel: the Python package, and the tree below the environment's own bin and lib."""

import base64
import hashlib
import os
import zipfile
from pathlib import Path

from .platforms import Platform

DISTRIBUTION = "mgit_models"
EPOCH = (2026, 1, 1, 0, 0, 0)

METADATA = """Metadata-Version: 2.1
Name: mgit-models
Version: {version}
Summary: Git for models: lineage and a small store for families of checkpoints
License: Apache-2.0
Requires-Python: >=3.9
Provides-Extra: numpy
Requires-Dist: numpy; extra == "numpy"
Description-Content-Type: text/markdown

{readme}"""

WHEEL = """Wheel-Version: 1.0
Generator: mgit
Root-Is-Purelib: false
Tag: py3-none-{tag}
"""


def write(folder: Path, root: Path, tree: Path, platform: Platform, version: str, tag: str) -> Path:
    path = folder / f"{DISTRIBUTION}-{version}-py3-none-{tag}.whl"
    for old in folder.glob(f"{DISTRIBUTION}-*{platform.machine}.whl"):
        old.unlink()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        Writer(archive, version).all(root, tree, tag)
    return path


class Writer:
    def __init__(self, archive: zipfile.ZipFile, version: str) -> None:
        self.archive = archive
        self.version = version
        self.info = f"{DISTRIBUTION}-{version}.dist-info"
        self.record: "list[str]" = []

    def all(self, root: Path, tree: Path, tag: str) -> None:
        for source in sorted((root / "python" / "mgit").rglob("*")):
            if source.suffix in (".py", ".typed"):
                self.file(source.relative_to(root / "python").as_posix(), source)
        # "scripts" and "data" are the bin and the root of the environment: the layout of the tree.
        data = f"{DISTRIBUTION}-{self.version}.data"
        for source in sorted(path for path in tree.rglob("*") if path.is_file()):
            relative = source.relative_to(tree)
            place = f"scripts/{relative.name}" if relative.parts[0] == "bin" else f"data/{relative.as_posix()}"
            self.file(f"{data}/{place}", source)
        readme = (root / "python" / "README.md").read_text()
        self.text("METADATA", METADATA.format(version=self.version, readme=readme))
        self.text("WHEEL", WHEEL.format(tag=tag))
        self.file(f"{self.info}/LICENSE", root / "LICENSE")
        record = f"{self.info}/RECORD"
        self.record.append(f"{record},,")
        self.archive.writestr(entry(record, 0o644), "\n".join(self.record) + "\n")

    def text(self, name: str, text: str) -> None:
        self.add(f"{self.info}/{name}", text.encode(), 0o644)

    def file(self, name: str, source: Path) -> None:
        self.add(name, source.read_bytes(), 0o755 if os.access(source, os.X_OK) else 0o644)

    def add(self, name: str, content: bytes, mode: int) -> None:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(content)}")
        self.archive.writestr(entry(name, mode), content)


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, EPOCH)
    made.external_attr = (0o100000 | mode) << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    return made
