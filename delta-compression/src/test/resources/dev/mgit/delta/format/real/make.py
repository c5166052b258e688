"""Writes the small real files of this folder with the formats' own Python libraries.

Run in this folder: python make.py safetensors onnx
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


if __name__ == "__main__":
    for name in sys.argv[1:]:
        globals()[name]()
