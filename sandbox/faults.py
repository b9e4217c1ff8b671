"""Calls that go wrong on purpose, as Slack's do on a bad day, so that one can see what an app makes of it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sandbox import api
from sandbox.records import Json
from sandbox.workspace import Workspace

POST_FAULTS = (
    "429",
    "500 before",
    "500 after",
    "internal_error after",
    "garbage after",
    "html after",
    "reset before",
    "reset after",
    "silence before",
    "silence after",
    "stored late",
)
"""What can happen to a post: `before` it is not stored, `after` it is, and the app does not learn of it."""
READ_FAULTS = ("429", "500 before", "internal_error after", "garbage after", "reset before", "silence before")
"""What can happen to a look into the history, or to the question for a DM."""
READS = {"conversations.history", "conversations.replies", "conversations.open"}
POSTS = {"chat.postMessage", "chat.update"}
RETRY_AFTER = "1"  # seconds, the least that Slack asks for


class Wrong:
    """Lets a share of the calls go wrong, drawn from a seed.

    `posts` and `reads` are shares from 0 to 1; `silence` seconds pass before an app hears nothing, `late` seconds
    before a post is stored that the app may have given up by then. While `closed` no history is given at all.
    """

    def __init__(self, seed: int, *, posts: float, reads: float, silence: float, late: tuple[float, float]) -> None:
        self._chance = random.Random(seed)
        self.posts, self.reads, self.silence, self.late = posts, reads, silence, late
        self.closed = False
        self.counted: Counter[str] = Counter()

    def end(self) -> None:
        """From now on nothing goes wrong any more."""
        self.posts = self.reads = 0.0
        self.closed = False

    async def answer(self, workspace: Workspace, request: Request, args: Json, token: str | None) -> Response:
        """Answer one call of the Web API, or not."""
        method = request.path_params["method"]
        fault = self._drawn(method)
        if fault is None:
            return _told(api.call(workspace, method, args, token))
        self.counted[f"{method}: {fault}"] += 1

        def act() -> Response:
            return _told(api.call(workspace, method, args, token))

        return await self._happens(fault, request, act)

    def _drawn(self, method: str) -> str | None:
        if method in READS:
            if self.closed:
                return "500 before"
            return self._chance.choice(READ_FAULTS) if self._chance.random() < self.reads else None
        if method in POSTS and self._chance.random() < self.posts:
            return self._chance.choice(POST_FAULTS)
        return None

    async def _happens(self, fault: str, request: Request, act: Callable[[], Response]) -> Response:
        what, _, when = fault.partition(" ")
        if fault == "stored late":
            await asyncio.sleep(self._chance.uniform(*self.late))
        answer = act() if when != "before" and what != "429" else None
        if what == "silence":
            await asyncio.sleep(self.silence)
        if what == "reset":
            request.app.state.cut(request.client)
        if what == "429":
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": RETRY_AFTER})
        if what == "internal_error":
            return JSONResponse({"ok": False, "error": "internal_error"})
        if what == "garbage":
            return PlainTextResponse('{"ok": true, "chan', media_type="application/json")
        if what == "html":
            return HTMLResponse("<html><body>We are back in a moment.</body></html>")
        if fault == "stored late" and answer is not None:
            return answer
        return PlainTextResponse("upstream error", 500)


def _told(answer: api.Answer) -> Response:
    headers = {"Retry-After": str(answer.retry_after)} if answer.retry_after else None
    return JSONResponse(answer.body, answer.status, headers)
