"""Runs the mgit command, and turns what it says into values and exceptions."""

import importlib.metadata
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Sequence, Union

from .errors import MgitError, error

Pathish = Union[str, "os.PathLike[str]"]

COMMAND = "MGIT_COMMAND"


def run(arguments: Sequence[str], repository: Pathish) -> str:
    """What the command prints; an MgitError if it fails."""
    command = [executable(), "-C", os.fspath(repository), *arguments]
    # Not the terminal's: a question asked there would hang a script or a notebook.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    errors = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        raise error(done.returncode, errors)
    return done.stdout.decode("utf-8")


def read(arguments: Sequence[str], repository: Pathish) -> "dict[str, Any]":
    """The JSON object that the command prints."""
    value = json.loads(run([*arguments, "--json"], repository))
    if not isinstance(value, dict):
        raise MgitError(f"'mgit {arguments[0]} --json' printed no object")
    return value


def executable() -> str:
    """MGIT_COMMAND, else the command that came with this package, else the one on the PATH."""
    found = os.environ.get(COMMAND) or installed() or shutil.which("mgit")
    if not found:
        raise MgitError("there is no mgit command", f"install the wheel mgit-models, or set {COMMAND}")
    return found


def installed() -> "str | None":
    try:
        files = importlib.metadata.files("mgit-models") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    scripts = [Path(file.locate()) for file in files if file.name in ("mgit", "mgit.cmd")]
    return next((str(script.resolve()) for script in scripts if script.is_file()), None)
