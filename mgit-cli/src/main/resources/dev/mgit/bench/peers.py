"""Peers that are Python libraries, one function each: python peers.py PEER prepare|in|out OLD NEW PACKED OUT

In: packs the file NEW, given its parent OLD where the peer can use that, into the file or folder PACKED.
Out: makes the file OUT of PACKED and, again, OLD. An exception's last line is the reason printed for a peer that cannot.
"""

import json
import sys


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def is_safetensors(path):
    return path.endswith(".safetensors")


def is_bf16(path):
    """Whether most of a file is bfloat16: made files have one dtype, and what is not safetensors here is fp32."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little"))) if is_safetensors(path) else {}
    return any(tensor.get("dtype") == "BF16" for name, tensor in header.items() if name != "__metadata__")


def needs_safetensors(path):
    if not is_safetensors(path):
        raise SystemExit("takes safetensors files only")


def header(path):
    with open(path, "rb") as file:
        size = file.read(8)
        return size + file.read(int.from_bytes(size, "little"))


def spans(head):
    """Where each tensor's data are behind a header, and its name, in the order of the file."""
    tensors = json.loads(head[8:])
    return sorted((tensor["data_offsets"], name) for name, tensor in tensors.items() if name != "__metadata__")


def keep_header(new, packed):
    """For peers that keep tensors and not files: the file's header beside what they pack, so that bytes can be compared."""
    write(packed + ".header", header(new))


def under_header(packed, out):
    head = read(packed + ".header")
    data = read(out + ".tensors")
    behind = len(header(out + ".tensors"))
    places = {name: span for span, name in spans(data[:behind])}
    with open(out, "wb") as file:
        file.write(head)
        for _, name in spans(head):
            start, end = places[name]
            file.write(data[behind + start : behind + end])


def zipnn(way, old, new, packed, out):
    from zipnn import ZipNN

    codec = ZipNN(input_format="byte", bytearray_dtype="bfloat16" if is_bf16(new) else "float32")
    if way == "in":
        write(packed, codec.compress(read(new)))
    else:
        write(out, codec.decompress(read(packed)))


def z4ai(way, old, new, packed, out):
    import z4ai

    if way == "in":
        write(packed, z4ai.compress(read(new), dtype="bf16" if is_bf16(new) else "fp32"))
    else:
        write(out, z4ai.decompress(read(packed)))


def z4ai_delta(way, old, new, packed, out):
    import z4ai

    if way == "in":
        write(packed, z4ai.compress_delta(read(new), read(old), dtype="bf16" if is_bf16(new) else "fp32"))
    else:
        write(out, z4ai.decompress_delta(read(packed), read(old)))


def bigsmall(way, old, new, packed, out):
    import bigsmall

    needs_safetensors(new)
    if way == "in":
        bigsmall.compress(new, packed, progress=False)
        keep_header(new, packed)
    else:
        bigsmall.decompress(packed, out + ".tensors", progress=False)
        under_header(packed, out)


def bigsmall_delta(way, old, new, packed, out):
    import bigsmall

    needs_safetensors(new)
    if way == "in":
        bigsmall.compress_delta(new, old, packed)
        keep_header(new, packed)
    else:
        bigsmall.decompress_delta(packed, old, out + ".tensors", progress=False)
        under_header(packed, out)


def deltatensors(way, old, new, packed, out):
    """Keeps every difference, as its float arithmetic gives it: its other ways are meant to lose more."""
    import os
    import tempfile

    import deltatensors
    import numpy

    needs_safetensors(new)
    with tempfile.TemporaryDirectory() as folders:
        for name, file in ("old", old), ("new", new):
            os.mkdir(f"{folders}/{name}")
            os.symlink(file, f"{folders}/{name}/model.safetensors")
        if way == "in":
            deltatensors.save_delta_from_paths(
                packed, f"{folders}/new", f"{folders}/old", sparsity=0.0, use_gpu=False)
            keep_header(new, packed)
            return
        tensors = deltatensors.load_delta_from_paths(packed, f"{folders}/old")
        head = read(packed + ".header")
        with open(out, "wb") as file:
            file.write(head)
            for _, name in spans(head):
                file.write(numpy.ascontiguousarray(tensors[name]).tobytes())


def lmzip(way, old, new, packed, out):
    import lmz

    if way == "in":
        lmz.compress(new, packed)
    else:
        lmz.decompress(packed, out)


def theta(way, old, new, packed, out):
    """git-theta itself runs as a filter of Git's; here only the header is kept and put back."""
    needs_safetensors(new)
    if way == "in":
        keep_header(new, packed)
    elif way == "out":
        under_header(packed, out)


def xet(way, old, new, packed, out):
    """With a folder in the place of its server; ``prepare`` brings OLD there."""
    import os

    import hf_xet

    endpoint = "local://" + packed
    if way == "out":
        downloads = hf_xet.XetSession().new_file_download_group(endpoint=endpoint)
        downloads.start_download_file(hf_xet.XetFileInfo(**json.loads(read(packed + "/file.json"))), out)
        downloads.wait_to_finish()
        return
    os.makedirs(packed, exist_ok=True)
    commit = hf_xet.XetSession().new_upload_commit(endpoint=endpoint)
    upload = commit.start_upload_file(old if way == "prepare" else new)
    commit.wait_to_finish()
    info = upload.result().xet_info
    write(packed + "/file.json", json.dumps({"hash": info.hash, "file_size": info.file_size}).encode())


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
