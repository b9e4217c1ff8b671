"""How soon the program says what it can do."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.apart import environment
from benchmarks.bench import Bench

SOONEST = 0.5  # s
TIMES = 5


def bench(run: Bench) -> None:
    """Call `rekindle --help` five times; the median counts, since the first call reads the program from the disk."""
    run.report.title("The program")
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bot", "--help"], check=True, stdout=subprocess.DEVNULL, env=environment()
        )
        took.append(time.perf_counter() - begun)
    run.report.add("rekindle --help, median of five", statistics.median(took), "s", at_most=SOONEST)
