"""Installs the peers into two environments of their own, outside of ours: they want different versions of others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# What each environment holds; the first also runs the data's measuring program.
PACKAGES = {
    "measuring": ["numpy", "pandas", "scikit-learn", "scipy", "lightgbm", "lifetimes"],
    "pymc-marketing": ["pymc-marketing"],
}
HOME = {"pymc-marketing": "pymc-marketing"}  # where a peer lives, if not in "measuring"
PATIENCE = 1_800  # seconds that an installation may take


class NotInstalled(RuntimeError):
    """A peer could not be installed; the message says why."""


def environment(folder: Path, name: str) -> Path:
    """The Python of an environment, which is made if it is not there yet; raises `NotInstalled`."""
    place = folder / f"environment-{name}"
    python, whole = place / "bin" / "python", place / "whole"
    if whole.exists():
        return python
    try:
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", *PACKAGES[name]],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.CalledProcessError as failed:
        raise NotInstalled((failed.stderr or failed.stdout or "no reason given").strip().splitlines()[-1]) from failed
    except subprocess.TimeoutExpired as late:
        raise NotInstalled(f"not done after {PATIENCE} seconds") from late
    whole.touch()
    return python
