"""Makes a base and two models tuned from it (random, seeded), merges them with mergekit, and prints versions.

Arguments: folder to work in, dtype of all models (float32, bfloat16, float16).
"""

import importlib.metadata
import json
import sys
from pathlib import Path

import torch
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from safetensors.torch import save_file

ROOT = Path(sys.argv[1])
DTYPE = sys.argv[2]
HIDDEN, INNER, VOCABULARY, LAYERS = 16, 24, 40, 2
SEED = torch.Generator().manual_seed(1)


def noise(shape, scale):
    return torch.randn(shape, generator=SEED) * scale


def shapes():
    yield "model.embed_tokens.weight", (VOCABULARY, HIDDEN)
    for layer in range(LAYERS):
        for name in ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"):
            yield f"model.layers.{layer}.{name}.weight", (HIDDEN, HIDDEN)
        yield f"model.layers.{layer}.mlp.gate_proj.weight", (INNER, HIDDEN)
        yield f"model.layers.{layer}.mlp.up_proj.weight", (INNER, HIDDEN)
        yield f"model.layers.{layer}.mlp.down_proj.weight", (HIDDEN, INNER)
        yield f"model.layers.{layer}.input_layernorm.weight", (HIDDEN,)
        yield f"model.layers.{layer}.post_attention_layernorm.weight", (HIDDEN,)
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (VOCABULARY, HIDDEN)


def write(name, tensors):
    folder = ROOT / name
    folder.mkdir(parents=True)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "vocab_size": VOCABULARY,
        "tie_word_embeddings": False,
        "torch_dtype": DTYPE,
    }
    (folder / "config.json").write_text(json.dumps(config))
    stored = {key: value.to(getattr(torch, DTYPE)) for key, value in tensors.items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})


def tuned(name, value):
    if "mlp.up_proj" in name:
        return noise(value.shape, 0.05)  # unrelated, so that slerp takes the arc
    return value + noise(value.shape, 0.02 if "q_proj" in name else 0.002)


def merge(name, method, ours, theirs, parameters, base=None):
    models = [
        {"model": str(ROOT / "ours"), "parameters": ours},
        {"model": str(ROOT / "theirs"), "parameters": theirs},
    ]
    config = {
        "merge_method": method,
        "dtype": "float32",
        "out_dtype": DTYPE,
        "models": models,
        "parameters": parameters,
    }
    if base:
        config["base_model"] = str(ROOT / base)
    options = MergeOptions(copy_tokenizer=False, quiet=True, write_model_card=False)
    run_merge(MergeConfiguration.model_validate(config), str(ROOT / name), options)


base = {name: noise(shape, 0.05) for name, shape in shapes()}
write("base", base)
for side in ("ours", "theirs"):
    write(side, {name: tuned(name, value) for name, value in base.items()})

merge("linear", "linear", {"weight": 0.3}, {"weight": 0.5}, {})
merge("linear-raw", "linear", {"weight": 0.3}, {"weight": 0.5}, {"normalize": False})
merge("slerp", "slerp", {}, {}, {"t": 0.3}, base="ours")
merge("task", "task_arithmetic", {"weight": 0.7}, {"weight": 0.4}, {"lambda": 0.9}, base="base")
half = {"weight": 0.7, "density": 0.4}, {"weight": 0.4, "density": 0.4}
merge("ties", "ties", *half, {}, base="base")
merge("ties-rescaled", "ties", *half, {"rescale": True, "normalize": False}, base="base")
whole = {"weight": 0.7, "density": 1.0}, {"weight": 0.4, "density": 1.0}
merge("dare", "dare_linear", *whole, {}, base="base")
merge("dare-ties", "dare_ties", *whole, {}, base="base")
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("mergekit", "torch", "transformers")))
