#!/usr/bin/env python3
"""Runs the first screen of the README, line by line, in an empty virtual environment without Java.

The blocks of Python run too: the first with NumPy installed, the second where MGIT_TORCH_PYTHON names a Python with PyTorch
and transformers. Before them comes only what the reader has already: two models and a Trainer.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checking import HEADER, Check

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

MODELS = """
import torch
from transformers import AutoModel, BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
sizes = dict(vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
"""
SAVE = """
for folder in ("bert-base", "squad-run"):
    BertForSequenceClassification(BertConfig(**sizes)).save_pretrained(folder)
"""
TRAINER = """
data = [{"input_ids": torch.arange(8), "labels": torch.tensor(number % 2)} for number in range(8)]
arguments = TrainingArguments("out", max_steps=2, save_steps=1, use_cpu=True, report_to=[], disable_tqdm=True)
trainer = Trainer(BertForSequenceClassification(BertConfig(**sizes)), arguments, train_dataset=data)
"""
TRAIN = """
trainer.train()
steps = [version.trailers["Step"] for version in mgit.Repository().versions("squad-2")]
assert steps == ["1", "2"], steps
"""


def main() -> None:
    readme = (ROOT / "README.md").read_text()
    shell, *python = FENCE.findall(readme)[:3]
    assert shell[0] == "" and [language for language, _ in python] == ["python", "python"], "the first screen has other blocks"
    with tempfile.TemporaryDirectory() as folder:
        Screen(Path(folder)).check(shell[1], python[0][1], python[1][1])
    print("ok")


class Screen:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.torch = os.environ.get("MGIT_TORCH_PYTHON")
        base = self.torch or sys.executable
        subprocess.run([base, "-m", "venv", folder / "venv"], check=True)
        self.python = folder / "venv" / "bin" / "python"
        self.checking = Check(folder, folder / "venv" / "bin" / "mgit")
        self.checking.environment["MPLCONFIGDIR"] = self.checking.environment["HF_HOME"] = str(folder / "home")

    def check(self, shell: str, plain: str, training: str) -> None:
        wheel = next((ROOT / "python" / "target").glob("*.whl"))
        shutil.copy(wheel, self.folder)
        self.models()
        for line in shell.splitlines():
            self.checking.run("bash", "-c", line.replace("pip install", "pip install --quiet --no-index"))
        self.packages()
        self.checking.run(str(self.python), "-c", plain)
        if self.torch:
            self.checking.run(str(self.python), "-c", MODELS + TRAINER + training + TRAIN)
        else:
            print("MGIT_TORCH_PYTHON names no Python: the second block was not run")

    def models(self) -> None:
        if self.torch:
            subprocess.run([self.torch, "-c", MODELS + SAVE], cwd=self.folder, check=True)
            return
        for name, byte in (("bert-base", b"a"), ("squad-run", b"b")):
            file = self.folder / name / "model.safetensors"
            file.parent.mkdir()
            file.write_bytes(len(HEADER).to_bytes(8, "little") + HEADER + byte)

    def packages(self) -> None:
        """What the reader has beside mgit."""
        if self.torch:
            found = subprocess.run(
                [self.torch, "-c", "import torch; print(torch.__path__[0])"], check=True, capture_output=True, text=True
            )
            self.checking.environment["PYTHONPATH"] = str(Path(found.stdout.strip()).parent)
        else:
            subprocess.run([self.python, "-m", "pip", "install", "--quiet", "numpy"], check=True)


if __name__ == "__main__":
    main()
