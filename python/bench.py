#!/usr/bin/env python3
"""Start-up and memory of the installed command beside ./mgit, in one run, in turns.

    python3 python/bench.py VENV/bin/mgit ./mgit

Prints the shortest wall time, the median of processor time and the largest resident memory of each command: other work
on the machine lengthens the first most and the last not at all.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
WEIGHTS = b'{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
COMMANDS = (["--version"], ["log"], ["show", "a", "--json"], ["status"])


def measure(command: "list[str]", folder: str) -> "tuple[float, float, float]":
    """Seconds, seconds of processors, and MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def main() -> None:
    programs = [str(Path(program).absolute()) for program in sys.argv[1:]] or sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a").mkdir()
        Path(folder, "a", "w.safetensors").write_bytes(len(WEIGHTS).to_bytes(8, "little") + WEIGHTS + b"1")
        for setup in (["init"], ["commit", "a", "--model", "a"]):
            subprocess.run([programs[0], *setup], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for program in programs:  # the first start makes the class archive
            measure([program, "--version"], folder)
        print(f"{'command':16}" + "".join(f"{program:>44}" for program in sys.argv[1:]))
        for command in COMMANDS:
            runs = {program: [] for program in programs}
            for _ in range(ROUNDS):
                for program in programs:
                    runs[program].append(measure([program, *command], folder))
            cells = [
                f"{min(run[0] for run in of) * 1e3:.0f} ms, "
                f"{statistics.median(run[1] for run in of) * 1e3:.0f} ms of CPU, {max(run[2] for run in of):.0f} MB"
                for of in runs.values()
            ]
            print(f"{' '.join(command):16}" + "".join(f"{cell:>44}" for cell in cells))


if __name__ == "__main__":
    main()
