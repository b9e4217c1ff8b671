"""Runs everything that CI runs, and says in one line each what passed: `python -m tests.gate`."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Beside the interpreter, so that the gate works without an activated environment.
PROGRAMS = Path(sys.executable).parent

# Most tests wait for others now and then, so two run at once; more than a few processes would each start a database
# server and a browser. Those of a file stay together, since they share these.
AT_ONCE = str(max(2, min(4, os.cpu_count() or 1)))

CHECKS = {
    "ruff finds no fault": ("ruff", "check", "."),
    "the code is formatted": ("ruff", "format", "--check", "."),
    "the types fit (mypy strict)": ("mypy",),
    "the rooms keep to their layers": ("lint-imports",),
    "the spelling is right": ("codespell",),
    "the tests pass": ("pytest", "-m", "not alone", "-n", AT_ONCE, "--dist", "loadfile"),
    "the tests that measure time by the second pass": ("pytest", "-m", "alone"),
}


def main() -> int:
    failed = []
    for promise, (program, *arguments) in CHECKS.items():
        started = time.monotonic()
        print(f"--- {promise}: {program} {' '.join(arguments)}", flush=True)  # noqa: T201
        if subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, check=False).returncode != 0:
            failed.append(promise)
        print(f"    {time.monotonic() - started:.0f} s", flush=True)  # noqa: T201
    for promise in CHECKS:
        print(f"{'FAILED' if promise in failed else 'ok':7}{promise}")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
