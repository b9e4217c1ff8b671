"""The workspace over HTTP and WebSocket on this machine: what the app and the browser talk to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from sandbox import api, api_files, posting
from sandbox.listening import Address, Listener, reset
from sandbox.page.routes import routes as page_routes
from sandbox.records import Delivery, Json, SlackError
from sandbox.workspace import Workspace

PING_SECONDS = 10.0  # Slack pings about this often
HALF_A_CALL = 400  # nobody is there to read it


async def _args(request: Request) -> Json:
    args: Json = dict(request.query_params)
    body = await request.body()
    if body:
        if request.headers.get("content-type", "").startswith("application/json"):
            told = json.loads(body)
            if not isinstance(told, dict):
                raise ValueError("a JSON object is needed")
            args |= told
        else:
            args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return args


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else None


def endpoints(workspace: Workspace) -> list[BaseRoute]:
    """Return what Slack offers to the app: Web API, response addresses, files, Socket Mode."""

    async def call(request: Request) -> Response:
        try:
            args = await _args(request)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"})
        except ClientDisconnect:  # half of a call does nothing
            return Response(status_code=HALF_A_CALL)
        if workspace.faults is not None:
            return await workspace.faults.answer(workspace, request, args, _bearer(request))
        answer = api.call(workspace, request.path_params["method"], args, _bearer(request))
        headers = {"Retry-After": str(answer.retry_after)} if answer.retry_after else None
        return JSONResponse(answer.body, answer.status, headers)

    async def respond(request: Request) -> Response:
        try:
            posting.respond(workspace, request.path_params["token"], await _args(request))
        except SlackError as refused:
            gone = refused.word in ("used_url", "expired_url")
            return JSONResponse({"ok": False, "error": refused.word, **refused.beside}, 404 if gone else 200)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        return PlainTextResponse("ok")

    async def upload(request: Request) -> Response:
        path = request.path_params
        try:
            api_files.take_upload(workspace, path["file_id"], path["secret"], await request.body())
        except SlackError as refused:
            return PlainTextResponse(refused.word, 404)
        return PlainTextResponse(f"OK - {workspace.files[path['file_id']].size}")

    async def download(request: Request) -> Response:
        name = PurePosixPath(request.path_params["rest"]).name
        file = workspace.files.get(request.path_params["file_id"])
        if file is None or not file.completed:
            return PlainTextResponse("file_not_found", 404)
        if _bearer(request) != workspace.installed().bot_token:
            return PlainTextResponse("not_authed", 403)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(file.content, headers=headers, media_type="application/octet-stream")

    async def listen(websocket: WebSocket) -> None:
        await _listen(workspace, websocket)

    return [
        Route("/api/{method}", call, methods=["GET", "POST"]),
        Route("/response/{token:path}", respond, methods=["POST"]),
        Route("/upload/{file_id}/{secret}", upload, methods=["POST"]),
        Route("/files/{team_id}-{file_id}/{rest:path}", download),
        WebSocketRoute("/socket-mode", listen),
    ]


async def _listen(workspace: Workspace, websocket: WebSocket) -> None:
    """Hold one Socket Mode connection: hello, envelopes out, acknowledgements in."""
    courier = workspace.courier
    if not courier.take_ticket(websocket.query_params.get("ticket", "")):
        await websocket.close(4001, "invalid ticket")
        return
    loop = asyncio.get_running_loop()
    outgoing: asyncio.Queue[str | None] = asyncio.Queue()
    await websocket.accept()

    def send(text: str | None) -> None:
        # A loop that has just ended takes nothing more: the envelope stays unanswered, as on a broken network.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(outgoing.put_nowait, text)

    try:
        connection = courier.connect(send)
    except ConnectionError:
        await websocket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
        await websocket.close()
        return
    hello = {
        "type": "hello",
        "num_connections": len(courier.connections),
        "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        "connection_info": {"app_id": workspace.installed().app_id},
    }
    await websocket.send_text(json.dumps(hello))

    async def speak() -> None:
        while (text := await outgoing.get()) is not None:
            await websocket.send_text(text)
        websocket.app.state.end(websocket.client)

    speaking = asyncio.create_task(speak())
    try:
        async for text in websocket.iter_text():
            told = json.loads(text)
            if isinstance(told, dict) and told.get("envelope_id"):
                payload = told.get("payload")
                courier.acknowledge(told["envelope_id"], payload if isinstance(payload, dict) else None)
    except WebSocketDisconnect:
        pass
    except ValueError:
        workspace.complain("Something that is not JSON came over Socket Mode.")
    finally:
        courier.disconnect(connection)
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)


class Serving:
    """A served workspace; use it as a context manager or call `close()`."""

    def __init__(self, workspace: Workspace, port: int, host: str) -> None:
        self.workspace = workspace
        app = Starlette(routes=[*endpoints(workspace), *page_routes(workspace)])
        self._listener = Listener(app, port, host, ws="websockets-sansio", ws_ping_interval=PING_SECONDS)
        self.port, self.url = self._listener.port, self._listener.url
        self.api_url = f"{self.url}/api/"
        workspace.public_url = self.url
        workspace.closing = False
        app.state.end, app.state.cut = self._end, self._listener.cut
        self._listener.start()

    def _websockets(self) -> list[WebSocketsSansIOProtocol]:
        return [protocol for protocol in self._listener.connections if isinstance(protocol, WebSocketsSansIOProtocol)]

    def _end(self, client: Address) -> None:
        # TCP's end alone: websocket-client leaks its socket when it is sent a close frame.
        for protocol in self._websockets():
            if protocol.client == client:
                protocol.transport.close()

    def reset_sockets(self) -> None:
        """Cut all Socket Mode connections off with a TCP reset, as a broken network would."""
        done = threading.Event()

        def cut() -> None:
            for protocol in self._websockets():
                reset(protocol.transport)
            done.set()

        self._listener.call_soon(cut)
        done.wait()

    def refresh_sockets(self) -> None:
        """Ask the app to connect anew."""
        self.workspace.courier.ask_to_refresh()

    def hang_up(self) -> None:
        """End all Socket Mode connections from Slack's side.

        To stop an app at once: switch its reconnecting off, hang up, wait for its `on_close`, then close its handler.
        The close of Slack's client can otherwise wait 10 s for its own reading thread, which does not always notice.
        """
        self.workspace.courier.hang_up()

    def redeliver(self, last: Delivery | None = None) -> Delivery:
        """Send the same envelope once more; the last one by default."""
        return self.workspace.courier.redeliver(last)

    def close(self) -> None:
        """End the server and everything that runs in the background of the workspace."""
        with self.workspace.changed:
            self.workspace.closing = True
            self.workspace.touch()
        self._listener.close()
        self.workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(workspace: Workspace, port: int = 0, host: str = "127.0.0.1") -> Serving:
    """Serve `workspace` with its page; port 0 takes any free one. Raises OSError if the port is taken."""
    return Serving(workspace, port, host)
