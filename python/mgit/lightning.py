"""Lightning: keep every checkpoint of a Trainer. Needs lightning or pytorch_lightning."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

try:
    from lightning.pytorch.callbacks import Callback
except ImportError:  # the package under its older name
    from pytorch_lightning.callbacks import Callback

from ._command import Pathish
from ._saves import Save, Saves

FILE = "checkpoint.ckpt"
"""What the checkpoint is called in every version: trainer.fit(model, ckpt_path=mgit.path("run") / FILE)."""


class MgitCallback(Callback):
    """
    Makes every checkpoint that the ModelCheckpoint callbacks of a Trainer save a version of one model, with its step
    and what was logged. The first is derived from the given parents, each later one from the one before.

    Training never waits: a thread commits what was linked when the save was seen, so that ModelCheckpoint may delete
    the file meanwhile. A commit that fails is a warning. The end of fit waits for the last commit.

    keep_on_disk: how many committed checkpoints stay, the newest; None leaves all to ModelCheckpoint. Its best and its
    last one always stay.
    keep_training_state is not here: a Lightning checkpoint is one file, with the optimizer in it.
    """

    def __init__(
        self,
        model: str,
        *,
        repository: Pathish = ".",
        parents: Sequence[str] = (),
        keep_on_disk: Optional[int] = None,
    ) -> None:
        super().__init__()
        self.saves = Saves(model, repository, parents, keep_on_disk, None, False, self._is_spared)
        self._seen: Set[Tuple[str, int, int]] = set()
        self._spared: Set[Path] = set()
        self._step = 0
        self._metrics: Dict[str, float] = {}

    @property
    def failed(self) -> List[int]:
        """The steps whose commit failed."""
        return self.saves.failed

    def wait(self) -> None:
        """Returns when everything saved so far is committed or has failed."""
        self.saves.wait()

    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: Dict[str, Any]) -> None:
        """What is about to be written: its step and what was logged so far."""
        self._step = int(checkpoint.get("global_step", trainer.global_step))
        self._metrics = logged(trainer)

    # ModelCheckpoint saves after all other callbacks were asked, so a save is seen at the next event.
    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        self._look(trainer)

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        self._look(trainer)

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        self._look(trainer)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._look(trainer)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._look(trainer)

    def teardown(self, trainer: Any, pl_module: Any, stage: str) -> None:
        if stage == "fit":
            self._look(trainer)
            self.saves.finish()

    def _look(self, trainer: Any) -> None:
        if not trainer.is_global_zero:
            return
        paths: List[str] = []
        self._spared = set()
        for callback in trainer.checkpoint_callbacks:
            ends = [getattr(callback, name, "") for name in ("best_model_path", "last_model_path")]
            self._spared |= {Path(path) for path in ends if path}
            paths += [*getattr(callback, "best_k_models", {}), *ends]
        for path in dict.fromkeys(filter(None, paths)):
            self._take(trainer, Path(path))

    def _take(self, trainer: Any, path: Path) -> None:
        try:
            status = path.stat()
        except OSError:
            return  # deleted, or on no disk of this machine
        key = (str(path), status.st_mtime_ns, status.st_ino)
        if key in self._seen:
            return
        again = any(seen[2] == status.st_ino for seen in self._seen) and path.is_file()
        self._seen.add(key)
        if not again:  # else a link to one that was seen, as last.ckpt may be
            message = f"Step {self._step}" + (f" of {trainer.max_steps}" if trainer.max_steps > 0 else "")
            trailers = {"Step": str(self._step), "Training-Step": str(self._step)}
            self.saves.add(Save(path, self._step, message, dict(self._metrics), trailers, FILE))

    def _is_spared(self, checkpoint: Path) -> bool:
        return checkpoint in self._spared


def logged(trainer: Any) -> Dict[str, float]:
    """What the module logged, as plain numbers."""
    found: Dict[str, float] = {}
    for name, value in trainer.callback_metrics.items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError):
            pass  # not one number
    return found
