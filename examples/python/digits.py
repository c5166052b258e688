"""Fine-tunes, prunes and evaluates the digits models of ../digits from Python: the same commands, the same contract.

Needs numpy and safetensors. Folders and files come from the environment (MGIT_PARENT_1, MGIT_OUTPUT, MGIT_MODEL,
MGIT_METRICS) or from options; README.md beside this file has examples.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
WEIGHTS = "model.safetensors"


def images(path, evaluation):
    """Pixels [n, 64] from 0 to 1 and digits [n]; every fifth line of the file is for evaluation."""
    rows = np.loadtxt(path, delimiter=",", dtype=np.float32)
    kept = (np.arange(len(rows)) % 5 == 0) == evaluation
    return rows[kept, :64] / 16, rows[kept, 64].astype(int)


def load(folder):
    """A model's tensors by name; int8 matrices come back as floats, times the scale of each row."""
    tensors = load_file(folder / WEIGHTS)
    scales = {name: tensors.pop(name) for name in list(tensors) if name.endswith("_scale")}
    return {name: t * scales[name + "_scale"] if name + "_scale" in scales else t for name, t in tensors.items()}


def forward(model, pixels):
    """Activations of the hidden layer [n, hidden] and probabilities [n, 10]."""
    hidden = np.maximum(0, pixels @ model["hidden.weight"].T + model["hidden.bias"])
    logits = hidden @ model["output.weight"].T + model["output.bias"]
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return hidden, exponentials / exponentials.sum(axis=1, keepdims=True)


def finetune(model, pixels, digits, epochs, rate, seed):
    """Plain stochastic gradient descent on cross-entropy, in batches of 32."""
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        for batch in np.array_split(random.permutation(len(digits)), len(digits) // 32):
            hidden, error = forward(model, pixels[batch])
            error[np.arange(len(batch)), digits[batch]] -= 1
            error /= len(batch)
            back = (error @ model["output.weight"]) * (hidden > 0)
            model["output.weight"] -= rate * error.T @ hidden
            model["output.bias"] -= rate * error.sum(axis=0)
            model["hidden.weight"] -= rate * back.T @ pixels[batch]
            model["hidden.bias"] -= rate * back.sum(axis=0)


def prune(model, share):
    """Sets the smallest weights of each matrix to zero."""
    for tensor in model.values():
        if tensor.ndim == 2:
            tensor[np.abs(tensor) < np.quantile(np.abs(tensor), share)] = 0


def evaluate(model, pixels, digits):
    _, probabilities = forward(model, pixels)
    right = probabilities.argmax(axis=1) == digits
    loss = -np.log(np.maximum(probabilities[np.arange(len(digits)), digits], 1e-12))
    return {"accuracy": round(float(right.mean()), 6), "loss": round(float(loss.mean()), 6)}


def save(model, parent, out):
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(t, dtype=np.float32) for name, t in model.items()}, out / WEIGHTS)
    shutil.copyfile(parent / "config.json", out / "config.json")


def folder(told, variable, what):
    path = told or os.environ.get(variable)
    if not path:
        sys.exit(f"error: say {what}, by option or by {variable}")
    return pathlib.Path(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["finetune", "prune", "evaluate"])
    parser.add_argument("--data", default=HERE.parent / "digits" / "digits.csv.gz")
    parser.add_argument("--parent")
    parser.add_argument("--out")
    parser.add_argument("--model")
    parser.add_argument("--metrics")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()

    if told.command == "evaluate":
        metrics = evaluate(load(folder(told.model, "MGIT_MODEL", "which model")), *images(told.data, True))
        path = told.metrics or os.environ.get("MGIT_METRICS")
        if path:
            pathlib.Path(path).write_text(json.dumps(metrics) + "\n")
        else:
            print(json.dumps(metrics))
        return
    parent = folder(told.parent, "MGIT_PARENT_1", "the parent")
    model = load(parent)
    if told.command == "finetune":
        finetune(model, *images(told.data, False), told.epochs, told.rate, told.seed)
    else:
        prune(model, told.share)
    save(model, parent, folder(told.out, "MGIT_OUTPUT", "where to write"))


if __name__ == "__main__":
    main()
