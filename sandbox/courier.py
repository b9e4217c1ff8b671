"""Carries what people do to the app, notices when it does not answer in time, and brings events again."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox import answers, payloads
from sandbox.records import Channel, Delivery, Json, Message
from sandbox.signed import SignedRequests
from sandbox.state import State

ACK_SECONDS = 3.0  # Slack: an envelope is acknowledged within three seconds
RETRY_DELAYS = (0.0, 60.0, 300.0)  # Slack: events come again at once, after one and after five minutes
MOST_CONNECTIONS = 10  # Slack: Socket Mode connections per app

SCOPES = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
}
"""Event to the scope without which Slack does not send it."""
MESSAGE_EVENTS = {"dm": "message.im", "channel": "message.channels", "private": "message.groups"}


@dataclass(slots=True, eq=False)
class Connection:
    """One Socket Mode connection of the app; `send` takes the text of one envelope, None ends it; it must not block."""

    send: Callable[[str | None], None]


class Courier:
    """Sends envelopes to the app's connections in turn and keeps the clock of each."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.ack_seconds = ACK_SECONDS
        self.retry_delays: Iterable[float] = RETRY_DELAYS
        self.connections: list[Connection] = []
        self.tickets: set[str] = set()
        """What `apps.connections.open` gave out and nobody has used yet."""
        self.signed = SignedRequests(state, self.acknowledge, self.refuse)
        self.request_url: str | None = None
        """Where the app takes signed HTTP requests; while set, nothing goes over Socket Mode."""
        self._turn = 0
        self._waiting: dict[str, Delivery] = {}
        self._brought_again: dict[str, Delivery] = {}

    # Connections

    def new_ticket(self) -> str:
        """Return a ticket for one connection."""
        ticket = secrets.token_urlsafe(16)
        with self.state.lock:
            self.tickets.add(ticket)
        return ticket

    def take_ticket(self, ticket: str) -> bool:
        """Use a ticket up; False for one that was never given out or is used."""
        with self.state.lock:
            known = ticket in self.tickets
            self.tickets.discard(ticket)
            return known

    def connect(self, send: Callable[[str | None], None]) -> Connection:
        """Take a new connection; raises ConnectionError beyond ten."""
        with self.state.lock:
            if len(self.connections) >= MOST_CONNECTIONS:
                raise ConnectionError(f"the app has {MOST_CONNECTIONS} connections already")
            connection = Connection(send)
            self.connections.append(connection)
            self.state.touch()
            return connection

    def disconnect(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        with self.state.lock:
            if connection in self.connections:
                self.connections.remove(connection)
                self.state.touch()

    def ask_to_refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours, and end the old connections."""
        words = json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "sandbox"}})
        with self.state.lock:
            for connection in self.connections:
                connection.send(words)
                connection.send(None)

    def hang_up(self) -> None:
        """End all connections."""
        with self.state.lock:
            for connection in self.connections:
                connection.send(None)

    # Out

    def event(self, happened: Json, person_id: str, channel: Channel | None = None) -> Delivery:
        """Send one event; `happened` is the inner event."""
        shared = channel is not None and channel.is_ext_shared
        envelope = payloads.event(self.state, happened, is_ext_shared=shared)
        delivery = Delivery("", "events_api", envelope, person_id, channel.id if channel else None)
        return self.dispatch(delivery)

    def announce(self, said: Message) -> None:
        """Send the events for a new message as far as the app subscribed to them, may see them and is there."""
        state, channel = self.state, self.state.channels[said.channel_id]
        app = state.app
        if app is None or app.bot_user_id not in channel.members:
            return
        if self.subscribed(MESSAGE_EVENTS[channel.kind]):
            self.event(payloads.said_event(state, said, channel, "message"), said.user, channel)
        mentioned = f"<@{app.bot_user_id}>" in said.text and said.user != app.bot_user_id
        if mentioned and channel.kind != "dm" and self.subscribed("app_mention"):
            self.event(payloads.said_event(state, said, channel, "app_mention"), said.user, channel)

    def subscribed(self, event: str) -> bool:
        """Tell whether the app asked for this event and has the scope for it."""
        app, scope = self.state.app, SCOPES.get(event)
        return app is not None and event in app.events and (scope is None or scope in app.scopes)

    def dispatch(self, delivery: Delivery) -> Delivery:
        """Send `delivery` on its way and return it; clicks only where the manifest enables interactivity."""
        with self.state.lock:
            self.state.deliveries.append(delivery)
            settings = self.state.installed().manifest.get("settings", {})
            if delivery.kind == "interactive" and not settings.get("interactivity", {}).get("is_enabled"):
                self.state.complain(
                    f"{answers.named(delivery)} was not sent: the manifest does not enable interactivity."
                )
                self._failed(delivery, "app_not_configured")
            else:
                self._send(delivery)
        return delivery

    def redeliver(self, delivery: Delivery | None = None) -> Delivery:
        """Bring the same envelope once more, as Slack does when it is unsure; the last one by default."""
        with self.state.lock:
            again = delivery or self.state.deliveries[-1]
            if again.kind == "events_api":
                again.attempt += 1
                again.reason = "timeout"
            self._brought_again[again.envelope_id] = again
            self._post(again)
            return again

    def _send(self, delivery: Delivery) -> None:
        delivery.envelope_id = str(uuid.uuid4())
        delivery.sent_at = self.state.now()
        self._waiting[delivery.envelope_id] = delivery
        attempt = delivery.attempt
        if self._post(delivery):
            self.state.timetable.at(delivery.sent_at + self.ack_seconds, lambda: self._too_late(delivery, attempt))
        else:
            self._failed(delivery, "dispatch_failed")
        self.state.touch()

    def _post(self, delivery: Delivery) -> bool:
        if self.request_url:
            self.signed.post(self.request_url, delivery)
            return True
        if not self.connections:
            return False
        self._turn += 1
        self.connections[self._turn % len(self.connections)].send(envelope(delivery))
        return True

    # Back

    def acknowledge(self, envelope_id: str, payload: Json | None) -> None:
        """Take the app's acknowledgement of one envelope with what it put in it."""
        with self.state.lock:
            delivery = self._waiting.pop(envelope_id, None)
            if delivery is None:
                delivery = self._brought_again.get(envelope_id)
                if delivery is not None:
                    delivery.acknowledgements += 1
                    self.state.touch()
                return
            delivery.acknowledgements += 1
            if delivery.state == "late":
                self.state.complain(
                    f"{answers.named(delivery)} was acknowledged after {self.ack_seconds:g} s: too late."
                )
                return
            delivery.state = "answered"
            delivery.answer = payload or None
            answers.answered(self.state, delivery, payload or {})
            delivery.done.set()
            self.state.touch()

    def refuse(self, envelope_id: str) -> None:
        """Take it that the app could not be reached, or refused what was brought."""
        with self.state.lock:
            delivery = self._waiting.get(envelope_id)
            if delivery is not None and delivery.state == "waiting":
                self._failed(delivery, "dispatch_failed")

    def _too_late(self, delivery: Delivery, attempt: int) -> None:
        with self.state.lock:
            if delivery.state == "waiting" and delivery.attempt == attempt:
                self._failed(delivery, "operation_timeout")

    def _failed(self, delivery: Delivery, word: str) -> None:
        delays = list(self.retry_delays)
        if delivery.kind == "events_api" and delivery.attempt < len(delays):
            delay = delays[delivery.attempt]
            delivery.attempt += 1
            delivery.reason = "timeout" if word == "operation_timeout" else "connection_failed"
            self.state.timetable.at(self.state.now() + delay, lambda: self._again(delivery))
            return
        delivery.state = "late" if word == "operation_timeout" else "undelivered"
        delivery.reason = word
        if word == "operation_timeout":
            self.state.complain(f"{answers.named(delivery)} was not acknowledged within {self.ack_seconds:g} s.")
        answers.failed(self.state, delivery, word)
        delivery.done.set()
        self.state.touch()

    def _again(self, delivery: Delivery) -> None:
        with self.state.lock:
            if delivery.state == "waiting":
                self._waiting.pop(delivery.envelope_id, None)
                self._send(delivery)

    def close(self) -> None:
        """End the requests that are still on their way."""
        self.signed.close()


def envelope(delivery: Delivery) -> str:
    """Return the text that goes over the socket."""
    told: Json = {
        "envelope_id": delivery.envelope_id,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind != "events_api",
        "payload": delivery.payload,
    }
    if delivery.kind == "events_api":
        told |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason if delivery.attempt else ""}
    return json.dumps(told)
