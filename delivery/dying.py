"""Where a process can be told to die, so that the fault bench proves that nothing is lost or said twice there."""

from __future__ import annotations

import os
import signal
from functools import cache

POINTS = (
    "run taken",  # the run is claimed, its messages are not written, nothing is committed
    "messages written",  # written, not committed
    "leased",  # the lease is committed, nothing has been sent
    "looked up",  # the look-up has answered, nothing follows from it yet
    "about to send",  # all checks are passed, the connection is not open
    "half sent",  # all but the body of a request, or the last line of an e-mail, has left: nobody can have acted
    "body sent",  # the other side has all of it, its answer was not read
    "sent",  # the answer is here, nothing of it is stored
    "settling",  # the outcome is written, not committed
    "settled",  # committed
)


@cache
def _chosen() -> str:
    """The point named by REKINDLE_DIES_AT, which is no setting: only the fault bench sets it."""
    return os.environ.get("REKINDLE_DIES_AT", "")


def may_die(point: str) -> None:
    """Kill this process at once, without any clearing up, if it was told to die at this point."""
    if _chosen() == point:
        os.kill(os.getpid(), signal.SIGKILL)
