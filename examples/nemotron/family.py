"""Makes the checkpoints of a small model family in the manner of Llama-Nemotron (arXiv 2505.00949).

    python3 family.py DIR

Every folder below DIR is one checkpoint: model.safetensors and config.json. The configurations are those of the published
models in small: eight blocks in place of 80 or 126, the same fields, the same kinds of blocks. The weights are made. Needs
nothing but Python's own library.
"""

import json
import pathlib
import random
import struct
import sys

HIDDEN, HEADS, VOCABULARY = 16, 8, 128
FULL, HALF = 48.0, 24.0  # ffn_mult: widths 512 and 256


def block(heads_in_group, ffn_mult, no_attention=False, linear_attention=False):
    attention = {
        "n_heads_in_group": None if no_attention or linear_attention else heads_in_group,
        "no_op": no_attention,
        "num_sink_tokens": None,
        "replace_with_linear": linear_attention,
        "sparsify": None,
        "window_length": None,
    }
    ffn = {"ffn_mult": ffn_mult, "no_op": False, "replace_with_linear": False, "sparsify": None}
    return {"attention": attention, "ffn": ffn}


LLAMA = [block(4, FULL)] * 8
SUPER = [block(4, FULL), block(4, HALF, no_attention=True), block(4, FULL), block(4, HALF, no_attention=True),
         block(4, FULL), block(4, HALF, linear_attention=True), block(4, FULL), block(4, FULL)]
ULTRA = [block(4, FULL), block(4, FULL, no_attention=True), block(4, HALF), block(4, FULL, no_attention=True),
         block(4, HALF), block(4, FULL), block(4, HALF, no_attention=True), block(4, FULL)]


def width(block_config):
    """The published rule: two thirds of the multiple, rounded up to a multiple of 256."""
    inner = int(2 * block_config["ffn"]["ffn_mult"] * HIDDEN / 3)
    return -(-inner // 256) * 256


# The high byte of a bf16 value of deviation 0.02 or so: sign, and seven bits of an exponent around 2^-6.
HIGH = bytes((0x80 if b & 1 else 0) | (0x3C if b < 200 else 0x3B) for b in range(256))


def noise(seed, count):
    """bf16 values as bytes."""
    draw = random.Random(seed)
    values = bytearray(2 * count)
    values[0::2] = draw.randbytes(count)
    values[1::2] = draw.randbytes(count).translate(HIGH)
    return bytes(values)


def nudged(data, seed, one_in=4):
    """An update: the last bit of some values flips."""
    flips = random.Random(seed).randbytes(len(data) // 2).translate(bytes(int(b % one_in == 0) for b in range(256)))
    mask = bytearray(len(data))
    mask[0::2] = flips
    return (int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")).to_bytes(len(data), "little")


def tensors_of(blocks):
    kv = HIDDEN // 4
    yield "model.embed_tokens.weight", [VOCABULARY, HIDDEN]
    for i, config in enumerate(blocks):
        layer = f"model.layers.{i}."
        if config["attention"]["replace_with_linear"]:
            yield layer + "self_attn.linear_attn.weight", [HIDDEN, HIDDEN]
        elif not config["attention"]["no_op"]:
            for name, rows in (("q", HIDDEN), ("k", kv), ("v", kv), ("o", HIDDEN)):
                yield layer + f"self_attn.{name}_proj.weight", [rows, HIDDEN]
            yield layer + "input_layernorm.weight", [HIDDEN]
        for name in ("gate", "up"):
            yield layer + f"mlp.{name}_proj.weight", [width(config), HIDDEN]
        yield layer + "mlp.down_proj.weight", [HIDDEN, width(config)]
        yield layer + "post_attention_layernorm.weight", [HIDDEN]
    yield "model.norm.weight", [HIDDEN]
    yield "lm_head.weight", [VOCABULARY, HIDDEN]


def made(blocks, seed):
    return {name: (shape, noise(f"{seed} {name}", elements(shape))) for name, shape in tensors_of(blocks)}


def searched(parent, blocks, seed):
    """Blocks as the search chose them: what fits is the parent's, what does not was trained anew."""
    fresh = made(blocks, seed)
    return {name: parent[name] if name in parent and parent[name][0] == shape else fresh[name]
            for name, (shape, _) in fresh.items()}


def trained(parent, seed):
    return {name: (shape, nudged(data, f"{seed} {name}")) for name, (shape, data) in parent.items()}


def merged(a, b):
    """Every other tensor of each: a merge to the bit, without arithmetic."""
    return {name: (a if i % 2 == 0 else b)[name] for i, name in enumerate(a)}


def elements(shape):
    count = 1
    for length in shape:
        count *= length
    return count


def write(folder, weights, blocks, searched_for):
    folder.mkdir(parents=True)
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, (shape, data) in weights.items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(folder / "model.safetensors", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, data in weights.values():
            out.write(data)
    config = {"hidden_size": HIDDEN, "num_attention_heads": HEADS, "num_hidden_layers": len(blocks),
              "torch_dtype": "bfloat16", "vocab_size": VOCABULARY}
    if searched_for:
        config |= {"architectures": ["DeciLMForCausalLM"], "model_type": "nemotron-nas", "block_configs": blocks,
                   "intermediate_size": None, "num_key_value_heads": None}
    else:
        config |= {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "intermediate_size": width(blocks[0]),
                   "num_key_value_heads": 2}
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def main(target):
    models = {}

    def save(name, weights, blocks):
        models[name] = weights
        write(pathlib.Path(target) / name, weights, blocks, blocks is not LLAMA)

    for size in ("8b", "70b", "405b"):
        save(f"llama-{size}", made(LLAMA, size), LLAMA)
    save("nano-sft", trained(models["llama-8b"], "nano-sft"), LLAMA)
    save("nano", trained(models["nano-sft"], "nano"), LLAMA)
    save("super-search", searched(models["llama-70b"], SUPER, "super"), SUPER)
    save("super-distilled", trained(models["super-search"], "super-kd"), SUPER)
    save("super-sft", trained(models["super-distilled"], "super-sft"), SUPER)
    save("super-rpo", trained(models["super-sft"], "super-rpo"), SUPER)
    save("super", merged(models["super-sft"], models["super-rpo"]), SUPER)
    save("ultra-search", searched(models["llama-405b"], ULTRA, "ultra"), ULTRA)
    save("ultra-distilled", trained(models["ultra-search"], "ultra-kd"), ULTRA)
    save("ultra-cpt", trained(models["ultra-distilled"], "ultra-cpt"), ULTRA)
    save("ultra-sft", trained(models["ultra-cpt"], "ultra-sft"), ULTRA)
    save("ultra", trained(models["ultra-sft"], "ultra"), ULTRA)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: family.py DIR")
    main(sys.argv[1])
