"""The public web beside Slack: the page where a customer unsubscribes, and the doors for what others report.

It speaks plain HTTP; a reverse proxy in front of it does TLS.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.channels import TWILIO_HOOK
from bot.settings import Settings
from bot.web_hooks import events, text_messages
from bot.web_pages import unsubscribe_page
from bot.web_requests import Doorkeeper, Incoming, Web
from database.engine import Database
from words import pages
from words.errors import FixSetup
from words.failures import noted

# Requests that look into the database at once: the people in Slack come first.
WORKERS = 8
# Connections that are open at once; whoever comes then is asked to come later.
MOST_CONNECTIONS = 200
# Bytes of a body, and seconds in which it has to arrive, as has what comes before it.
LARGEST, SLOWEST = 1_000_000, 10.0
GRACE_SECONDS = 3  # how long the end waits for answers that are being written
TOO_LARGE = 413  # HTTPStatus names it differently from version to version of Python
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


Answer = Callable[[Web, Incoming], Response]


def application(web: Web, workers: ThreadPoolExecutor) -> ASGIApp:
    """The routes, also under the path of PUBLIC_URL, for a proxy that hands whole paths on."""

    def answered(answer: Answer) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            if isinstance(body, Response):
                return body
            client = request.client.host if request.client else ""
            query = request.url.query
            incoming = Incoming(request.method, request.headers, request.path_params, query, body, client)
            try:
                return await asyncio.get_running_loop().run_in_executor(workers, answer, web, incoming)
            except Exception as failure:  # logged without the words of the request
                noted(failure, "public web")
                return PlainTextResponse("something went wrong", HTTPStatus.INTERNAL_SERVER_ERROR)

        return endpoint

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("ok")

    routes: list[BaseRoute] = [
        Route("/u/{token}", answered(unsubscribe_page), methods=["GET", "POST"]),
        Route("/hooks/events", answered(events), methods=["POST"]),
        Route(f"/{TWILIO_HOOK}", answered(text_messages), methods=["POST"]),
        Route("/healthz", healthy),
    ]
    prefix = urlsplit(web.settings.public_url).path.rstrip("/")
    return _with_headers(Starlette(routes=[Mount(prefix, routes=routes), *routes] if prefix else routes))


async def _body(request: Request) -> bytes | Response:
    """The body of a request, or the answer to one that is too large, too slow, or cut off."""
    found = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for chunk in request.stream():
                found += chunk
                if len(found) > LARGEST:
                    return PlainTextResponse("too large", TOO_LARGE)
    except TimeoutError:
        return PlainTextResponse("too slow", HTTPStatus.REQUEST_TIMEOUT)
    except ClientDisconnect:  # nobody is there to read it
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    return bytes(found)


def _with_headers(app: ASGIApp) -> ASGIApp:
    """The same with careful headers on every answer."""
    careful = _HEADERS | {"Content-Security-Policy": pages.policy()}

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(careful)
            await send(message)

        await app(scope, receive, with_headers)

    return answering


class _Impatient(H11Protocol):
    """One connection, which is closed where a request does not begin in time: else a few could take all places."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.loop.call_later(SLOWEST, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class _Server(uvicorn.Server):
    """uvicorn that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Serving:
    """The public web on a port of this machine, in a thread of its own; use it as a context manager."""

    def __init__(self, web: Web, listening: socket.socket) -> None:
        self._socket = listening
        self.port: int = listening.getsockname()[1]
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="web")
        config = uvicorn.Config(
            application(web, self._workers),
            http=_Impatient,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,  # addresses and links are nobody's business
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="public web", daemon=True)
        self._thread.start()
        self._server.listening.wait()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.listening.set()
            self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._workers.shutdown()


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Take a port of this machine, 0 for any free one. Raises `FixSetup` where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as refused:
        raise FixSetup(
            "The web cannot listen at {host}, port {port}: choose another --web or --web-host.", host=host, port=port
        ) from refused


def serve(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime],
    changed: Callable[[Collection[int]], None],
    listening: socket.socket,
) -> Serving:
    """Serve the public web at a port that `listen` took; `changed` is told the drafts of which more is known now."""
    return Serving(Web(settings, database, clock, changed, Doorkeeper()), listening)
