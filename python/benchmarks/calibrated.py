"""Codes that a calibration on real text chose, by the libraries that publish most such models: GPTQModel and AutoAWQ.

Each layer is quantized by itself, with what reaches it in the model as it was. Needs PyTorch, transformers, gptqmodel and autoawq.
"""

from pathlib import Path

GROUP = 128
TOKENS = 256
BATCHES = 64
AWQ_TOKENS = 4096

GPTQ = {
    "GPTQ": {},
    "GPTQ asym": {"sym": False},
    "GPTQ desc_act": {"desc_act": True},
    "GPTQ g32": {"group_size": 32},
    "GPTQ 8 bits": {"bits": 8},
}
FORMATS = [*GPTQ, "GPTQ as W4A16", "AWQ"]


class Calibration:
    """The floats that reach each linear layer of a model in batches of a text, (tokens, input channels) each."""

    def __init__(self, folder: Path, text: str, layers: "dict[str, object]") -> None:
        """:param layers: weights by name, as they are to be quantized"""
        import torch
        from transformers import AutoModel, AutoTokenizer

        ids = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")["input_ids"][0]
        model = AutoModel.from_pretrained(folder, dtype=torch.float32)
        self.inputs: "dict[str, list[object]]" = {name: [] for name in layers}
        for name, module in model.named_modules():
            if f"{name}.weight" in layers:
                module.weight.data = layers[f"{name}.weight"].float()
                module.register_forward_hook(self.keep(f"{name}.weight"))
        with torch.no_grad():
            for batch in ids[: len(ids) // TOKENS * TOKENS].view(-1, 1, TOKENS)[:BATCHES]:
                model(batch)

    def keep(self, name: str) -> "object":
        return lambda module, inputs, output: self.inputs[name].append(inputs[0].detach().flatten(0, -2))

    def quantized(self, kind: str, name: str, weight: "object") -> "dict[str, object]":
        """Tensors by how their names go on in place of "weight"."""
        if kind == "AWQ":
            return self.awq(name, weight)
        if kind == "GPTQ as W4A16":
            return self.packed(name, weight)
        return self.gptq(name, weight, **GPTQ[kind])

    def codes(self, name: str, weight: "object", **options: "object") -> "tuple[object, object, object, object, object]":
        """A layer of the values that codes stand for, its configuration, scales, zeros and groups of input channels."""
        from gptqmodel.quantization import QuantizeConfig
        from gptqmodel.quantization.gptq import GPTQ as Quantizer

        layer = linear(weight)
        config = QuantizeConfig(act_group_aware=False, **{"bits": 4, "group_size": GROUP, **options})
        quantizer = Quantizer(layer, config)
        quantizer.quantizer.configure(perchannel=True)
        for batch in self.inputs[name]:
            quantizer.add_batch(batch, layer(batch))
        layer.weight.data, scales, zeros, groups = quantizer.quantize()[:4]
        return layer, config, scales, zeros, groups

    def gptq(self, name: str, weight: "object", **options: "object") -> "dict[str, object]":
        from gptqmodel.nn_modules.qlinear.torch import TorchLinear

        layer, config, scales, zeros, groups = self.codes(name, weight, **options)
        form = {"bits": config.bits, "group_size": config.group_size, "sym": config.sym, "desc_act": config.desc_act}
        packed = TorchLinear(in_features=layer.in_features, out_features=layer.out_features, bias=False, **form)
        packed.pack_block(layer, scales, zeros, groups)
        # files of the first format, which GPTQModel writes, too, have zeros less one
        ones = 0x11111111 if config.bits == 4 else 0x01010101
        return {"qweight": packed.qweight, "qzeros": packed.qzeros - ones, "scales": packed.scales, "g_idx": packed.g_idx}

    def packed(self, name: str, weight: "object") -> "dict[str, object]":
        """The same codes as compressed-tensors packs them."""
        import torch
        from compressed_tensors.compressors import BaseCompressor
        from compressed_tensors.compressors.format import infer_module_format
        from compressed_tensors.quantization.quant_scheme import preset_name_to_scheme

        layer, _, scales, _, _ = self.codes(name, weight)
        scheme = preset_name_to_scheme("W4A16", ["Linear"])
        compressor = BaseCompressor.get_value_from_registry(infer_module_format(torch.nn.Linear, scheme).value)
        tensors = {"weight": layer.weight.data.bfloat16(), "weight_scale": scales.bfloat16(),
                   "weight_zero_point": torch.zeros(scales.shape, dtype=torch.int8)}
        return compressor.compress(tensors, scheme)

    def awq(self, name: str, weight: "object") -> "dict[str, object]":
        """With the factors of input channels and the bounds of groups that AutoAWQ's searches find."""
        import torch
        from awq.modules.linear.gemm import WQLinear_GEMM
        from awq.quantize.quantizer import AwqQuantizer

        quantizer = AwqQuantizer.__new__(AwqQuantizer)
        quantizer.w_bit, quantizer.group_size, quantizer.zero_point, quantizer.duo_scaling = 4, GROUP, True, True
        quantizer.n_parallel_calib_samples, quantizer.max_chunk_memory = None, 1 << 30
        layer = linear(weight)
        inputs = torch.cat(self.inputs[name])[:AWQ_TOKENS]
        groups = layer.weight.view(-1, GROUP).abs()
        shares = (groups / (groups.amax(1, keepdim=True) + 1e-6)).view(layer.weight.shape)
        factors = quantizer._compute_best_scale(
            inputs, shares.mean(0), inputs.abs().mean(0), layer, [layer], layer(inputs))
        scaled = (layer.weight.data * factors).half()
        if "query" not in name and "key" not in name:  # as AutoAWQ does
            most = quantizer._compute_best_clip(scaled.float(), inputs / factors).half()
            scaled = torch.clamp(scaled.reshape(*most.shape[:2], -1), -most, most).reshape(scaled.shape)
        layer.weight.data, scales, zeros = quantizer.pseudo_quantize_tensor(scaled)
        packed = WQLinear_GEMM.from_linear(layer, 4, GROUP, False, scales.t().contiguous(), zeros.t().contiguous())
        return {"qweight": packed.qweight, "qzeros": packed.qzeros, "scales": packed.scales}


def linear(weight: "object") -> "object":
    import torch

    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False).requires_grad_(False)
    layer.weight.data = weight.float().clone()
    return layer
