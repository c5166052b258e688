"""Tensors of safetensors and NumPy files as NumPy arrays over memory maps. Needs NumPy."""

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict

if TYPE_CHECKING:
    import numpy

TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
    "C64": "<c8",
}
# NumPy knows these with the package ml_dtypes.
SMALL_TYPES = {"BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"}


def load(file: Path) -> "Dict[str, numpy.ndarray[Any, Any]]":
    """Name to array. A .npy file has one array, by the name of the file."""
    import numpy

    if file.suffix == ".npy":
        return {file.stem: numpy.load(file, mmap_mode="r", allow_pickle=False)}
    with open(file, "rb") as source:
        (length,) = struct.unpack("<Q", source.read(8))
        header = json.loads(source.read(length))
    header.pop("__metadata__", None)
    data = numpy.memmap(file, mode="r", dtype="u1", offset=8 + length) if any(map(size, header.values())) else None
    return {name: array(data, entry) for name, entry in header.items()}


def size(entry: Dict[str, Any]) -> int:
    start, end = entry["data_offsets"]
    return int(end - start)


def array(data: "numpy.ndarray[Any, Any] | None", entry: Dict[str, Any]) -> "numpy.ndarray[Any, Any]":
    import numpy

    dtype = entry["dtype"]
    if data is None or size(entry) == 0:
        return numpy.empty(entry["shape"], dtype_of(dtype))
    start, end = entry["data_offsets"]
    return data[start:end].view(dtype_of(dtype)).reshape(entry["shape"])


def dtype_of(name: str) -> "numpy.dtype[Any]":
    import numpy

    if name in TYPES:
        return numpy.dtype(TYPES[name])
    if name in SMALL_TYPES:
        try:
            import ml_dtypes
        except ImportError:
            raise TypeError(f"NumPy has no {name}: install ml_dtypes, or load mgit.path(...) with PyTorch") from None
        return numpy.dtype(getattr(ml_dtypes, SMALL_TYPES[name]))
    raise TypeError(f"NumPy has no {name}: load mgit.path(...) with PyTorch")
