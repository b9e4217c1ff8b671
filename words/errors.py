"""The few ways in which something can fail, named after what the caller can do, each with words for the reader.

An error carries an English message with named blanks and the values for them; `words.speech.Speech.error` says it in
the reader's language, `str(error)` in English. A message says what happened, where, and what to do next.
"""

from __future__ import annotations

from typing import Any


class RekindleError(Exception):
    """What went wrong, as a message with named blanks (`{field}`) and the values that fill them."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        """The message in English."""
        return self.message.format(**self.values)


class BadInput(RekindleError):
    """A person gave something that cannot be used: show the message to that person."""


class WrongUsage(BadInput):
    """What was asked of a command cannot be understood: the command must be written in another way."""


class NotAllowed(RekindleError):
    """A person asked for something that is not theirs to see or do: say so politely."""


class TryLater(RekindleError):
    """It did not work now, but the same may work later."""


class GiveUp(RekindleError):
    """It will not work however often it is tried."""


class FixSetup(RekindleError):
    """The installation is wrong or incomplete: the operator must mend it."""
