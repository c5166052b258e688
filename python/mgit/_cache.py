"""Checked-out versions, immutable and shared: one folder a version, its files hard links to one file per content.

    files/SHA256                 read-only, one per content
    versions/ID/files/...        what path() returns
    versions/ID/manifest.json    of each file: sha256, size, mtime

A version appears by one rename, whole or not at all, so that processes need no lock.
"""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Optional

from .errors import IntegrityError

BLOCK = 1 << 20


def root() -> Path:
    """MGIT_CHECKOUT_CACHE, else mgit/versions in the user's cache folder."""
    named = os.environ.get("MGIT_CHECKOUT_CACHE")
    if named:
        return Path(named).absolute()
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "mgit" / "checkouts"


class Cache:
    def __init__(self, place: Optional[Path] = None) -> None:
        self.root = place or root()
        self.contents = self.root / "files"
        self.versions = self.root / "versions"

    def find(self, key: str) -> Optional[Path]:
        """The folder of a version whose files are what they were; a damaged one is dropped, with its contents."""
        version = self.versions / key
        try:
            manifest: Dict[str, Any] = json.loads((version / "manifest.json").read_text())
        except FileNotFoundError:
            return None
        damaged = [known for path, known in manifest.items() if not same(version / "files" / path, known)]
        if not damaged:
            return version / "files"
        for known in damaged:
            (self.contents / known["sha256"]).unlink(missing_ok=True)
        self._drop(version)
        return None

    def fill(self, key: str, write: Callable[[Path], Dict[str, Optional[str]]]) -> Path:
        """
        Adds a version.

        write: fills the folder it is given, and says which files it wrote, each with the SHA-256 it should have, if known
        """
        with self._scratch() as scratch:
            made = Path(scratch) / "version"
            (made / "files").mkdir(parents=True)
            expected = write(made / "files")
            self._publish(key, made, expected)
        return self.versions / key / "files"

    def share(self, key: str, folder: Path, paths: Iterable[str]) -> Path:
        """Adds a version that is part of another one, without copying."""

        def link(target: Path) -> Dict[str, Optional[str]]:
            chosen = list(paths)
            for path in chosen:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(folder / path, target / path)
            return {path: None for path in chosen}

        return self.fill(key, link)

    def _publish(self, key: str, made: Path, expected: Dict[str, Optional[str]]) -> None:
        manifest = {}
        for path, digest in expected.items():
            file = made / "files" / path
            found = sha256(file)
            if digest is not None and digest != found:
                raise IntegrityError(f"'{path}' was written as other bytes than were committed", "run 'mgit fsck'")
            self._intern(file, found)
            status = file.stat()
            manifest[path] = {"sha256": found, "size": status.st_size, "mtime": status.st_mtime_ns}
        (made / "manifest.json").write_text(json.dumps(manifest))
        self.versions.mkdir(parents=True, exist_ok=True)
        try:
            made.rename(self.versions / key)
        except OSError:
            if not (self.versions / key).is_dir():  # else another process was first, with the same bytes
                raise

    def _intern(self, file: Path, digest: str) -> None:
        """Makes the file one with the equal one of other versions, if their disk can."""
        file.chmod(0o444)
        known = self.contents / digest
        self.contents.mkdir(parents=True, exist_ok=True)
        if known.exists() and known.samefile(file):
            return
        whole = known.exists() and sha256(known) == digest
        source, target = (known, file) if whole else (file, known)
        other = target.with_name(target.name + ".link")
        try:
            os.link(source, other)
            other.replace(target)
        except OSError:
            pass  # no hard links here, or no more of this file: a copy does as well

    def _drop(self, version: Path) -> None:
        with self._scratch() as scratch:
            try:
                version.rename(Path(scratch) / "dropped")
            except FileNotFoundError:
                pass  # by another process

    def _scratch(self) -> "tempfile.TemporaryDirectory[str]":
        self.root.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix="new-", dir=self.root)


def same(file: Path, known: Dict[str, Any]) -> bool:
    """Reads the file only if its size or time is not the one noted."""
    try:
        status = file.stat()
        if status.st_size != known["size"]:
            return False
        return status.st_mtime_ns == known["mtime"] or sha256(file) == known["sha256"]
    except FileNotFoundError:
        return False


def sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as source:
        while block := source.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
