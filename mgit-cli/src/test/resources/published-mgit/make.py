"""Writes the graph and the parameter store beside this file, in the layout of the published MGit (utils/lineage/graph.py).

Needs PyTorch 2 and NumPy: python make.py. Three models: base is stored whole; child is a quantized difference from it in all
but one parameter; grandchild is one from the child. weights.json has the SHA-256 of what MGit gives back, in 32 bits.
"""
import json
import lzma
import pathlib
import shutil
from hashlib import sha256

import numpy as np
import torch

here = pathlib.Path(__file__).parent
store = here / "parameter_store"
shutil.rmtree(store, ignore_errors=True)
store.mkdir()
torch.manual_seed(3)
STEP = 2 * np.log(1 + 1e-4)
hashes, parents, nodes, expected = {}, {}, {}, {}


def name(values):
    return sha256(values.numpy().tobytes()).hexdigest() + "_" + ",".join(str(n) for n in values.shape)


def keep(model, parameters, init=None, adapted=(), versioned=()):
    """Stores a model as MGit does; gives back its weights as MGit loads them."""
    loaded = {}
    for local, value in parameters.items():
        ident = model + "-" + local
        if init is not None:
            parents[ident] = init[0] + "-" + local
        if init is None or torch.equal(value, init[1][local]):
            hashes[ident] = name(value)
            torch.save({"param": value, "is_delta": False}, store / hashes[ident])
            loaded[local] = value
        else:
            steps = torch.floor((value - init[1][local]).float() / STEP + 0.5).int()
            x = lzma.compress(steps.ravel().numpy().astype(int).tobytes())
            restored = torch.tensor(2 * steps.numpy().astype(int) * np.log(1 + 1e-4)) + init[1][local]
            hashes[ident] = name(restored)
            torch.save(
                {"param": {"x": x, "shape": steps.shape}, "is_delta": True, "quantize_delta": True},
                store / hashes[ident])
            loaded[local] = restored.float()
        expected[ident] = sha256(loaded[local].numpy().tobytes()).hexdigest()
    nodes[model] = {
        "output_dir": model, "model_type": "mlm", "is_delta": init is not None, "quantize_delta": True,
        "test_name_list": [], "test_result_dict": {}, "model_init_function_path": "never_run.py",
        "local_to_global_id": {local: model + "-" + local for local in parameters},
        "parent_dict": {"adapted": list(adapted), "versioned": list(versioned)}}
    return loaded


def changed(weights, scale):
    return {local: value + scale * torch.randn(value.shape) if local != "norm.weight" else value
            for local, value in weights.items()}


base = keep("models/base", {
    "embed.weight": torch.randn(40, 16), "layer.weight": torch.randn(16, 16), "layer.bias": torch.randn(16),
    "norm.weight": torch.ones(16)})
child = keep("models/child", changed(base, 0.05), ("models/base", base), adapted=["models/base"])
keep("models/grandchild", changed(child, 0.002), ("models/child", child), adapted=["models/child"])
graph = {
    "root": ["models/base"], "nodes": nodes, "log": {},
    "entanglement_tracker": {"entangle_map": {}, "global_to_hash": hashes, "hash_to_global": {}},
    "init_tracker": {"global_init_from": parents, "global_init_into": {}},
    "model_type_to_nodes": {"mlm": list(nodes)}, "model_type_to_tests": {"mlm": []}, "test_dict": {},
    "single_model_compression": False, "compression_mode": "lzma", "param_home": "./parameter_store/"}
(here / "lineage_graph.json").write_text(json.dumps(graph, indent=1) + "\n")
(here / "weights.json").write_text(json.dumps(expected, indent=1) + "\n")
