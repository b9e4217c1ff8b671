"""What a person can do in the workspace: type, press, choose, fill in forms, open the Home tab."""

from __future__ import annotations

import html
import uuid
from typing import Any

from sandbox import fields, payloads
from sandbox.courier import Courier
from sandbox.records import SLACKBOT, Channel, Delivery, Json, Message, Person, SlackError, View
from sandbox.state import State

Place = Message | View
"""Where something can be pressed or filled in."""


class Acting:
    """One person at work. What goes to the app comes back as a `Delivery`; `wait()` on it for the acknowledgement."""

    def __init__(self, state: State, courier: Courier, person: Person) -> None:
        self.state = state
        self.courier = courier
        self.person = person

    # Words

    def command(self, channel: Channel | str, command: str, text: str = "") -> Delivery:
        """Type a slash command, also as one line ("/customer acme"); an unknown one is refused as Slack does."""
        place = self._channel(channel)
        name, _, rest = command.strip().partition(" ")
        text = html.escape((text or rest).strip(), quote=False)
        state, app = self.state, self.state.installed()
        if name not in app.commands:
            words = f"{name} is not a valid command. All messages that start with the “/” are interpreted as commands."
            state.slackbot_says(place.id, self.person.id, words)
            return self._refused("slash_commands", {"command": name}, "unknown_command")
        url = state.new_response_url(place.id, self.person.id)
        trigger = state.new_trigger(self.person.id)
        told = payloads.command(state, self.person, place, name, text, url, trigger)
        return self.courier.dispatch(Delivery("", "slash_commands", told, self.person.id, place.id, response_url=url))

    def say(self, channel: Channel | str, text: str, thread_ts: str | None = None) -> Message:
        """Post a message, in a thread if `thread_ts` names its first message; the app hears of it if it subscribed."""
        place = self._channel(channel)
        state, words = self.state, payloads.typed(self.state, text)
        with state.lock:
            if thread_ts:
                _start_thread(place, thread_ts)
            said = Message(
                state.new_ts(),
                place.id,
                self.person.id,
                words,
                blocks=payloads.rich(words),
                thread_ts=thread_ts,
                client_msg_id=str(uuid.uuid4()),
            )
            state.add_message(place, said)
            app = state.app
            if app and f"<@{app.bot_user_id}>" in words and app.bot_user_id not in place.members:
                away = f"You mentioned <@{app.bot_user_id}>, but they’re not in this channel."
                state.slackbot_says(place.id, self.person.id, away)
            self.courier.announce(said)
        return said

    # Clicks

    def press(
        self,
        where: Place,
        action_id: str | None = None,
        *,
        block_id: str | None = None,
        value: str | None = None,
        label: str | None = None,
    ) -> Delivery:
        """Press the first button that fits all that is given; raises LookupError if there is none."""
        blocks = self._blocks(where)
        block, element = fields.find(blocks, action_id, block_id=block_id, value=value, label=label)
        return self._act(where, block, element, None)

    def choose(self, where: Place, action_id: str, choice: Any, *, block_id: str | None = None) -> Delivery | None:
        """Choose in a menu, a date or time, checkboxes (a list) or an overflow menu; options by value or label.

        Returns None where Slack tells the app nothing yet: a field of a form without dispatch_action.
        """
        block, element = fields.find(self._blocks(where), action_id, block_id=block_id)
        if element["type"] == "overflow":
            by_state = fields.chosen(element | {"type": "static_select"}, choice)
            return self._act(where, block, element, by_state | {"type": "overflow"})
        state = self._fill(where, block, element, choice)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        return self._act(where, block, element, state)

    def fill(self, where: Place, values: Json) -> None:
        """Fill in fields without sending: block_id to a value, or to {action_id: value}."""
        blocks = self._blocks(where)
        for block_id, raw in values.items():
            there = [pair for pair in fields.elements(blocks) if pair[0].get("block_id") == block_id]
            if not there:
                known = ", ".join(str(block.get("block_id")) for block, _ in fields.elements(blocks))
                raise LookupError(f"no field {block_id!r} here; there is: {known or 'none'}")
            named = {element.get("action_id") for _, element in there}
            each = raw if isinstance(raw, dict) and set(raw) <= named else {there[0][1].get("action_id"): raw}
            for block, element in there:
                if element.get("action_id") in each:
                    self._fill(where, block, element, each[element["action_id"]])
        self.state.touch()

    def type_ahead(
        self, where: Place, action_id: str, text: str, *, block_id: str | None = None, timeout: float = 10
    ) -> list[Json]:
        """Type into a menu that asks the app, and return the options it offers; blocks until it answered."""
        state = self.state
        block, element = fields.find(self._blocks(where), action_id, block_id=block_id)
        if len(text) < element.get("min_query_length", 3):
            return []
        told = payloads.base(state, "block_suggestion", self.person)
        told |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": text}
        told |= self._container(where)
        delivery = self.courier.dispatch(Delivery("", "interactive", told, self.person.id)).wait(timeout)
        answer = delivery.answer or {}
        options = fields.options_of(answer)
        with state.lock:
            state.offered[(self.person.id, self._place_id(where), element["action_id"])] = options
        return options

    # Forms

    def submit(self, view: View, values: Json | None = None) -> Delivery:
        """Fill in `values` and submit; what Slack's own form refuses stands in `view.errors` and is not sent."""
        if values:
            self.fill(view, values)
        with self.state.lock:
            blocks = [block for block in view.blocks if block["type"] == "input"]
            states = {block["block_id"]: view.values.get(block["block_id"], {}) for block in blocks}
            found = {
                block["block_id"]: fields.problem(block, states[block["block_id"]].get(block["element"]["action_id"]))
                for block in blocks
            }
            view.errors = {block_id: words for block_id, words in found.items() if words}
            view.error = ""
            view.busy = not view.errors
            told = payloads.base(self.state, "view_submission", self.person)
            told |= {"trigger_id": self.state.new_trigger(self.person.id, view.id)}
            told |= {"view": payloads.view(self.state, view), "response_urls": []}
            self.state.touch()
            if view.errors:
                return self._refused("interactive", told, "form_errors", view)
        return self.courier.dispatch(Delivery("", "interactive", told, self.person.id, view_id=view.id))

    def close(self, view: View, *, all_of_them: bool = False) -> Delivery | None:
        """Close a form, or all of its stack; the app hears of it where the form asked for that."""
        state = self.state
        with state.lock:
            stack = state.modals.get(self.person.id, [])
            gone = list(stack) if all_of_them or view.clear_on_close else [each for each in stack if each is view]
            for each in gone:
                stack.remove(each)
                each.closed = True
                state.views.pop(each.id, None)
            state.touch()
            if not view.notify_on_close or not gone:
                return None
            told = payloads.base(state, "view_closed", self.person)
            told |= {"view": payloads.view(state, view), "is_cleared": len(gone) > 1}
        return self.courier.dispatch(Delivery("", "interactive", told, self.person.id))

    # The app's own place and shortcuts

    def open_home(self) -> Delivery | None:
        """Open the app's Home tab; None if the app did not subscribe to that."""
        return self._opened("home")

    def open_messages(self) -> Delivery | None:
        """Open the app's Messages tab; None if the app did not subscribe to that."""
        return self._opened("messages")

    def shortcut(self, callback_id: str) -> Delivery:
        """Use a global shortcut of the app; raises LookupError if the manifest has none of that name."""
        self._known_shortcut(callback_id, "global")
        told = payloads.base(self.state, "shortcut", self.person)
        told |= {"callback_id": callback_id, "trigger_id": self.state.new_trigger(self.person.id)}
        told["action_ts"] = self.state.new_ts()
        return self.courier.dispatch(Delivery("", "interactive", told, self.person.id))

    def message_shortcut(self, callback_id: str, message: Message) -> Delivery:
        """Use a shortcut of the app on `message`; raises LookupError if the manifest has none of that name."""
        self._known_shortcut(callback_id, "message")
        state, channel = self.state, self.state.channels[message.channel_id]
        url = state.new_response_url(channel.id, self.person.id)
        told = payloads.base(state, "message_action", self.person)
        told |= {"callback_id": callback_id, "trigger_id": state.new_trigger(self.person.id)}
        told |= {"response_url": url, "message_ts": message.ts, "action_ts": state.new_ts()}
        told |= {"channel": payloads.channel_of(channel), "message": payloads.message(state, message)}
        return self.courier.dispatch(Delivery("", "interactive", told, self.person.id, channel.id, response_url=url))

    # Inner workings

    def _channel(self, channel: Channel | str) -> Channel:
        place = self.state.channels[channel] if isinstance(channel, str) else channel
        if self.person.id not in place.members:
            raise SlackError("not_in_channel")
        if place.archived:
            raise SlackError("is_archived")
        return place

    def _blocks(self, where: Place) -> list[Json]:
        attached = getattr(where, "attachments", ())
        return [*where.blocks, *(block for each in attached for block in each.get("blocks", ()))]

    def _place_id(self, where: Place) -> str:
        return where.id if isinstance(where, View) else f"{where.channel_id}/{where.ts}"

    def _values(self, where: Place) -> dict[str, dict[str, Json]]:
        if isinstance(where, View):
            return where.values
        key = (self.person.id, self._place_id(where))
        if key not in self.state.filled:
            self.state.filled[key] = fields.initial(where.blocks)
        return self.state.filled[key]

    def _fill(self, where: Place, block: Json, element: Json, raw: Any) -> Json:
        with self.state.lock:
            offered = self.state.offered.get((self.person.id, self._place_id(where), element["action_id"]))
            state = fields.chosen(element, raw, offered)
            self._values(where).setdefault(block["block_id"], {})[element["action_id"]] = state
            return state

    def _container(self, where: Place) -> Json:
        state = self.state
        if isinstance(where, View):
            return {"container": {"type": "view", "view_id": where.id}, "view": payloads.view(state, where)}
        channel = state.channels[where.channel_id]
        container: Json = {"type": "message", "message_ts": where.ts, "channel_id": channel.id}
        container["is_ephemeral"] = where.ephemeral_for is not None
        if where.thread_ts:
            container["thread_ts"] = where.thread_ts
        told: Json = {"container": container, "channel": payloads.channel_of(channel)}
        if where.ephemeral_for is None:
            told["message"] = payloads.message(state, where)
        return told

    def _act(self, where: Place, block: Json, element: Json, filled: Json | None) -> Delivery:
        state = self.state
        with state.lock:
            is_view = isinstance(where, View)
            told = payloads.base(state, "block_actions", self.person)
            told |= {"trigger_id": state.new_trigger(self.person.id, where.id if isinstance(where, View) else None)}
            told |= self._container(where)
            told["actions"] = [fields.action(block, element, filled, state.new_ts())]
            url = None
            if not isinstance(where, View):
                told["state"] = {"values": self._values(where)}
                url = state.new_response_url(where.channel_id, self.person.id, where.ts, where.thread_ts)
                told["response_url"] = url
            channel_id = None if isinstance(where, View) else where.channel_id
            view_id = where.id if is_view and isinstance(where, View) else None
            return self.courier.dispatch(
                Delivery("", "interactive", told, self.person.id, channel_id, view_id, response_url=url)
            )

    def _opened(self, tab: str) -> Delivery | None:
        if not self.courier.subscribed("app_home_opened"):
            return None
        channel = self.state.dm(self.person)
        happened: Json = {"type": "app_home_opened", "user": self.person.id, "channel": channel.id, "tab": tab}
        happened["event_ts"] = self.state.new_ts()
        home = self.state.home_of(self.person)
        if tab == "home" and home is not None:
            happened["view"] = payloads.view(self.state, home)
        return self.courier.event(happened, self.person.id, channel)

    def _known_shortcut(self, callback_id: str, kind: str) -> None:
        known = self.state.installed().shortcuts
        if known.get(callback_id, {}).get("type") != kind:
            raise LookupError(f"no {kind} shortcut {callback_id!r}; there is: {', '.join(known) or 'none'}")

    def _refused(self, kind: Any, told: Json, reason: str, view: View | None = None) -> Delivery:
        delivery = Delivery("", kind, told, self.person.id, view_id=view.id if view else None)
        delivery.state, delivery.reason = "refused", reason
        delivery.done.set()
        return delivery


def _start_thread(channel: Channel, thread_ts: str) -> None:
    first = channel.find(thread_ts)
    if first is None:
        raise SlackError("thread_not_found")
    first.thread_ts = first.ts


__all__ = ["SLACKBOT", "Acting", "Place"]
