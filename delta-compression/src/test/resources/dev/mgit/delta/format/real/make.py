"""Writes the small real files of this folder with the formats' own Python libraries.

Run in this folder: python make.py safetensors onnx numpy_arrays gguf torch torch2 protocols tflite distributed hdf5 enumerations growing keras pickles flax torchscript
"""

import os
import sys

import numpy as np


def ramp(shape, dtype=np.float32):
    """0, 1, 2, ... so that a reader can be checked element by element."""
    return np.arange(int(np.prod(shape)), dtype=dtype).reshape(shape)


def safetensors():
    from ml_dtypes import bfloat16
    from safetensors.numpy import save_file

    tensors = {
        "encoder.layer.0.weight": ramp((3, 4)),
        "encoder.layer.0.bias": ramp((3,), np.float16),
        "embeddings.weight": ramp((5, 2), bfloat16),
        "position_ids": ramp((1, 7), np.int64),
        "mask": np.array([True, False, True]),
        "scalar": np.array(1.5, dtype=np.float64),
        "empty": np.zeros((0, 4), dtype=np.float32),
        "name with \"quotes\" and ü": ramp((2,), np.uint8),
    }
    save_file(tensors, "numpy.safetensors", metadata={"format": "np"})


def onnx():
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def value(name, elem=TensorProto.FLOAT, shape=("a", "b")):
        return helper.make_tensor_value_info(name, elem, shape)

    branch_weight = numpy_helper.from_array(ramp((8, 8)), "branch.weight")
    then_branch = helper.make_graph(
        [helper.make_node("MatMul", ["x", "branch.weight"], ["then_out"], name="/branch/MatMul")],
        "then", [], [value("then_out")], [branch_weight])
    else_branch = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["else_out"])], "else", [], [value("else_out")])
    nodes = [
        helper.make_node("Constant", [], ["big_constant"], value=numpy_helper.from_array(ramp((16, 16)), "")),
        helper.make_node("Constant", [], ["small_constant"], value=numpy_helper.from_array(ramp((1,)), "")),
        helper.make_node("MatMul", ["x", "onnx::MatMul_7"], ["h"], name="/encoder/layer.0/query/MatMul"),
        helper.make_node("If", ["flag"], ["y"], then_branch=then_branch, else_branch=else_branch),
    ]
    initializers = [
        numpy_helper.from_array(ramp((4, 8)), "onnx::MatMul_7"),
        helper.make_tensor("floats", TensorProto.FLOAT, [3], [1.0, 2.0, 3.0]),
        helper.make_tensor("varints", TensorProto.INT64, [3], [1, 2, 3]),
        numpy_helper.from_array(np.array(2.5, dtype=np.float64), "scalar"),
        numpy_helper.from_array(ramp((3, 3), np.int8), "quantised"),
    ]
    graph = helper.make_graph(nodes, "g", [value("x"), value("flag", TensorProto.BOOL, ())], [value("y")], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    onnx.save(model, "graph.onnx")
    for stale in ("external.onnx", "external.onnx_data"):
        if os.path.exists(stale):
            os.remove(stale)
    onnx.save(model, "external.onnx", save_as_external_data=True, location="external.onnx_data", size_threshold=64)


def numpy_arrays():
    np.save("c_order.npy", ramp((3, 4)))
    np.save("fortran.npy", np.asfortranarray(ramp((3, 4))))
    np.save("big_endian.npy", ramp((3, 4), np.dtype(">f4")))
    np.save("structured.npy", np.zeros(3, dtype=[("a", "<f4"), ("b", "<i2")]))
    np.savez("stored.npz", **{"layer.weight": ramp((4, 2)), "layer.bias": ramp((2,), np.float16)})
    np.savez_compressed("compressed.npz", weight=ramp((4, 2)))


def gguf():
    from gguf import GGMLQuantizationType, GGUFWriter

    writer = GGUFWriter("tiny.gguf", "llama")
    writer.add_context_length(16)
    writer.add_token_list(["<s>", "a", "b"])
    writer.add_array("made.nested", [[1, 2], [3]])
    writer.add_custom_alignment(64)
    writer.add_tensor("blk.0.attn_q.weight", ramp((3, 4)))
    writer.add_tensor("blk.0.attn_k.weight", ramp((5, 2), np.float16))
    blocks = np.zeros((2, 2 * 34), dtype=np.uint8)
    writer.add_tensor("blk.0.ffn_up.weight", blocks, raw_dtype=GGMLQuantizationType.Q8_0)
    writer.add_tensor("blk.0.ffn_down.weight", np.zeros((2, 66), dtype=np.uint8),
                      raw_dtype=GGMLQuantizationType.IQ2_XXS)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def checkpoint():
    """Tied, transposed, sliced and strided views, narrow types, and things that are no tensors."""
    import collections

    import torch as t

    base = t.arange(24, dtype=t.float32).reshape(4, 6)
    state = collections.OrderedDict()
    state["encoder.weight"] = base
    state["tied.weight"] = base
    state["transposed"] = t.arange(6, dtype=t.float32).reshape(2, 3).t()
    buffer = t.arange(10, dtype=t.int64)
    state["view.head"] = buffer[:4]
    state["view.tail"] = buffer[6:]
    state["gaps"] = t.arange(8, dtype=t.float32)[::2]
    state["half"] = t.arange(3, dtype=t.float16)
    state["brain"] = t.arange(3, dtype=t.bfloat16)
    state["flag"] = t.tensor(True)
    state["empty"] = t.zeros(0, 3)
    state["parameter"] = t.nn.Parameter(t.arange(2, dtype=t.float64))
    return {
        "epoch": 3,
        "lr": 0.1,
        "big": 1 << 80,
        "state_dict": state,
        "optimizer": {"state": {0: {"exp_avg": t.arange(4, dtype=t.float32), "step": 7}},
                      "param_groups": [{"params": [0], "betas": (0.9, 0.999), "foreach": None}]},
    }


def torch():
    import torch as t

    t.save(checkpoint(), "zip.pt")
    t.save(checkpoint(), "legacy.pt", _use_new_zipfile_serialization=False)
    t.manual_seed(0)
    t.save(t.nn.Sequential(t.nn.Linear(3, 2), t.nn.BatchNorm1d(2)), "module.pt")
    t.save(t.arange(5, dtype=t.int32), "tensor.pt", pickle_protocol=4)


def torch2():
    """What torch 1 did not have, or writes otherwise."""
    import torch as t

    whole = checkpoint()
    whole["state_dict"]["float8"] = t.arange(4).to(t.float8_e4m3fn)
    t.save(whole, "zip-2.pt")
    t.save(whole, "legacy-2.pt", _use_new_zipfile_serialization=False)


def protocols():
    import torch as t

    state = {"a": t.arange(24.0).reshape(4, 6), "b": t.ones(3, dtype=t.bfloat16)}
    for protocol in (0, 1, 4, 5):
        t.save(state, f"bare-protocol-{protocol}.pt", _use_new_zipfile_serialization=False, pickle_protocol=protocol)
    for protocol in (0, 1):
        t.save(state, f"zip-protocol-{protocol}.pt", pickle_protocol=protocol)


def tflite():
    """A graph that adds a constant; tied, quantized and odd constants beside it; and the same with buffers behind it."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_litert.interpreter import Interpreter

    kinds = schema.TensorType
    arrays = {
        "weight": (kinds.FLOAT32, ramp((3, 4))),
        "half": (kinds.FLOAT16, ramp((2, 3), np.float16)),
        "bytes": (kinds.INT8, ramp((2, 2, 2), np.int8)),
        "axes": (kinds.INT64, ramp((2,), np.int64)),
        "": (kinds.BOOL, np.array([True, False])),
        "text": (kinds.STRING, np.frombuffer(b"\1\0\0\0\x0c\0\0\0\x0f\0\0\0abc", np.uint8)),
    }

    def tensor(name, kind, shape, buffer):
        made = schema.TensorT()
        made.name, made.type, made.shape, made.buffer = name.encode() or None, kind, list(shape), buffer
        return made

    def build():
        graph = schema.SubGraphT()
        graph.name, graph.inputs, graph.outputs = b"main", [0], [1]
        graph.tensors = [tensor("x", kinds.FLOAT32, (3, 4), 0), tensor("y", kinds.FLOAT32, (3, 4), 0)]
        buffers = [schema.BufferT()]
        for name, (kind, array) in arrays.items():
            buffers.append(schema.BufferT())
            buffers[-1].data = np.frombuffer(array.tobytes(), np.uint8)
            graph.tensors.append(tensor(name, kind, array.shape if kind != kinds.STRING else (1,), len(buffers) - 1))
        graph.tensors.append(tensor("tied", kinds.FLOAT32, (3, 4), 1))
        graph.tensors.append(tensor("int4", kinds.INT4, (3,), len(buffers)))
        buffers.append(schema.BufferT())
        buffers[-1].data = np.array([0x10, 0x02], np.uint8)
        add = schema.OperatorT()
        add.inputs, add.outputs, add.opcodeIndex = [0, 2], [1], 0
        add.builtinOptionsType, add.builtinOptions = schema.BuiltinOptions.AddOptions, schema.AddOptionsT()
        graph.operators = [add]
        code = schema.OperatorCodeT()
        code.builtinCode = schema.BuiltinOperator.ADD
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [graph], buffers, [code]
        return model

    def pack(model):
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    model = build()
    open("graph.tflite", "wb").write(pack(model))
    for buffer in model.buffers:
        if buffer.data is not None:
            buffer.offset, buffer.size, buffer.data, buffer.bytes = 1 << 40, len(buffer.data), None, buffer.data
    end = len(pack(model))
    tail = b""
    for buffer in model.buffers:
        if buffer.size:
            tail += bytes(-(end + len(tail)) % 16)
            buffer.offset = end + len(tail)
            tail += bytes(buffer.bytes)
    whole = pack(model)
    assert len(whole) == end
    open("behind.tflite", "wb").write(whole + tail)
    for file in "graph.tflite", "behind.tflite":
        interpreter = Interpreter(file)
        interpreter.allocate_tensors()
        for index, (name, (kind, array)) in enumerate(arrays.items(), 2):
            if kind != kinds.STRING:
                np.testing.assert_array_equal(interpreter.get_tensor(index), array)


def distributed_rank(rank, world):
    import torch as t
    import torch.distributed as dist
    import torch.distributed.checkpoint
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29511")
    dist.init_process_group("gloo", rank=rank, world_size=world)
    mesh = init_device_mesh("cpu", (world,))
    weight = t.arange(24, dtype=t.float32).reshape(6, 4)
    state = {
        "model": {
            "weight": distribute_tensor(weight, mesh, [Shard(0)]),
            "wide": distribute_tensor(weight.reshape(3, 8), mesh, [Shard(1)]),
            "bias": t.arange(3, dtype=t.bfloat16),
        },
        "optimizer": {"state": {"weight": {"exp_avg": distribute_tensor(2 * weight, mesh, [Shard(0)])}}},
        "extra": {"buffers": [t.arange(2)]},
        "step": 7,
    }
    t.distributed.checkpoint.save(state, checkpoint_id="distributed")
    dist.destroy_process_group()


def distributed():
    import torch.multiprocessing

    torch.multiprocessing.spawn(distributed_rank, args=(2,), nprocs=2)


def hdf5():
    """Every version of the structures that h5py can be made to write."""
    import h5py

    def fill(file):
        file["layer/kernel"] = ramp((4, 3))
        file["layer/bias"] = ramp((3,), np.float16)
        file["layer/tied"] = file["layer/kernel"]
        file["layer/self"] = file["layer"]
        file["soft"] = h5py.SoftLink("/layer/kernel")
        file["big"] = ramp((2, 2), np.dtype(">f8"))
        file["flags"] = np.array([True, False])
        file["scalar"] = np.int64(7)
        file["empty"] = np.zeros((0, 4), np.float32)
        file["complex"] = np.array([1 + 2j], np.complex64)
        file["words"] = ["a", "b"]
        file.create_dataset("rows", data=ramp((4, 4)), chunks=(2, 4))
        file.create_dataset("squares", data=ramp((4, 4)), chunks=(2, 2))
        file.create_dataset("one", data=ramp((4, 4)), chunks=(4, 4))
        file.create_dataset("packed", data=ramp((4, 4)), compression="gzip")
        file.create_dataset("unwritten", (2, 2), np.float32)
        for i in range(20):
            file[f"many/{i}"] = ramp((2,), np.int32) + i

    for version in "earliest", "v108", "latest":
        with h5py.File(f"{version}.h5", "w", libver=version) as file:
            fill(file)
    with h5py.File("paged.h5", "w", libver="latest") as file:
        file.create_dataset("paged", data=ramp((10, 110)), chunks=(1, 1))
        for name, most in ("bounded", (6, 2)), ("endless", (None, 2)), ("both", (None, None)):
            file.create_dataset(name, data=ramp((4, 2)), chunks=(2, 1), maxshape=most)
    with h5py.File("user-block.h5", "w", userblock_size=512) as file:
        file["kernel"] = ramp((4, 3))


def keras():
    os.environ["KERAS_BACKEND"] = "torch"
    import keras as k

    model = k.Sequential([k.layers.Input((3,)), k.layers.Dense(4, name="hidden"), k.layers.Dense(2, name="head")])
    model.set_weights([ramp((3, 4)), ramp((4,)), ramp((4, 2)), ramp((2,))])
    model.save("small.keras")
    model.save_weights("small.weights.h5")
    model.save("legacy.h5")


def enumerations():
    import h5py

    for libver in "earliest", "latest":
        with h5py.File(f"enumerations-{libver}.h5", "w", libver=libver) as file:
            file["flags"] = np.array([False, True])
            kinds = h5py.enum_dtype({"a": 0, "b": 1}, basetype="i1")
            file.create_dataset("kinds", data=np.array([0, 1], "i1"), dtype=kinds)


def growing():
    """Datasets that may grow along one dimension or several, one whose place was kept for it, and shared types."""
    import h5py

    for libver in "earliest", "latest":
        with h5py.File(f"growing-{libver}.h5", "w", libver=libver) as file:
            for name, most in ("first", (None, 9)), ("last", (9, None)), ("all", (None, None)), ("bounded", (9, 8)):
                file.create_dataset(name, data=ramp((5, 7)), chunks=(2, 3), maxshape=most)
            file.create_dataset("big", data=ramp((5, 7), ">i4"), chunks=(2, 3), maxshape=(None, 9))
            file.create_dataset("many", data=ramp((110,), "i1"), chunks=(1,), maxshape=(None,))
            file.create_dataset("tree", data=ramp((10, 12), "i1"), chunks=(1, 1), maxshape=(None, None))
            file.create_dataset("wide", data=ramp((5, 7)), chunks=(5, 8), maxshape=(None, None))
            file.create_dataset("255", data=ramp((200,), "i1"), chunks=(255,), maxshape=(None,))
            for name, filters in ("shuffled", {"shuffle": True}), ("summed", {"fletcher32": True}):
                file.create_dataset(name, data=ramp((5, 7)), chunks=(2, 3), maxshape=(None, 9), **filters)
            kept = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            kept.set_chunk((2, 3))
            kept.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
            space = h5py.h5s.create_simple((5, 7), (8, 9))
            h5py.h5d.create(file.id, b"kept", h5py.h5t.IEEE_F32LE, space, kept)
            file["kept"][:] = ramp((5, 7))
            file["type"] = np.dtype("f4")
            file.create_dataset("typed", data=ramp((5, 7)), dtype=file["type"])
    with h5py.File("holes.h5", "w", libver="latest") as file:
        for name, shape, most in ("growing", (140000,), (None,)), ("fixed", (3000,), None):
            dataset = file.create_dataset(name, shape, "i4", chunks=(1,), maxshape=most)
            for i in (0, 1500, shape[0] - 1):
                dataset[i] = i


def pickles():
    import pickle
    from types import SimpleNamespace

    import joblib

    objects = np.empty(2, dtype=object)
    objects[:] = [ramp((3, 4)), {"bias": ramp((3,), np.float16)}]
    np.save("objects.npy", objects, allow_pickle=True)
    np.savez("objects.npz", layers=objects, plain=ramp((2,)))
    state = {
        "layers": [{"weight": ramp((3, 4)), "bias": ramp((3,), np.float16)}],
        "fortran": np.asfortranarray(ramp((3, 4))),
        "big": ramp((2, 2), np.dtype(">f8")),
        "objects": objects,
        "model": SimpleNamespace(coef_=ramp((2, 3), np.float64), classes_=ramp((2,), np.int64), name="logistic"),
        "empty": np.zeros((0, 4), np.float32),
        "words": np.array(["a", "bc"]),
        0: np.array(5, np.int32),
    }
    state["tied"] = state["fortran"]
    for protocol in 3, 4, 5:
        with open(f"arrays-protocol-{protocol}.pkl", "wb") as file:
            pickle.dump(state, file, protocol=protocol)
    joblib.dump(state, "arrays.joblib")
    joblib.dump(state, "compressed.joblib", compress=3)
    for name, level in ("gzip", 6), ("bz2", 9), ("xz", 6), ("lzma", 6):
        joblib.dump(state, f"{'bzip2' if name == 'bz2' else name}.joblib", compress=(name, level))
    with open("arrays-protocol-2.pkl", "wb") as file:
        pickle.dump(state, file, protocol=2)
    escaped()
    old_pickles()


def escaped():
    """Longer than a line that is kept."""
    import pickle

    for protocol in 0, 1:
        with open(f"escaped-protocol-{protocol}.pkl", "wb") as file:
            pickle.dump({"weight": ramp((1200,))}, file, protocol=protocol)


def old_pickles():
    """As Python 2 writes them, which is not there any more: bytes as its strings."""
    import pickle
    import struct

    class Python2(pickle._Pickler):
        dispatch = dict(pickle._Pickler.dispatch)

        def string(self, text):
            data = text if isinstance(text, bytes) else text.encode()
            if self.proto == 0:
                self.write(b"S" + repr(data)[1:].encode() + b"\n")
                return self.memoize(text)
            short = len(data) < 256
            self.write((b"U" + bytes([len(data)]) if short else b"T" + struct.pack("<i", len(data))) + data)
            self.memoize(text)

        dispatch[bytes] = dispatch[str] = string

    state = {
        "weight": ramp((3, 4)),
        "fortran": np.asfortranarray(ramp((3, 4))),
        "zero": ramp((1,)),
        "long": ramp((1200,)),
    }
    for protocol in 0, 1, 2:
        with open(f"python2-protocol-{protocol}.pkl", "wb") as file:
            Python2(file, protocol).dump(state)


def flax():
    import ml_dtypes
    from flax import serialization

    state = {
        "params": {
            "dense": {"kernel": ramp((3, 4)), "bias": ramp((4,), ml_dtypes.bfloat16)},
            "norm": {"scale": ramp((2,), np.float16)},
        },
        "layers": [ramp((300,))],
        "step": np.int32(7),
        "rate": 1e-3,
        "complex": 1 + 2j,
    }
    with open("state.msgpack", "wb") as file:
        file.write(serialization.to_bytes(state))
    serialization.MAX_CHUNK_SIZE = 32  # instead of 1 GiB
    with open("chunked.msgpack", "wb") as file:
        file.write(serialization.to_bytes({"kernel": ramp((4, 4))}))


def torchscript():
    import torch

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(4, 3)
            self.register_buffer("steps", torch.arange(2))
            with torch.no_grad():
                self.fc.weight.copy_(torch.from_numpy(ramp((3, 4))))
                self.fc.bias.copy_(torch.from_numpy(ramp((3,))))

        def forward(self, x):
            return self.fc(x) * torch.arange(3).float() * torch.tensor([2.0, 3.0, 4.0])

    module = torch.jit.trace(Module().eval(), torch.zeros(1, 4))
    module.save("script.pt")
    torch.jit.freeze(module).save("frozen.pt")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        globals()[name]()
