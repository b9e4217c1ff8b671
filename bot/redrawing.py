"""Draws the cards of messages anew soon after more is known of them, all that came meanwhile at once."""

from __future__ import annotations

import threading
from collections.abc import Collection
from types import TracebackType
from typing import Self

from bot.desk import Desk
from bot.draft_messages import batches_of, redraw
from words.failures import noted

# Seconds in which more may come: what became of a batch of 500 messages is reported one by one within minutes.
GATHERED = 2.0


class Redrawing:
    """Use it as a context manager; `soon` may be called from many threads. What waits at the end is still drawn."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: set[int] = set()
        self._lock, self._some, self._end = threading.Lock(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="redrawing", daemon=True)

    def soon(self, draft_ids: Collection[int]) -> None:
        """Have the cards of these drafts drawn anew."""
        if draft_ids:
            with self._lock:
                self._waiting.update(draft_ids)
            self._some.set()

    def _run(self) -> None:
        while not self._end.is_set():
            self._some.wait()
            self._end.wait(GATHERED)
            self._some.clear()
            self._draw()
        self._draw()

    def _draw(self) -> None:
        with self._lock:
            drafts, self._waiting = self._waiting, set()
        if not drafts:
            return
        try:
            with self._desk.transaction() as db:
                changed = redraw(db, self._desk, batches_of(db, drafts))
        except Exception as failure:  # the cards stay as they are until something else happens to them
            noted(failure, "redrawing")
            return
        if changed:
            self._desk.wake()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._some.set()
        self._thread.join()
