#!/usr/bin/env python3
"""What the installed command costs.

    python3 python/bench.py start VENV/bin/mgit ./mgit
    python3 python/bench.py training [--mgit VENV/bin/mgit] [--dvc VENV/bin/dvc]
    python3 python/bench.py ceiling
    python3 python/bench.py quantized MODEL.safetensors [--mgit VENV/bin/mgit] [--text FILE...]

start: start-up and memory of the commands named, in one run, in turns.
training: a small transformer is trained with 20 saves; needs a Python with PyTorch, transformers and accelerate.
ceiling: what of the saves of the task text no predictor can know; needs PyTorch and transformers.
quantized: models in formats of 8 and 4 bits, and floats made of them; needs compressed-tensors and bitsandbytes too, and
    gptqmodel and autoawq with a text.
"""

import sys

from benchmarks import ceiling, quantized, start, training

if __name__ == "__main__":
    commands = {"start": start.main, "training": training.main, "ceiling": ceiling.main, "quantized": quantized.main}
    run = commands.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if run is None:
        sys.exit(__doc__)
    run(sys.argv[2:])
