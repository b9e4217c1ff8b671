"""The page's addresses: the page itself, what a person does on it, its files, and word of every change."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sandbox.page.draw import Lines, draw_page
from sandbox.page.live import Live
from sandbox.page.mailbox import mailbox_routes
from sandbox.page.moves import MOVES, Refused, type_ahead
from sandbox.page.safety import POLICY, from_here
from sandbox.page.screen import Unread, reader_for, screen, take_seat
from sandbox.workspace import Workspace


def routes(workspace: Workspace) -> list[BaseRoute]:
    """Return the page's routes for `workspace`; they hold no thread and no socket unless a page is open."""
    unread = Unread(workspace.now())
    live = Live(workspace)
    lines = Lines()

    def drawn(asked: dict[str, str]) -> str:
        seat = take_seat(workspace, asked)
        if asked.get("seen") != "no":
            unread.mark(seat)
        reader = reader_for(workspace, seat.person)
        return draw_page(reader, screen(workspace, seat, reader, unread), lines)

    async def page(request: Request) -> Response:
        try:
            html = await run_in_threadpool(drawn, dict(request.query_params))
        except LookupError as nobody:
            return HTMLResponse(str(nobody), HTTPStatus.SERVICE_UNAVAILABLE)
        return HTMLResponse(html, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})

    async def move(request: Request) -> Response:
        if not from_here(request):
            return JSONResponse({"error": "asked for by another site"}, HTTPStatus.FORBIDDEN)
        verb = MOVES.get(request.path_params["verb"])
        if verb is None:
            return JSONResponse({"error": "no such thing to do"}, HTTPStatus.NOT_FOUND)
        try:
            asked = json.loads(await request.body())
            answer = await run_in_threadpool(verb, workspace, asked)
        except (Refused, ValueError, KeyError, TypeError) as wrong:
            return JSONResponse({"error": str(wrong)}, HTTPStatus.BAD_REQUEST)
        return JSONResponse(answer)

    async def options(request: Request) -> Response:
        try:
            found = await run_in_threadpool(type_ahead, workspace, dict(request.query_params))
        except Refused as wrong:
            return JSONResponse({"error": str(wrong)}, HTTPStatus.BAD_REQUEST)
        return JSONResponse(found)

    async def file(request: Request) -> Response:
        found = workspace.files.get(request.path_params["file_id"])
        person = workspace.people.get(request.query_params.get("as", ""))
        places = {one.id for one in workspace.channels_of(person)} if person else set()
        if found is None or not places.intersection(found.channel_ids):
            return Response("no such file", HTTPStatus.NOT_FOUND)
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}"}
        return Response(found.content, media_type="application/octet-stream", headers=named)

    return [
        Route("/", page),
        Route("/page/do/{verb}", move, methods=["POST"]),
        Route("/page/options", options),
        Route("/page/file/{file_id}", file),
        WebSocketRoute("/page/live", live.socket),
        *mailbox_routes(workspace, unread),
        Mount("/page/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
