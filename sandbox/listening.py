"""A web server in a thread of this process, for whatever stands in for a service."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette

CLOCK_SECONDS = 1.0  # how often the date in the answers' headers is set anew
GRACE_SECONDS = 1  # how long the server's end may wait for answers that are being written
RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER on with 0 seconds: close() sends RST instead of FIN
Address = tuple[str, int]
"""Host and port."""


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and ends at once: of its own it looks ten times a second whether it shall."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.listening.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), CLOCK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
            await server.wait_closed()

    def end(self) -> None:
        """Let the server end, from another thread."""
        self.should_exit = True
        if self.loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self.loop.call_soon_threadsafe(self._ending.set)


class Listener:
    """Serves an application from `start()` to `close()`; port 0 takes any free one. Raises OSError if it is taken."""

    def __init__(self, app: Starlette, port: int, host: str = "127.0.0.1", **options: Any) -> None:
        self._socket = socket.create_server((host, port), backlog=2048)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        config = uvicorn.Config(
            app,
            http="auto",  # takes the faster httptools where it happens to be installed
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            **options,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="sandbox server", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._server.listening.wait()

    def close(self) -> None:
        """End."""
        self._server.end()
        self._thread.join()

    @property
    def connections(self) -> list[Any]:
        """The protocols of the connections that are open."""
        return list(self._server.server_state.connections)

    def call_soon(self, what: Callable[[], None]) -> None:
        """Do something in the server's own thread."""
        if self._server.loop is not None:
            self._server.loop.call_soon_threadsafe(what)

    def cut(self, client: Address) -> None:
        """Reset the HTTP connection of `client`, in the midst of its call."""
        for protocol in self.connections:
            if getattr(protocol, "client", None) == client:
                reset(protocol.transport)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.listening.set()
            self._socket.close()


def reset(transport: Any) -> None:
    """End a connection with a TCP reset, as a broken network would."""
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
    transport.abort()
