"""Which glibc a tree needs: the highest version that a symbol of any of its libraries and programs asks for."""

import re
import zipfile
from pathlib import Path
from typing import Iterator

SYMBOL_VERSION = re.compile(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)")
ELF = b"\x7fELF"


def needed(tree: Path) -> str:
    """As in a wheel's tag: "2_17"."""
    highest = max(version for image in images(tree) for version in versions(image))
    return f"{highest[0]}_{max(highest[1], 17)}"


def versions(image: bytes) -> "list[tuple[int, int]]":
    # glibc's symbol versions are whole entries of an image's string table, whichever table refers to them.
    return [(int(major), int(minor)) for major, minor in SYMBOL_VERSION.findall(image)]


def images(tree: Path) -> Iterator[bytes]:
    """All ELF files, those within the jar too."""
    for path in tree.rglob("*"):
        if path.suffix == ".jar":
            with zipfile.ZipFile(path) as jar:
                for name in jar.namelist():
                    if name.endswith(".so"):
                        yield jar.read(name)
        elif path.is_file():
            content = path.read_bytes()
            if content.startswith(ELF):
                yield content
