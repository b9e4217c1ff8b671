"""Takes requests from Slack's connection and acknowledges each at the moment in which its answer is ready."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.base_handler import BaseSocketModeHandler
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.context.ack import Ack
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.interval_runner import IntervalRunner
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient

# Answers in the making at once. Python runs one of them at a time, so more than a few only take turns more often: with
# 64 a crowd waits a fifth longer than with 16. Some more than few, since a slow one must not hold up the others.
WORKERS = 16
# Seconds within which a connection that is being opened is not yet taken for a lost one.
OPENING = 3
# Seconds between two looks for a connection that waits to be read, as slack_sdk has it.
LOOK = 0.5


class Handler(BaseSocketModeHandler):
    """Brings each request to the app, in a thread of its own.

    Bolt's own handler looks every 10 ms whether a listener has acknowledged; here the acknowledgement, which mostly is
    the answer itself, goes at the moment in which it is given. `arrived` is told of every request (its `ack`, bolt's
    context of it, its body) before it waits for a thread.
    """

    def __init__(
        self, app: App, app_token: str, arrived: Callable[[Ack, dict[str, Any], dict[str, Any]], None]
    ) -> None:
        self.app, self.arrived = app, arrived
        self._answering = ThreadPoolExecutor(WORKERS, thread_name_prefix="answer")
        self.client: SocketModeClient = _Client(app_token=app_token, logger=app.logger, web_client=app.client)
        self.client.socket_mode_request_listeners.append(self.handle)

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Take one request."""
        prompt = _PromptAck(client, req.envelope_id)
        request = BoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
        request.context["ack"] = prompt
        self.arrived(prompt, request.context, req.payload)
        if req.type == "events_api":  # nothing can be said in its acknowledgement
            prompt()
        self._answering.submit(lambda: prompt.send(self.app.dispatch(request)))

    def close(self) -> None:
        """Take no more requests, and finish the answers in the making."""
        super().close()  # type: ignore[no-untyped-call]  # bolt
        self._answering.shutdown(wait=True)


class _PromptAck(Ack):
    """Acknowledges one request at once, over the connection by which it came, and only once."""

    def __init__(self, client: BaseSocketModeClient, envelope_id: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # bolt
        self._client, self._envelope_id = client, envelope_id
        self._lock, self._sent = threading.Lock(), False

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        """Acknowledge with what bolt makes of the arguments."""
        response = super().__call__(*args, **kwargs)
        self.send(response)
        return response

    def send(self, response: BoltResponse) -> None:
        """Send the acknowledgement unless that was done; what bolt refused stays without one."""
        with self._lock:
            if self._sent or response.status != 200:
                return
            self._sent = True
        envelope = f'{{"envelope_id": {json.dumps(self._envelope_id)}'
        if response.body:  # JSON already where it is more than a text
            is_json = response.first_headers()["content-type"].startswith("application/json")
            envelope += f', "payload": {response.body if is_json else json.dumps({"text": response.body})}'
        self._client.send_message(envelope + "}")


class _Client(SocketModeClient):
    """The client without its own check of UTF-8, a loop over every byte that takes as long as finding a customer."""

    _opened = 0.0  # when the connection began to be opened, on the clock of `time.monotonic`

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # It has looked for a connection before there is one, and would look again half a second later only.
        self.current_session_runner.shutdown()  # type: ignore[no-untyped-call]  # slack_sdk
        self.current_session_runner = IntervalRunner(self._run_current_session, LOOK)
        self._reading = False

    def _run_current_session(self) -> None:
        session: Any = self.current_session
        if session is not None:
            session.run_forever = partial(session.run_forever, skip_utf8_validation=True)
        super()._run_current_session()  # type: ignore[no-untyped-call]  # slack_sdk

    def connect(self) -> None:
        """Open a connection in place of the former one."""
        self._opened = time.monotonic()
        super().connect()
        if not self._reading:
            self._reading = True
            self.current_session_runner.start()

    def _monitor_current_session(self) -> None:
        # It looks for the first time while the first connection is being opened, and would open a second one.
        if time.monotonic() > self._opened + OPENING:
            super()._monitor_current_session()  # type: ignore[no-untyped-call]  # slack_sdk

    def enqueue_message(self, message: str | bytes) -> None:
        """Take a message; unchecked it comes as bytes, and what is no UTF-8 raises here.

        Requests are handed on at once: passed from thread to thread they would wait for their turn each time. Slack's
        wish to end the connection is for the client's own thread, since this one belongs to the connection.
        """
        text = message.decode() if isinstance(message, bytes) else message
        known = json.loads(text) if text.startswith("{") else {}
        if known.get("type") == "disconnect":
            super().enqueue_message(text)
        else:
            self.run_message_listeners(known, text)
