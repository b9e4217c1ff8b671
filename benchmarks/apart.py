"""Does one piece of work in a process of its own, and tells how long that took and how much memory it needed."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024  # KiB, in which the kernel counts


@dataclass(frozen=True)
class Done:
    """What a piece of work returned, its seconds from the start of the process to its end, and its peak in MiB."""

    result: Any
    seconds: float
    peak: float


def apart(work: str, **arguments: Any) -> Done:
    """Run `module:function` with these arguments (JSON) in a new process; raises where that fails."""
    begun = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks.apart", work, json.dumps(arguments)],
        check=True,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    seconds = time.perf_counter() - begun
    told = json.loads(process.stdout.splitlines()[-1])
    return Done(told["result"], seconds, told["peak"])


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that must find this checkout from whatever folder it is started in."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def memory(word: str, pid: int | str = "self") -> float:
    """MiB of memory of a process: VmRSS is what it holds now, VmHWM the most it has held. Linux only."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(word + ":"):
            return int(line.split()[1]) / MIB
    raise LookupError(f"/proc/{pid}/status has no {word}")


def _main(work: str, arguments: str) -> None:
    module, _, function = work.partition(":")
    result = getattr(importlib.import_module(module), function)(**json.loads(arguments))
    print(json.dumps({"result": result, "peak": memory("VmHWM")}))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
