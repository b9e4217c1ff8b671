"""Tells every open page as soon as something in the workspace has changed."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.workspace import Workspace

LOOK_SECONDS = 0.5  # the one waiting thread looks this often whether anybody is still there, so that closing is quick


class Live:
    """One thread waits for the workspace on behalf of all pages, and only while there are pages."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._pages: set[asyncio.Event] = set()
        self._watch: asyncio.Task[None] | None = None

    async def socket(self, page: WebSocket) -> None:
        """Send the workspace's version at once and after each change, until the page leaves or the server closes."""
        await page.accept()
        news = asyncio.Event()
        self._pages.add(news)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._wait())
        telling = asyncio.create_task(self._tell(page, news))
        try:
            while True:
                await page.receive_text()
        except (WebSocketDisconnect, asyncio.CancelledError):
            pass
        finally:
            self._pages.discard(news)
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await telling

    async def _tell(self, page: WebSocket, news: asyncio.Event) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await page.send_text(str(self.workspace.version))
                await news.wait()
                news.clear()

    async def _wait(self) -> None:
        version = self.workspace.version
        while self._pages and not self.workspace.closing:
            newer = await run_in_threadpool(self.workspace.wait_newer, version, LOOK_SECONDS)
            if newer > version:
                version = newer
                for news in self._pages:
                    news.set()
