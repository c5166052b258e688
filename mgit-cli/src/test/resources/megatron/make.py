"""Writes one small model as Megatron-LM's legacy checkpoints of several parallel sizes, with the real torch.

    python make.py DIR

The names, the packing and the cuts are those of Megatron-LM's tools/checkpoint; the weights are random. `ranks.zip` beside
this file holds what it wrote.
"""

import argparse
import collections
import pathlib
import sys

import torch

H, HEADS, GROUPS, F, V = 16, 8, 4, 32, 32
INNER, STATE, MGROUPS, MHEADS = 32, 4, 4, 8
KV = H // HEADS
EXPERTS = 4


def whole(gated):
    g = torch.Generator().manual_seed(7)
    r = lambda *s: torch.randn(*s, generator=g).to(torch.bfloat16)
    t = collections.OrderedDict()
    t["embedding.word_embeddings.weight"] = r(V, H)
    p = "decoder.layers.0.mixer."
    t[p + "in_proj.layer_norm_weight"] = r(H)
    t[p + "in_proj.weight"] = r(2 * INNER + 2 * MGROUPS * STATE + MHEADS, H)
    t[p + "conv1d.weight"] = r(INNER + 2 * MGROUPS * STATE, 1, 4)
    t[p + "conv1d.bias"] = r(INNER + 2 * MGROUPS * STATE)
    for name in ("A_log", "D", "dt_bias"):
        t[p + name] = r(MHEADS).float()
    t[p + "norm.weight"] = r(INNER)
    t[p + "out_proj.weight"] = r(H, INNER)
    p = "decoder.layers.1.self_attention."
    t[p + "linear_qkv.layer_norm_weight"] = r(H)
    t[p + "linear_qkv.weight"] = r((HEADS + 2 * GROUPS) * KV, H)
    t[p + "linear_proj.weight"] = r(H, HEADS * KV)
    t[p + "linear_proj.bias"] = r(H)
    p = "decoder.layers.2.mlp."
    t[p + "linear_fc1.layer_norm_weight"] = r(H)
    t[p + "linear_fc1.weight"] = r((2 if gated else 1) * F, H)
    t[p + "linear_fc1.bias"] = r((2 if gated else 1) * F)
    t[p + "linear_fc2.weight"] = r(H, F)
    t[p + "linear_fc2.bias"] = r(H)
    p = "decoder.layers.3.mlp."
    t[p + "router.weight"] = r(EXPERTS, H)
    for e in range(EXPERTS):
        t[p + f"experts.local_experts.{e}.linear_fc1.weight"] = r((2 if gated else 1) * F, H)
        t[p + f"experts.local_experts.{e}.linear_fc2.weight"] = r(H, F)
    t["decoder.final_norm.weight"] = r(H)
    t["output_layer.weight"] = r(V, H)
    return t


def packed(name, gated):
    if name.endswith("in_proj.weight"):
        return [INNER, INNER, MGROUPS * STATE, MGROUPS * STATE, MHEADS]
    if "mixer.conv1d" in name:
        return [INNER, MGROUPS * STATE, MGROUPS * STATE]
    if "linear_fc1.weight" in name or "linear_fc1.bias" in name:
        return [F, F] if gated else [F]
    return None


def cut(name, tensor, tp, rank, gated):
    parts = packed(name, gated)
    if parts:
        return torch.cat([torch.chunk(part, tp, 0)[rank] for part in torch.split(tensor, parts, 0)], 0)
    if any(key in name for key in ("linear_proj.weight", "linear_fc2.weight", "out_proj.weight")):
        return torch.chunk(tensor, tp, 1)[rank].clone()
    rows = ("word_embeddings", "output_layer", "linear_qkv.weight", "A_log", "mixer.D", "dt_bias", "mixer.norm")
    if any(key in name for key in rows):
        return torch.chunk(tensor, tp, 0)[rank].clone()
    return tensor


def stage_of(name, pp):
    if "layers." in name:
        return int(name.split(".")[2]) * pp // 4
    return 0 if name.startswith("embedding") else pp - 1


def save(target, tensors, tp=1, pp=1, ep=1, gated=True):
    args = argparse.Namespace(
        num_layers=4, hidden_size=H, ffn_hidden_size=F, num_attention_heads=HEADS, num_query_groups=GROUPS,
        group_query_attention=True, hybrid_override_pattern="M*-E", num_experts=EXPERTS, swiglu=gated,
        tensor_model_parallel_size=tp, pipeline_model_parallel_size=pp, expert_model_parallel_size=ep,
        params_dtype=torch.bfloat16, lr=1e-4, save=str(target.name))
    for rank in range(tp):
        for stage in range(pp):
            for expert in range(ep):
                model = collections.OrderedDict()
                for name, tensor in tensors.items():
                    if stage_of(name, pp) != stage:
                        continue
                    key = name
                    if "layers." in key:
                        words = key.split(".")
                        words[2] = str(int(words[2]) - 4 // pp * stage)
                        key = ".".join(words)
                    if "local_experts." in key:
                        words = key.split(".")
                        at = words.index("local_experts") + 1
                        number = int(words[at])
                        if number * ep // EXPERTS != expert:
                            continue
                        words[at] = str(number - EXPERTS // ep * expert)
                        key = ".".join(words)
                    model[key] = cut(name, tensor, tp, rank, gated).clone()
                model["decoder._extra_state"] = None
                folder = f"mp_rank_{rank:02d}" + (f"_{stage:03d}" if pp > 1 else "") + (f"_{expert:03d}" if ep > 1 else "")
                path = target / "iter_0000100" / folder
                path.mkdir(parents=True)
                torch.save({"args": args, "checkpoint_version": 3.0, "iteration": 100, "model": model,
                            "optimizer": {"param_groups": [], "exp_avg": torch.zeros(2)}}, path / "model_optim_rng.pt")
    (target / "latest_checkpointed_iteration.txt").write_text("100")


class Evil:
    def __reduce__(self):
        import os
        return os.system, ("touch executed",)


def main(folder):
    gated = whole(True)
    for tp in (1, 2, 4):
        save(folder / f"tp{tp}", gated, tp=tp)
    save(folder / "tp2pp2ep2", gated, tp=2, pp=2, ep=2)
    save(folder / "squared1", whole(False), gated=False)
    save(folder / "squared2", whole(False), tp=2, gated=False)
    evil = folder / "evil" / "iter_0000100" / "mp_rank_00"
    evil.mkdir(parents=True)
    torch.save({"args": Evil(), "model": {"w": torch.ones(2)}}, evil / "model_optim_rng.pt")
    other = dict(gated)
    save(folder / "torn", other, tp=2)
    path = folder / "torn" / "iter_0000100" / "mp_rank_01" / "model_optim_rng.pt"
    state = torch.load(path, weights_only=False)
    state["model"]["decoder.final_norm.weight"] += 1
    torch.save(state, path)


main(pathlib.Path(sys.argv[1]))
