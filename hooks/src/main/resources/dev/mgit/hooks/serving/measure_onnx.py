"""Prints threads,batch,seconds of an ONNX model on this machine: MODEL THREADS BATCH."""
import sys
import time

import numpy
import onnxruntime

TYPES = {
    "tensor(float)": numpy.float32,
    "tensor(double)": numpy.float64,
    "tensor(float16)": numpy.float16,
    "tensor(int64)": numpy.int64,
    "tensor(int32)": numpy.int32,
    "tensor(uint8)": numpy.uint8,
    "tensor(bool)": numpy.bool_,
}
OTHER_DIMENSION = 128


def steps(most):
    value, found = 1, []
    while value < most:
        found.append(value)
        value *= 2
    return found + [most]


def feed(session, batch):
    made = {}
    for put in session.get_inputs():
        if put.type not in TYPES:
            sys.exit(f"input {put.name} is a {put.type}, which cannot be made up")
        if not put.shape or isinstance(put.shape[0], int):
            if not put.shape or put.shape[0] != batch:
                sys.exit(f"input {put.name} has the shape {put.shape}: its first dimension is no free batch")
        rest = [size if isinstance(size, int) else OTHER_DIMENSION for size in put.shape[1:]]
        made[put.name] = numpy.ones([batch, *rest], dtype=TYPES[put.type])
    return made


def measure(session, batch):
    made = feed(session, batch)
    session.run(None, made)
    times = []
    begun = time.perf_counter()
    while len(times) < 3 or (len(times) < 25 and time.perf_counter() - begun < 0.2):
        start = time.perf_counter()
        session.run(None, made)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def main():
    model, most_threads, most_batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print("threads,batch,seconds")
    for threads in steps(most_threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        for batch in steps(most_batch):
            print(f"{threads},{batch},{measure(session, batch):.9f}", flush=True)


main()
