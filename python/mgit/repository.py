"""A repository, by way of the mgit command."""

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence

from . import _command, _tensors
from ._cache import Cache
from ._command import Pathish
from .errors import UsageError
from .versions import METRICS, Diff, Log, Version

if TYPE_CHECKING:
    import numpy

READABLE = (".safetensors", ".npy")


class Repository:
    """The repository that a folder is or lies in. Holds nothing: several may be used at once, from threads too."""

    def __init__(self, path: Pathish = ".") -> None:
        self.root = Path(path).absolute()

    @staticmethod
    def init(path: Pathish = ".") -> "Repository":
        """Makes a new, empty repository."""
        Path(path).mkdir(parents=True, exist_ok=True)
        _command.run(["init"], path)
        return Repository(path)

    def commit(
        self,
        folder: Pathish,
        *,
        model: Optional[str] = None,
        parents: Sequence[str] = (),
        message: Optional[str] = None,
        metrics: Optional[Mapping[str, float]] = None,
        trailers: Optional[Mapping[str, str]] = None,
        weights_only: bool = False,
    ) -> Version:
        """
        Stores a file or folder as a new version of a model.

        parents: what it was derived from, each "REV" or "REV=KIND", as in "bert-base=finetune"
        metrics: kept with the version, see Version.metrics
        """
        trailers = dict(trailers or {})
        if metrics:
            trailers[METRICS] = json.dumps({name: float(value) for name, value in metrics.items()})
        arguments = ["commit", os.fspath(Path(folder).absolute())]
        arguments += [f"--model={model}"] if model is not None else []
        arguments += [f"--message={message}"] if message is not None else []
        arguments += [f"--from={parent}" for parent in parents]
        arguments += [f"--trailer={name}={value}" for name, value in trailers.items()]
        arguments += ["--weights-only"] if weights_only else []
        return self.version(_command.read(arguments, self.root)["id"])

    def version(self, rev: str) -> Version:
        return Version.of(self._show(rev))

    def log(self, *revs: str, limit: Optional[int] = None) -> Log:
        """These versions and their ancestors, newest first; without revisions, all."""
        arguments = ["log", *(["-n", str(limit)] if limit is not None else []), *checked(revs)]
        return Log(map(Version.of, _command.read(arguments, self.root)["versions"]))

    def versions(self, model: Optional[str] = None) -> List[Version]:
        """Every version of a model, or of all models, oldest first."""
        log = self.log(*([model] if model is not None else []))
        return [version for version in reversed(log) if model is None or version.model == model]

    def models(self) -> Dict[str, str]:
        """The name of each model, and the id of its newest version."""
        return {model["name"]: model["head"] for model in _command.read(["branch"], self.root)["models"]}

    def diff(self, a: str, b: str) -> Diff:
        """Compares two versions or folders, tensor by tensor."""
        return Diff(_command.read(["diff", *checked((a, b))], self.root))

    def tag(self, name: str, rev: str, *, force: bool = False) -> None:
        _command.run(["tag", *(["--force"] if force else []), *checked((name, rev))], self.root)

    def drop_training_state(self, model: str, *, keep_last: int) -> None:
        """Deletes optimizer, scheduler and random number generators from all but the newest versions of a model."""
        options = ["--drop-training-state", f"--keep-last={keep_last}"]
        _command.run(["gc", *options, *checked((model,))], self.root)

    def checkout(self, rev: str, *, weights_only: bool = False) -> Path:
        """
        A folder with the files of a version, bit for bit. It is shared with everyone who asks for the version again:
        read it, do not write to it.

        weights_only: without optimizer, scheduler and random number generators
        """
        shown = self._show(rev)
        cache = Cache()
        whole, weights = shown["id"], f"{shown['id']}-weights"
        paths = [file["path"] for file in shown["files"] if not file.get("training_state")]
        if not weights_only or len(paths) == len(shown["files"]):
            return cache.find(whole) or cache.fill(whole, lambda target: self._write(shown, target))
        found = cache.find(weights)
        if found is None and (folder := cache.find(whole)) is not None:
            found = cache.share(weights, folder, paths)
        return found or cache.fill(weights, lambda target: self._write(shown, target, "--weights-only"))

    def load(self, rev: str) -> "Dict[str, numpy.ndarray[Any, Any]]":
        """
        All weights, by name, as NumPy arrays over memory maps: nothing is read before it is used. Of a version with
        several files that have a tensor of one name, as pipelines do, the names begin with the file's path and a colon.
        """
        folder = self.checkout(rev, weights_only=True)
        files = sorted(path for path in folder.rglob("*") if path.suffix in READABLE)
        if not files:
            raise UsageError(
                f"'{rev}' has no safetensors or NumPy files", "load mgit.path(...) with the library that wrote it"
            )
        loaded = {file.relative_to(folder).as_posix(): _tensors.load(file) for file in files}
        names = [name for tensors in loaded.values() for name in tensors]
        unique = len(names) == len(set(names))
        return {
            name if unique else f"{path}:{name}": value
            for path, tensors in loaded.items()
            for name, value in tensors.items()
        }

    def open(self, rev: str, tensor: str) -> "numpy.ndarray[Any, Any]":
        """One tensor; of a version that is not checked out, nothing else is read."""
        id = self._show(rev)["id"]
        if Cache().find(id) is None and Cache().find(f"{id}-weights") is None:
            with tempfile.TemporaryDirectory(prefix="mgit-") as scratch:
                _command.run(["checkout", id, scratch, f"--tensors={tensor}", "--force"], self.root)
                found = _tensors.load(Path(scratch) / "tensors.safetensors")
                return found[tensor].copy()
        loaded = self.load(id)
        if tensor not in loaded:
            raise UsageError(f"'{rev}' has no tensor '{tensor}'", "'mgit show REV --tensors' lists them")
        return loaded[tensor]

    def _show(self, rev: str) -> Dict[str, Any]:
        if ":" in rev:
            raise UsageError(f"not a version: '{rev}'", "name the version alone, and take the file from its folder")
        return _command.read(["show", *checked((rev,))], self.root)

    def _write(self, shown: Dict[str, Any], target: Path, *options: str) -> Dict[str, Optional[str]]:
        done = _command.read(["checkout", shown["id"], str(target), *options], self.root)
        (target / ".mgit").unlink(missing_ok=True)  # leads a checkout back to its repository; this folder has many
        digests = {file["path"]: file.get("sha256") for file in shown["files"]}
        return {path: digests.get(path) for path in done["files"]}


def checked(revs: Sequence[str]) -> List[str]:
    """A revision is never an option."""
    for rev in revs:
        if rev.startswith("-"):
            raise UsageError(f"not a revision: '{rev}'")
    return list(revs)
