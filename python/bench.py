#!/usr/bin/env python3
"""What the installed command costs.

    python3 python/bench.py start VENV/bin/mgit ./mgit
    python3 python/bench.py training [--mgit VENV/bin/mgit] [--dvc VENV/bin/dvc]
    python3 python/bench.py ceiling [--task text]

start: start-up and memory of the commands named, in one run, in turns.
training: a small transformer is trained with 20 saves; needs a Python with PyTorch, transformers and accelerate.
ceiling: what of the saves of that training no predictor can know; needs PyTorch and transformers.
"""

import sys

from benchmarks import ceiling, start, training

if __name__ == "__main__":
    run = {"start": start.main, "training": training.main, "ceiling": ceiling.main}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if run is None:
        sys.exit(__doc__)
    run(sys.argv[2:])
