"""Writes down what went wrong, so that whoever is told of it can name it and nothing personal stands in the log."""

from __future__ import annotations

import logging
import secrets
import traceback

log = logging.getLogger("rekindle")


def noted(failure: Exception, where: str = "") -> str:
    """Write a failure into the log without its words, which may be personal; returns the reference to it."""
    reference = secrets.token_hex(3).upper()
    frames = traceback.extract_tb(failure.__traceback__)
    trail = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    told = [f"reference={reference}", where, f"failure={type(failure).__name__} at {trail}"]
    log.error(" ".join(filter(None, told)))
    return reference
