"""A real training of a small transformer with 20 saves, and what keeping them all takes.

Trains a BERT of 2 million parameters with AdamW three times from the same seed: keeping every folder
(save_total_limit=None), with mgit's callback beside it, and resumed from a version in the middle. Then 'dvc add' takes in
the folders of the first run one after the other, as a user of it would. Data are made; weights, moments and generators
are those of the training.
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

STEPS = 100
SAVES = 20
RESUMED_FROM = 10  # the version's number


def main(arguments: "list[str]") -> None:
    parser = argparse.ArgumentParser(prog="bench.py training", description=__doc__)
    parser.add_argument("--mgit", help="the command (default: the one installed)")
    parser.add_argument("--dvc", help="the command; without it DVC is left out")
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args(arguments)
    if options.mgit:
        os.environ["MGIT_COMMAND"] = str(Path(options.mgit).absolute())
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    with tempfile.TemporaryDirectory(prefix="mgit-bench-") as folder:
        os.environ["MGIT_CHECKOUT_CACHE"] = f"{folder}/cache"
        Bench(Path(folder), options.steps).all(options.dvc)


class Bench:
    def __init__(self, folder: Path, steps: int) -> None:
        import mgit

        self.folder = folder
        self.steps = steps
        self.repository = mgit.Repository.init(folder / "repository")

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
        if dvc:
            cache, adds = self.dvc(dvc)
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
        import torch
        from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments, set_seed

        class Sentences(torch.utils.data.Dataset):
            def __len__(self) -> int:
                return 512

            def __getitem__(self, index: int) -> dict:
                drawn = torch.Generator().manual_seed(index)
                ids = torch.randint(0, 8000, (32,), generator=drawn)
                return {"input_ids": ids, "labels": ids.sum() % 2}

        set_seed(7)
        model = BertForSequenceClassification(
            BertConfig(vocab_size=8000, hidden_size=128, num_hidden_layers=4, num_attention_heads=4,
                       intermediate_size=512, max_position_embeddings=64)
        )
        arguments = TrainingArguments(
            output_dir=str(self.folder / output), max_steps=self.steps, save_steps=self.steps // SAVES,
            logging_steps=self.steps // SAVES, per_device_train_batch_size=8, learning_rate=1e-4, report_to=[],
            disable_tqdm=True, log_level="error", use_cpu=True, seed=7, save_total_limit=None,
        )
        trainer = Trainer(model, arguments, train_dataset=Sentences(), callbacks=list(callbacks))
        checkpoint = resume and str(self.repository.checkout(resume))
        start = time.perf_counter()
        trainer.train(resume_from_checkpoint=checkpoint)
        return model, time.perf_counter() - start

    def dvc(self, program: str) -> "tuple[int, list[float]]":
        """One folder that holds one checkpoint after the other, as 'dvc add' versions it."""
        work = self.folder / "dvc"
        work.mkdir()
        run = lambda *words: subprocess.run(words, cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run("git", "init", "--quiet")
        run(program, "init", "--quiet")
        seconds = []
        for number in range(1, SAVES + 1):
            shutil.rmtree(work / "checkpoint", ignore_errors=True)
            shutil.copytree(self.folder / "plain" / f"checkpoint-{number * (self.steps // SAVES)}", work / "checkpoint")
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
