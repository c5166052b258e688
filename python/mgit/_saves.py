"""Checkpoints on their way to be versions, beside a training that never waits for them."""

import shutil
import tempfile
import warnings
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Sequence

from ._cache import link_or_copy
from ._command import Pathish
from .repository import Repository


@dataclass
class Save:
    """
    One checkpoint that a trainer has just written.

    name: what it is called in the version; empty for a folder whose files are the version's
    """

    checkpoint: Path
    step: int
    message: str
    metrics: Dict[str, float] = field(default_factory=dict)
    trailers: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


class Saves:
    """
    Commits checkpoints, one after the other, in a thread of its own. What it commits are links made before add()
    returns, so that the trainer may delete the checkpoint meanwhile. A commit that fails is a warning.

    keep_on_disk: how many committed checkpoints stay, the newest; None keeps all
    keep_training_state: how many versions keep their training state, the newest; older ones lose it
    spared: tells the checkpoints that stay whatever their number
    """

    def __init__(
        self,
        model: str,
        repository: Pathish,
        parents: Sequence[str],
        keep_on_disk: Optional[int],
        keep_training_state: Optional[int],
        weights_only: bool,
        spared: Callable[[Path], bool],
    ) -> None:
        for name, count in (("keep_on_disk", keep_on_disk), ("keep_training_state", keep_training_state)):
            if count is not None and count < 1:
                raise ValueError(f"{name} must be 1 or more: a trainer goes on from its newest checkpoint")
        self.model = model
        self.repository = Repository(repository)
        self.parents = list(parents)
        self.keep_on_disk = keep_on_disk
        self.keep_training_state = keep_training_state
        self.weights_only = weights_only
        self.spared = spared
        self.failed: List[int] = []  # steps whose commit failed
        # Made at the first save. It lets a training that dies end, after the commits it had begun.
        self._worker: Optional[ThreadPoolExecutor] = None
        self._commits: "List[Future[None]]" = []
        self._committed: List[Path] = []
        self._since_drop = 0

    def add(self, save: Save) -> None:
        try:
            snapshot = linked(save.checkpoint, save.name)
        except OSError as e:
            self._fail(save.step, f"{save.checkpoint} cannot be read: {e}")
            return
        self._submit(lambda: self._commit(save, snapshot))

    def finish(self) -> None:
        """Returns when everything saved so far is committed or has failed, and old training state is dropped."""
        if self.keep_training_state is not None:
            self._submit(self._drop)
        self.wait()

    def wait(self) -> None:
        """Returns when everything saved so far is committed or has failed."""
        wait(self._commits)
        self._commits.clear()

    def _submit(self, work: Callable[[], None]) -> None:
        self._worker = self._worker or ThreadPoolExecutor(max_workers=1, thread_name_prefix="mgit-commit")
        self._commits.append(self._worker.submit(work))

    def _commit(self, save: Save, snapshot: "tempfile.TemporaryDirectory[str]") -> None:
        with snapshot:
            try:
                version = self.repository.commit(
                    snapshot.name,
                    model=self.model,
                    parents=self.parents,
                    message=save.message,
                    metrics=save.metrics,
                    trailers=save.trailers,
                    weights_only=self.weights_only,
                )
            except Exception as e:  # whatever it is, it must not end the training
                self._fail(save.step, str(e))
                return
        self.parents = []
        # A checkpoint goes only when all of it is in the version, or when its training state is not wanted.
        if self.weights_only or not version.ignored:
            self._committed = [path for path in self._committed if path != save.checkpoint] + [save.checkpoint]
        self._tidy()
        self._since_drop += 1
        if self.keep_training_state is not None and self._since_drop >= self.keep_training_state:
            self._drop()

    def _tidy(self) -> None:
        if self.keep_on_disk is None:
            return
        for checkpoint in self._committed[: -self.keep_on_disk]:
            if not self.spared(checkpoint):
                if checkpoint.is_dir():
                    shutil.rmtree(checkpoint, ignore_errors=True)
                else:
                    checkpoint.unlink(missing_ok=True)
                self._committed.remove(checkpoint)

    def _drop(self) -> None:
        """Not after every commit: what is left is re-encoded."""
        assert self.keep_training_state is not None
        if not self._since_drop:
            return
        self._since_drop = 0
        try:
            self.repository.drop_training_state(self.model, keep_last=self.keep_training_state)
        except Exception as e:  # likewise
            warn(f"the training state of older versions of {self.model} is still stored: {e}")

    def _fail(self, step: int, reason: str) -> None:
        self.failed.append(step)
        warn(f"step {step} is not committed to {self.model}: {reason}")


def warn(sentence: str) -> None:
    warnings.warn(sentence, RuntimeWarning, stacklevel=3)


def linked(checkpoint: Path, name: str = "") -> "tempfile.TemporaryDirectory[str]":
    """The same files in a folder beside the checkpoint, by links where the disk has them."""
    snapshot = tempfile.TemporaryDirectory(prefix=".mgit-", dir=checkpoint.parent)
    root = Path(snapshot.name) / name
    try:
        if not checkpoint.is_dir():
            link_or_copy(checkpoint, root)
            return snapshot
        for source in checkpoint.rglob("*"):
            if source.is_file():
                target = root / source.relative_to(checkpoint)
                target.parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(source, target)
    except OSError:
        snapshot.cleanup()
        raise
    return snapshot
