"""Hugging Face: load a version by from_pretrained, and keep every checkpoint of a Trainer. Needs transformers."""

import shutil
import tempfile
import warnings
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from transformers import TrainerCallback

from . import path
from ._cache import link_or_copy
from ._command import Pathish
from .repository import Repository


def from_pretrained(
    cls: Any, rev: str, *args: Any, repository: Optional[Pathish] = None, **options: Any
) -> Any:
    """cls.from_pretrained of a version's files, without its training state."""
    return cls.from_pretrained(str(path(rev, weights_only=True, repository=repository)), *args, **options)


class Save(NamedTuple):
    """One checkpoint, waiting to be committed."""

    checkpoint: Path
    snapshot: "tempfile.TemporaryDirectory[str]"
    step: int
    message: str
    metrics: Dict[str, float]
    trailers: Mapping[str, str]


class MgitCallback(TrainerCallback):
    """
    Makes every checkpoint that a Trainer saves a version of one model, with its step and metrics. The first is derived
    from the given parents, each later one from the one before.

    Training never waits: a thread commits what on_save linked into a folder of its own, so that the Trainer may delete
    the checkpoint meanwhile. A commit that fails is a warning, and its checkpoint stays. The end of training waits for
    the last commit.

    keep_on_disk: how many committed checkpoint folders stay, the newest; None keeps all. The best one stays too where
    the Trainer loads it at the end, and so does one of which the repository's settings left files out.
    weights_only: without optimizer, scheduler and random number generators, from which nothing can resume
    """

    def __init__(
        self,
        model: str,
        *,
        repository: Pathish = ".",
        parents: Sequence[str] = (),
        keep_on_disk: Optional[int] = None,
        weights_only: bool = False,
    ) -> None:
        if keep_on_disk is not None and keep_on_disk < 1:
            raise ValueError("keep_on_disk must be 1 or more: a Trainer goes on from its newest checkpoint")
        self.model = model
        self.repository = Repository(repository)
        self.parents = list(parents)
        self.keep_on_disk = keep_on_disk
        self.weights_only = weights_only
        self.failed: List[int] = []  # steps whose commit failed
        # Made at the first save. It lets a training that dies end, after the commits it had begun.
        self._worker: Optional[ThreadPoolExecutor] = None
        self._commits: "List[Future[None]]" = []
        self._committed: List[Path] = []
        self._best: Optional[Path] = None

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if args.load_best_model_at_end and state.best_model_checkpoint:
            self._best = Path(state.best_model_checkpoint)
        try:
            snapshot = linked(checkpoint)
        except OSError as e:
            self._fail(state.global_step, f"{checkpoint} cannot be read: {e}")
            return
        metrics = metrics_at(state)
        message = f"Step {state.global_step} of {state.max_steps}"
        trailers = {"Step": str(state.global_step), **data_digest(kwargs.get("train_dataloader"))}
        save = Save(checkpoint, snapshot, state.global_step, message, metrics, trailers)
        self._worker = self._worker or ThreadPoolExecutor(max_workers=1, thread_name_prefix="mgit-commit")
        self._commits.append(self._worker.submit(self._commit, save))

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.wait()

    def wait(self) -> None:
        """Returns when everything saved so far is committed or has failed."""
        wait(self._commits)
        self._commits.clear()

    def _commit(self, save: Save) -> None:
        with save.snapshot:
            try:
                version = self.repository.commit(
                    save.snapshot.name,
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
        # A folder goes only when all of it is in the version, or when its training state is not wanted.
        if self.weights_only or not version.ignored:
            self._committed.append(save.checkpoint)
        self._tidy()

    def _tidy(self) -> None:
        if self.keep_on_disk is None:
            return
        for checkpoint in self._committed[: -self.keep_on_disk]:
            if checkpoint != self._best:
                shutil.rmtree(checkpoint, ignore_errors=True)
                self._committed.remove(checkpoint)

    def _fail(self, step: int, reason: str) -> None:
        self.failed.append(step)
        warnings.warn(f"step {step} is not committed to {self.model}: {reason}", RuntimeWarning, stacklevel=2)


def linked(checkpoint: Path) -> "tempfile.TemporaryDirectory[str]":
    """The same files in a folder beside the checkpoint, by links where the disk has them."""
    snapshot = tempfile.TemporaryDirectory(prefix=".mgit-", dir=checkpoint.parent)
    for source in checkpoint.rglob("*"):
        if source.is_file():
            target = Path(snapshot.name) / source.relative_to(checkpoint)
            target.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(source, target)
    return snapshot


def metrics_at(state: Any) -> Dict[str, float]:
    """What the Trainer logged at this step, losses and results of evaluation."""
    found: Dict[str, float] = {}
    for entry in state.log_history:
        if entry.get("step") == state.global_step:
            found.update({name: value for name, value in entry.items() if isinstance(value, (int, float))})
    found.pop("step", None)
    return found


def data_digest(loader: Any) -> Dict[str, str]:
    """The fingerprint that the package datasets keeps of what it holds."""
    fingerprint = getattr(getattr(loader, "dataset", None), "_fingerprint", None)
    return {"Data": fingerprint} if isinstance(fingerprint, str) else {}
