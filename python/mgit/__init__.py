"""Git for models.

>>> import mgit
>>> repository = mgit.Repository("models")
>>> repository.commit("squad-run", model="squad", parents=["bert-base=finetune"], metrics={"f1": 0.91})
>>> AutoModel.from_pretrained(mgit.path("squad~1"))
"""

import os
from pathlib import Path
from typing import Optional

from ._command import Pathish
from .errors import (
    ConflictError,
    DiffersError,
    GateError,
    IntegrityError,
    MgitError,
    RemoteError,
    UsageError,
)
from .repository import Repository
from .versions import Diff, Log, Parent, Version

__all__ = [
    "ConflictError",
    "Diff",
    "DiffersError",
    "GateError",
    "IntegrityError",
    "Log",
    "MgitError",
    "Parent",
    "RemoteError",
    "Repository",
    "UsageError",
    "Version",
    "path",
]


def path(rev: str, *, weights_only: bool = False, repository: Optional[Pathish] = None) -> Path:
    """
    A folder with the files of a version; see Repository.checkout.

    repository: default MGIT_REPOSITORY, else the one that the current folder is or lies in
    """
    place = repository if repository is not None else os.environ.get("MGIT_REPOSITORY", ".")
    return Repository(place).checkout(rev, weights_only=weights_only)
