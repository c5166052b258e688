"""Trains, fine-tunes, prunes and evaluates the digits models of ../digits with scikit-learn: the same commands, the
same contract.

Needs scikit-learn and safetensors. Folders and files come from the environment (MGIT_PARENT_1, MGIT_OUTPUT, MGIT_MODEL,
MGIT_METRICS, MGIT_SEED) or from options; README.md beside this file has examples.
"""

import argparse
import json
import os
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

HERE = pathlib.Path(__file__).resolve().parent
DIGITS = np.arange(10)


def images(path, evaluation):
    """Pixels [n, 64] from 0 to 1 and digits [n]; every fifth line of the file is for evaluation."""
    rows = np.loadtxt(path, delimiter=",", dtype=np.float32)
    kept = (np.arange(len(rows)) % 5 == 0) == evaluation
    return rows[kept, :64] / 16, rows[kept, 64].astype(int)


def network(hidden, rate, seed):
    return MLPClassifier(hidden, learning_rate_init=rate, batch_size=32, random_state=seed)


def load(folder, rate=1e-3, seed=1):
    """A model as scikit-learn has it; int8 matrices come back as floats, times the scale of each row."""
    tensors = load_file(folder / "model.safetensors")
    names = [f"hidden.{i}" for i in range(len(tensors)) if f"hidden.{i}.weight" in tensors] + ["output"]
    weights = [tensors[n + ".weight"] * tensors.get(n + ".weight_scale", np.float32(1)) for n in names]
    net = network([len(weight) for weight in weights[:-1]], rate, seed)
    # A first batch, of nothing, makes the arrays; what it taught the weights and Adam is then replaced.
    net.partial_fit(np.zeros((32, 64), dtype=np.float32), np.zeros(32, dtype=int), classes=DIGITS)
    vars(net).pop("_optimizer")
    for i, (name, weight) in enumerate(zip(names, weights)):
        net.coefs_[i][:] = weight.T
        net.intercepts_[i][:] = tensors[name + ".bias"]
    return net


def save(net, folder):
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"hidden.{i}" for i in range(len(net.coefs_) - 1)] + ["output"]
    tensors = {}
    for name, weight, bias in zip(names, net.coefs_, net.intercepts_):
        tensors[name + ".weight"] = np.ascontiguousarray(weight.T, dtype=np.float32)
        tensors[name + ".bias"] = bias.astype(np.float32)
    save_file(tensors, folder / "model.safetensors")
    layers = [64] + [len(bias) for bias in net.intercepts_]
    config = {"model_type": "digits-mlp", "task": "digit", "layers": layers}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def learn(net, data, epochs):
    for _ in range(epochs):
        net.partial_fit(*images(data, False), classes=DIGITS)


def prune(net, share):
    """Sets the smallest weights of each matrix to zero."""
    for weight in net.coefs_:
        weight[np.abs(weight) < np.quantile(np.abs(weight), share)] = 0


def evaluate(net, data):
    pixels, digits = images(data, True)
    right = net.predict(pixels) == digits
    loss = log_loss(digits, net.predict_proba(pixels), labels=DIGITS)
    return {"accuracy": round(float(right.mean()), 6), "loss": round(float(loss), 6)}


def folder(told, variable, what):
    path = told or os.environ.get(variable)
    if not path:
        sys.exit(f"error: say {what}, by option or by {variable}")
    return pathlib.Path(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["train", "finetune", "prune", "evaluate"])
    parser.add_argument("--data", default=HERE.parent / "digits" / "digits.csv.gz")
    parser.add_argument("--parent")
    parser.add_argument("--out")
    parser.add_argument("--model")
    parser.add_argument("--metrics")
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=os.environ.get("MGIT_SEED", 1))
    told = parser.parse_args()

    if told.command == "evaluate":
        metrics = evaluate(load(folder(told.model, "MGIT_MODEL", "which model")), told.data)
        path = told.metrics or os.environ.get("MGIT_METRICS")
        if path:
            pathlib.Path(path).write_text(json.dumps(metrics) + "\n")
        else:
            print(json.dumps(metrics))
        return
    if told.command == "train":
        net = network([told.hidden], told.rate, told.seed)
    else:
        net = load(folder(told.parent, "MGIT_PARENT_1", "the parent"), told.rate, told.seed)
    if told.command == "prune":
        prune(net, told.share)
    else:
        learn(net, told.data, told.epochs)
    save(net, folder(told.out, "MGIT_OUTPUT", "where to write"))


if __name__ == "__main__":
    main()
