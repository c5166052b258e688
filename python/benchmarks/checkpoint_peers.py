"""What other ways to keep the checkpoints of a training take, bytes only."""

import subprocess
from pathlib import Path
from typing import Iterator


def zstd(saves: "list[Path]") -> int:
    """`zstd -19` of every file by itself."""
    return sum(compressed(file.read_bytes(), 19) for save in saves for file in save.iterdir())


def planes(saves: "list[Path]") -> int:
    """Each tensor XORed with that of the save before, split into byte planes, each coded by `zstd -1`, as BitX does (ZipLLM,
    arXiv 2505.06252). Of the first save, planes of the tensors themselves. What is no tensor is not counted."""
    total = 0
    before: "dict[str, object]" = {}
    for save in saves:
        now = dict(tensors(save))
        parts: "list[list[bytes]]" = [[], [], [], []]
        for name, value in now.items():
            old = before.get(name)
            words = value.view("uint32") ^ old.view("uint32") if old is not None else value.view("uint32")
            for plane in range(4):
                parts[plane].append((words >> 8 * plane).astype("uint8").tobytes())
        total += sum(compressed(b"".join(plane), 1) for plane in parts)
        before = now
    return total


def tensors(save: Path) -> "Iterator[tuple[str, object]]":
    """Weights and moments of a folder of the Trainer's, as flat arrays of float32."""
    import torch
    from safetensors.numpy import load_file

    for name, value in load_file(save / "model.safetensors").items():
        yield name, value.reshape(-1)
    for number, state in torch.load(save / "optimizer.pt", weights_only=True)["state"].items():
        for name, value in state.items():
            yield f"{number}.{name}", value.float().numpy().reshape(-1)


def compressed(data: bytes, level: int) -> int:
    command = ["zstd", f"-{level}", "--stdout", "--quiet"]
    return len(subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout)
