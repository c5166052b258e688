"""What a model takes in formats of 8 and 4 bits beside its own floats, and what floats take that were made of these again.

Each linear layer of a checkpoint in safetensors is quantized in bfloat16 by compressed-tensors, with the presets that vLLM serves,
and by bitsandbytes; then dequantized by them. Each result is committed after what it was made from. Beside it stands what zstd -19
takes for the same tensors. With a text, codes that a calibration on it chose are measured, too; the model's configuration and
tokenizer lie beside it then. Needs PyTorch, safetensors, compressed-tensors and bitsandbytes.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from benchmarks.calibrated import FORMATS, Calibration
from benchmarks.checkpoint_peers import compressed

PRESETS = ["FP8", "FP8_DYNAMIC", "FP8_BLOCK", "W8A8", "W8A16", "W4A16", "W4A16_ASYM", "NVFP4A16", "MXFP4A16", "MXFP8A16"]
BITSANDBYTES = ["nf4", "nf4-nested", "fp4"]
SMALLEST_SIDE = 128


def main(arguments: "list[str]") -> None:
    parser = argparse.ArgumentParser(prog="bench.py quantized", description=__doc__)
    parser.add_argument("model", help="a file in safetensors")
    parser.add_argument("--mgit", default="mgit", help="the command (default: the one installed)")
    parser.add_argument("--text", nargs="+", type=Path, default=[], help="files to calibrate on")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mgit-bench-") as folder:
        Bench(Path(folder), str(Path(options.mgit).absolute()) if "/" in options.mgit else options.mgit).all(
            Path(options.model), "\n".join(file.read_text("utf-8") for file in options.text))


class Bench:
    def __init__(self, folder: Path, mgit: str) -> None:
        self.folder = folder
        self.mgit = mgit
        self.run("init", "repository")

    def run(self, *words: str) -> str:
        inside = self.folder / "repository"
        cwd = inside if inside.exists() else self.folder
        return subprocess.run([self.mgit, *words], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout

    def all(self, model: Path, text: str) -> None:
        import torch
        from safetensors.torch import load_file

        base = {name: value.to(torch.bfloat16) for name, value in load_file(model).items() if value.is_floating_point()}
        layers = {name for name, value in base.items() if value.dim() == 2 and name.endswith(".weight")
                  and "embed" not in name and min(value.shape) >= SMALLEST_SIDE}
        self.commit("base", base)
        print(f"{len(layers)} linear layers of {model.name}, {sum(base[name].nbytes for name in layers) / 1e6:.1f} MB in bfloat16")
        print(f"{'format':15}{'new MB':>9}{'mgit':>12}{'zstd -19':>11}   {'back again':>12}{'zstd -19':>11}")
        for preset in PRESETS + BITSANDBYTES:
            parts = {name: quantized(preset, base[name]) for name in sorted(layers)}
            codes = {name[:-len("weight")] + part: value
                     for name, (tensors, _) in parts.items() for part, value in tensors.items()}
            others = {name: value for name, value in base.items() if name not in layers}
            floats = {name: back for name, (_, back) in parts.items()}
            stored = self.commit(preset, {**others, **codes}, "base")
            again = self.commit(preset + "-floats", {**others, **floats}, preset)
            print(f"{preset:15}{sum(one.nbytes for one in codes.values()) / 1e6:>9.2f}{stored / 1e3:>9.1f} kB"
                  f"{zstd(codes) / 1e6:>8.2f} MB   {again / 1e3:>9.1f} kB{zstd(floats) / 1e6:>8.2f} MB")
        if text:
            self.calibrated(Calibration(model.parent, text, {name: base[name] for name in sorted(layers)}), base, layers)

    def calibrated(self, calibration: Calibration, base: "dict[str, object]", layers: "set[str]") -> None:
        for kind in FORMATS:
            codes = {name[:-len("weight")] + part: value
                     for name in sorted(layers) for part, value in calibration.quantized(kind, name, base[name]).items()}
            others = {name: value for name, value in base.items() if name not in layers}
            stored = self.commit(kind.replace(" ", "-"), {**others, **codes}, "base")
            print(f"{kind:15}{sum(one.nbytes for one in codes.values()) / 1e6:>9.2f}{stored / 1e3:>9.1f} kB"
                  f"{zstd(codes) / 1e6:>8.2f} MB")

    def commit(self, model: str, tensors: "dict[str, object]", parent: "str | None" = None) -> int:
        """Bytes that a version took."""
        from safetensors.torch import save_file

        folder = self.folder / model
        folder.mkdir()
        save_file({name: value.contiguous() for name, value in tensors.items()}, folder / "model.safetensors")
        more = ["--from", parent] if parent else []
        said = json.loads(self.run("commit", str(folder), "--model", model, "--json", *more))
        (folder / "model.safetensors").unlink()
        return said["stored_bytes"]


def quantized(preset: str, weight: "object") -> "tuple[dict[str, object], object]":
    """Tensors by how their names go on in place of "weight", and the floats that they stand for."""
    return bitsandbytes(preset, weight) if preset in BITSANDBYTES else compressed_tensors(preset, weight)


def bitsandbytes(preset: str, weight: "object") -> "tuple[dict[str, object], object]":
    from bitsandbytes import functional

    codes, state = functional.quantize_4bit(
        weight, quant_type=preset.split("-")[0], compress_statistics=preset.endswith("nested"), blocksize=64)
    tensors = {f"weight.{name}": value for name, value in state.as_dict(packed=True).items()}
    return {"weight": codes, **tensors}, functional.dequantize_4bit(codes, state)


def compressed_tensors(preset: str, weight: "object") -> "tuple[dict[str, object], object]":
    import torch
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.compressors.format import infer_module_format
    from compressed_tensors.quantization.quant_scheme import preset_name_to_scheme
    from compressed_tensors.quantization.utils.helpers import calculate_qparams, generate_gparam

    scheme = preset_name_to_scheme(preset, ["Linear"])
    arguments = scheme.weights
    strategy = str(getattr(arguments.strategy, "value", arguments.strategy))
    rows, columns = weight.shape
    tensors = {"weight": weight}
    whole = {}
    if strategy == "tensor_group":
        whole["global_scale"] = generate_gparam(weight.min().reshape(1), weight.max().reshape(1))
        tensors["weight_global_scale"] = whole["global_scale"]
    if strategy in ("group", "tensor_group"):
        groups = weight.reshape(rows, columns // arguments.group_size, arguments.group_size)
        least, most = groups.amin(2), groups.amax(2)
    elif strategy == "block":
        high, wide = arguments.block_structure
        tiles = weight.reshape(rows // high, high, columns // wide, wide)
        least, most = tiles.amin((1, 3)), tiles.amax((1, 3))
    elif strategy == "channel":
        least, most = weight.amin(1, keepdim=True), weight.amax(1, keepdim=True)
    else:
        least, most = weight.min().reshape(1), weight.max().reshape(1)
    tensors["weight_scale"], tensors["weight_zero_point"] = calculate_qparams(least, most, arguments, **whole)
    compressor = BaseCompressor.get_value_from_registry(infer_module_format(torch.nn.Linear, scheme).value)
    codes = compressor.compress(tensors, scheme)
    return codes, compressor.decompress(dict(codes), scheme)["weight"].to(weight.dtype)


def zstd(tensors: "dict[str, object]") -> int:
    import torch

    return compressed(b"".join(one.contiguous().view(torch.uint8).numpy().tobytes() for one in tensors.values()), 19)
