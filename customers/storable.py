"""Takes out of typed text what no database can keep, so that an odd paste is searched for and not stumbled over."""

from __future__ import annotations

import re

# NUL, which PostgreSQL refuses, and halves of characters, which cannot be written in UTF-8.
_REFUSED = re.compile("[\\x00\\ud800-\\udfff]")


def storable(text: str) -> str:
    """The text without characters that a database refuses."""
    return _REFUSED.sub("", text)
