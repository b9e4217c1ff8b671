"""Gives memory that is free again back to the machine: the C library would keep it, in case it is soon needed again."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """Do so after work that needs much memory once a day; takes milliseconds, and does nothing where nothing can be."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)  # only glibc has it
    except (OSError, TypeError):  # no such library to look into
        return None
