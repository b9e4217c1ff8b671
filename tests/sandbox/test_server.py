"""The server starts, speaks Socket Mode and ends without leaving anything behind."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sandbox.server import serve


def opening(serving, app) -> str:
    request = urllib.request.Request(
        f"{serving.api_url}apps.connections.open", b"", {"Authorization": f"Bearer {app.app_token}"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["url"]


def ours() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sandbox")]


def test_a_connection_is_greeted_and_takes_an_envelope(serving, workspace, app, rita, sales) -> None:
    with connect(opening(serving, app)) as socket_mode:
        hello = json.loads(socket_mode.recv(10))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"]["app_id"] == app.app_id
        delivery = workspace.act_as(rita).command(sales, "/customer acme")
        envelope = json.loads(socket_mode.recv(10))
        assert envelope["payload"]["text"] == "acme"
        socket_mode.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}))
        assert delivery.wait().answer == {"text": "hi"}


def test_an_address_for_a_connection_works_once(serving, workspace, app) -> None:
    url = opening(serving, app)
    with connect(url) as first:
        first.recv(10)
        with contextlib.suppress(ConnectionClosed), pytest.raises(Exception, match="403"), connect(url) as second:
            second.recv(10)
    workspace.wait_for(lambda: not workspace.courier.connections)


def test_an_eleventh_connection_is_sent_away(serving, app) -> None:
    with contextlib.ExitStack() as all_of_them:
        for _ in range(10):
            all_of_them.enter_context(connect(opening(serving, app))).recv(10)
        eleventh = all_of_them.enter_context(connect(opening(serving, app)))
        assert json.loads(eleventh.recv(10))["reason"] == "too_many_websockets"


def test_a_reset_reaches_the_app_as_a_broken_connection(serving, workspace, app) -> None:
    with connect(opening(serving, app)) as socket_mode:
        socket_mode.recv(10)
        serving.reset_sockets()
        with pytest.raises(ConnectionClosed) as caught:
            socket_mode.recv(10)
        assert caught.value.rcvd is None
    workspace.wait_for(lambda: not workspace.courier.connections)


def test_nothing_is_left_after_the_end_though_sockets_were_open(workspace, app, rita, sales) -> None:
    serving = serve(workspace)
    with connect(opening(serving, app)) as socket_mode, socket.create_connection(("127.0.0.1", serving.port)):
        socket_mode.recv(10)
        delivery = workspace.act_as(rita).command(sales, "/customer acme")
        socket_mode.recv(10)
        serving.close()
    assert delivery.state == "waiting"
    assert ours() == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", serving.port))


def test_whoever_waits_for_a_change_is_let_go_at_the_end(workspace) -> None:
    serving = serve(workspace)
    version = workspace.version
    waiting = threading.Thread(target=workspace.wait_newer, args=(version + 100, 60))
    waiting.start()
    serving.close()
    waiting.join(10)
    assert not waiting.is_alive()


def test_a_workspace_can_be_served_again(workspace, app) -> None:
    for _ in range(2):
        with serve(workspace) as serving:
            assert opening(serving, app).startswith("ws://127.0.0.1:")
    assert ours() == []


def test_a_port_that_is_taken_is_refused_at_once(serving, workspace) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(workspace, port=serving.port)
