"""Start-up and memory of installed commands.

Prints the median wall time, the median of processor time and the largest resident memory of each command: other work on
the machine lengthens the first and not the last.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 11
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


def main(arguments: "list[str]") -> None:
    programs = [str(Path(program).absolute()) for program in arguments] or sys.exit("error: name the commands")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a").mkdir()
        Path(folder, "a", "w.safetensors").write_bytes(len(WEIGHTS).to_bytes(8, "little") + WEIGHTS + b"1")
        for setup in (["init"], ["commit", "a", "--model", "a"]):
            subprocess.run([programs[0], *setup], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for program in programs:  # the first start makes the class archive
            measure([program, "--version"], folder)
        print(f"median of {ROUNDS}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(f"{'command':16}" + "".join(f"{program:>44}" for program in arguments))
        for command in COMMANDS:
            runs = {program: [] for program in programs}
            for _ in range(ROUNDS):
                for program in programs:
                    runs[program].append(measure([program, *command], folder))
            cells = [
                f"{statistics.median(run[0] for run in of) * 1e3:.0f} ms, "
                f"{statistics.median(run[1] for run in of) * 1e3:.0f} ms of CPU, {max(run[2] for run in of):.0f} MB"
                for of in runs.values()
            ]
            print(f"{' '.join(command):16}" + "".join(f"{cell:>44}" for cell in cells))
