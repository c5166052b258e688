"""A real training of a small transformer with 20 saves, and what keeping them all takes.

Trains a transformer of 2 million parameters (see tasks.py) with AdamW three times from the same seed: keeping every folder
(save_total_limit=None), with mgit's callback beside it, and resumed from a version in the middle. Beside it stands what
zstd -19 and XOR with byte planes take for the same saves, and 'dvc add' of one folder after the other, as a user of it would.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import checkpoint_peers
from benchmarks.tasks import TASKS

STEPS = 100
SAVES = 20
RESUMED_FROM = 10  # the version's number


def main(arguments: "list[str]") -> None:
    parser = argparse.ArgumentParser(prog="bench.py training", description=__doc__)
    parser.add_argument("--mgit", help="the command (default: the one installed)")
    parser.add_argument("--dvc", help="the command; without it DVC is left out")
    parser.add_argument("--task", choices=list(TASKS), default="sentences")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--depth", type=int, help="store.maxDepth (default: mgit's)")
    options = parser.parse_args(arguments)
    if options.mgit:
        os.environ["MGIT_COMMAND"] = str(Path(options.mgit).absolute())
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    with tempfile.TemporaryDirectory(prefix="mgit-bench-") as folder:
        os.environ["MGIT_CHECKOUT_CACHE"] = f"{folder}/cache"
        Bench(Path(folder), options).all(options.dvc)


class Bench:
    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        import mgit

        self.folder = folder
        self.steps = options.steps
        self.task = TASKS[options.task]
        self.repository = mgit.Repository.init(folder / "repository")
        if options.depth:
            command = os.environ.get("MGIT_COMMAND", "mgit")
            subprocess.run([command, "config", "store.maxDepth", str(options.depth)], cwd=self.repository.root, check=True)

    def all(self, dvc: "str | None") -> None:
        import torch

        torch.set_num_threads(1)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; PyTorch {torch.__version__}, CPU")
        plain, plain_seconds = self.train("plain")
        kept = size(self.folder / "plain")
        commits: "list[float]" = []
        with_mgit, mgit_seconds, end = self.train_with_mgit(commits)
        stored = size(self.folder / "repository" / ".mgit")
        resumed, _ = self.train("resumed", resume=f"run~{SAVES - RESUMED_FROM}")
        rows = [
            ("save_total_limit=None", kept, f"{plain_seconds:.1f} s", ""),
            ("mgit, keep_on_disk=1", stored, f"{mgit_seconds:.1f} s", f"median {statistics.median(commits):.2f} s a commit"),
        ]
        saves = [self.folder / "plain" / f"checkpoint-{number * (self.steps // SAVES)}" for number in range(1, SAVES + 1)]
        if shutil.which("zstd"):
            rows.append(("zstd -19", checkpoint_peers.zstd(saves), "", ""))
            rows.append(("XOR, byte planes, zstd", checkpoint_peers.planes(saves), "", ""))
        if dvc:
            cache, adds = self.dvc(dvc, saves)
            rows.append(("dvc add", cache, "", f"median {statistics.median(adds):.2f} s an add"))
        print(f"{SAVES} saves of {kept / SAVES / 1e6:.1f} MB, {self.steps} steps")
        for name, taken, seconds, each in rows:
            print(f"{name:24}{taken / 1e6:10.1f} MB  {kept / taken:5.2f}x  training {seconds or '-':>8}  {each}")
        lost = mgit_seconds - plain_seconds
        print(f"training time lost while it runs: {lost:.1f} s ({lost / plain_seconds:+.1%}); wait at its end: {end:.1f} s")
        print(f"with mgit as without: {same(plain, with_mgit)}; resumed at save {RESUMED_FROM} as never interrupted: "
              f"{same(plain, resumed)}")

    def train_with_mgit(self, commits: "list[float]") -> "tuple[object, float, float]":
        from mgit.hf import MgitCallback

        callback = MgitCallback("run", repository=self.repository.root, keep_on_disk=1)
        commit = callback.saves.repository.commit

        def timed(*arguments: object, **named: object) -> object:
            start = time.perf_counter()
            try:
                return commit(*arguments, **named)
            finally:
                commits.append(time.perf_counter() - start)

        callback.saves.repository.commit = timed
        ends: "list[float]" = []
        finish = callback.saves.finish

        def waited() -> None:
            start = time.perf_counter()
            finish()
            ends.append(time.perf_counter() - start)

        callback.saves.finish = waited
        model, seconds = self.train("mgit", callback)
        if callback.failed:
            sys.exit(f"error: commits failed at {callback.failed}")
        return model, seconds - ends[0], ends[0]

    def train(self, output: str, *callbacks: object, resume: "str | None" = None) -> "tuple[object, float]":
        from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed

        set_seed(7)
        model, data = self.task()
        arguments = TrainingArguments(
            output_dir=str(self.folder / output), max_steps=self.steps, save_steps=self.steps // SAVES,
            logging_steps=self.steps // SAVES, per_device_train_batch_size=8, learning_rate=1e-4, report_to=[],
            disable_tqdm=True, log_level="error", use_cpu=True, seed=7, save_total_limit=None,
        )
        trainer = Trainer(model, arguments, train_dataset=data, callbacks=list(callbacks))
        trainer.remove_callback(PrinterCallback)
        checkpoint = resume and str(self.repository.checkout(resume))
        start = time.perf_counter()
        trainer.train(resume_from_checkpoint=checkpoint)
        return model, time.perf_counter() - start

    def dvc(self, program: str, saves: "list[Path]") -> "tuple[int, list[float]]":
        """One folder that holds one checkpoint after the other, as 'dvc add' versions it."""
        work = self.folder / "dvc"
        work.mkdir()
        run = lambda *words: subprocess.run(words, cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run("git", "init", "--quiet")
        run(program, "init", "--quiet")
        seconds = []
        for save in saves:
            shutil.rmtree(work / "checkpoint", ignore_errors=True)
            shutil.copytree(save, work / "checkpoint")
            start = time.perf_counter()
            run(program, "add", "--quiet", "checkpoint")
            seconds.append(time.perf_counter() - start)
        return size(work / ".dvc" / "cache"), seconds


def size(folder: Path) -> int:
    """Bytes on disk; a file with several names counts once."""
    files = {path.stat().st_ino: path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()}
    return sum(files.values())


def same(one: object, other: object) -> str:
    import torch

    left, right = one.state_dict(), other.state_dict()
    equal = left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)
    return "bit for bit the same" if equal else "DIFFERENT"
