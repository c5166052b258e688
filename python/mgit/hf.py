"""Hugging Face: load a version by from_pretrained, and keep every checkpoint of a Trainer. Needs transformers."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from transformers import TrainerCallback

from . import path
from ._command import Pathish
from ._saves import Save, Saves


def from_pretrained(
    cls: Any, rev: str, *args: Any, repository: Optional[Pathish] = None, **options: Any
) -> Any:
    """cls.from_pretrained of a version's files, without its training state."""
    return cls.from_pretrained(str(path(rev, weights_only=True, repository=repository)), *args, **options)


class MgitCallback(TrainerCallback):
    """
    Makes every checkpoint that a Trainer saves a version of one model, with its step and metrics. The first is derived
    from the given parents, each later one from the one before.

    Training never waits: a thread commits what on_save linked into a folder of its own, so that the Trainer may delete
    the checkpoint meanwhile. A commit that fails is a warning, and its checkpoint stays. The end of training waits for
    the last commit.

    keep_on_disk: how many committed checkpoint folders stay, the newest; None keeps all. The best one stays too where
    the Trainer loads it at the end, and so does one of which the repository's settings left files out.
    keep_training_state: how many versions keep optimizer, scheduler and random number generators, the newest; None
    keeps all. From older ones nothing can resume.
    weights_only: without training state in any version
    """

    def __init__(
        self,
        model: str,
        *,
        repository: Pathish = ".",
        parents: Sequence[str] = (),
        keep_on_disk: Optional[int] = None,
        keep_training_state: Optional[int] = None,
        weights_only: bool = False,
    ) -> None:
        self.saves = Saves(
            model, repository, parents, keep_on_disk, keep_training_state, weights_only, self._is_best
        )
        self._best: Optional[Path] = None

    @property
    def failed(self) -> List[int]:
        """The steps whose commit failed."""
        return self.saves.failed

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        if args.load_best_model_at_end and state.best_model_checkpoint:
            self._best = Path(state.best_model_checkpoint)
        trailers = {"Step": str(state.global_step), **data_digest(kwargs.get("train_dataloader"))}
        self.saves.add(
            Save(
                Path(args.output_dir) / f"checkpoint-{state.global_step}",
                state.global_step,
                f"Step {state.global_step} of {state.max_steps}",
                metrics_at(state),
                trailers,
            )
        )

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.saves.finish()

    def wait(self) -> None:
        """Returns when everything saved so far is committed or has failed."""
        self.saves.wait()

    def _is_best(self, checkpoint: Path) -> bool:
        return checkpoint == self._best


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
