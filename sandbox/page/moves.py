"""What a person can do on the page, one function for each: say, command, press, choose, submit and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.page.screen import reader_for
from sandbox.workspace import Acting, Delivery, Message, Person, SlackError, View, Workspace

Json = dict[str, Any]

ANSWER_SECONDS = 15  # the workspace itself gives up on the app after 3 s; this only guards the page's thread


class Refused(Exception):
    """The move cannot be made; the words say why."""


def say(workspace: Workspace, asked: Json) -> Json:
    """Write a message; a line that begins with / is a command, which waits until the app has taken it."""
    acting, text, thread = _acting(workspace, asked), str(asked["text"]), asked.get("thread") or None
    try:
        if text.startswith("/") and not thread:
            name, _, rest = text.partition(" ")
            return _answered(acting.command(str(asked["channel"]), name, rest.strip()))
        acting.say(str(asked["channel"]), text, thread_ts=thread)
    except SlackError as refusal:
        raise Refused(refusal.word) from refusal
    return {}


def press(workspace: Workspace, asked: Json) -> Json:
    """Press a button, with all that stands in the fields around it."""
    acting, where = _acting(workspace, asked), _where(workspace, asked)
    try:
        _fill(workspace, acting, where, asked)
        return _answered(acting.press(where, str(asked["action_id"]), block_id=str(asked["block_id"])))
    except LookupError as missing:
        raise Refused(str(missing)) from missing


def choose(workspace: Workspace, asked: Json) -> Json:
    """Choose in a menu, a list or a date, or leave a text field that tells the app of it."""
    acting, where = _acting(workspace, asked), _where(workspace, asked)
    choice = _choice(workspace, acting.person, str(asked["kind"]), asked["values"])
    try:
        _fill(workspace, acting, where, asked)
        return _answered(acting.choose(where, str(asked["action_id"]), choice, block_id=str(asked["block_id"])))
    except LookupError as missing:
        raise Refused(str(missing)) from missing


def submit(workspace: Workspace, asked: Json) -> Json:
    """Submit a form; what is wrong with it then stands in the form itself."""
    acting, view = _acting(workspace, asked), _view(workspace, asked)
    try:
        _fill(workspace, acting, view, asked)
    except LookupError as missing:
        raise Refused(str(missing)) from missing
    return _answered(acting.submit(view))


def close(workspace: Workspace, asked: Json) -> Json:
    """Close the form on top, or with `all` every form beneath it too."""
    acting = _acting(workspace, asked)
    return _answered(acting.close(_view(workspace, asked), all_of_them=bool(asked.get("all"))))


def open_tab(workspace: Workspace, asked: Json) -> Json:
    """Tell the app that its Home or Messages tab was opened; nobody waits for an event to be acknowledged."""
    acting = _acting(workspace, asked)
    (acting.open_home if asked.get("tab") == "home" else acting.open_messages)()
    return {}


def shortcut(workspace: Workspace, asked: Json) -> Json:
    """Use one of the app's shortcuts, on a message if there is one."""
    acting = _acting(workspace, asked)
    try:
        if asked.get("ts"):
            return _answered(acting.message_shortcut(str(asked["shortcut"]), _message(workspace, asked)))
        return _answered(acting.shortcut(str(asked["shortcut"])))
    except LookupError as missing:
        raise Refused(str(missing)) from missing


def type_ahead(workspace: Workspace, asked: Mapping[str, str]) -> list[Json]:
    """Ask the app what it offers for the words typed so far: [{"value": ..., "text": ...}]."""
    acting, where = _acting(workspace, asked), _where(workspace, asked)
    try:
        offered = acting.type_ahead(
            where, asked["action_id"], asked.get("text", ""), block_id=asked["block_id"], timeout=ANSWER_SECONDS
        )
    except LookupError as missing:
        raise Refused(str(missing)) from missing
    except AssertionError:
        return []  # the app kept silent; the workspace has written that down
    return [{"value": str(one.get("value", "")), "text": one["text"]["text"]} for one in offered]


MOVES: dict[str, Callable[[Workspace, Json], Json]] = {
    "say": say,
    "press": press,
    "choose": choose,
    "submit": submit,
    "close": close,
    "open-tab": open_tab,
    "shortcut": shortcut,
}
"""The page's verbs, as its scripts name them."""


def _acting(workspace: Workspace, asked: Mapping[str, Any]) -> Acting:
    person = workspace.people.get(str(asked.get("as")))
    if person is None or person.is_bot:
        raise Refused("nobody here has that id")
    return workspace.act_as(person)


def _where(workspace: Workspace, asked: Mapping[str, Any]) -> Message | View:
    return _view(workspace, asked) if asked.get("view") else _message(workspace, asked)


def _view(workspace: Workspace, asked: Mapping[str, Any]) -> View:
    view = workspace.views.get(str(asked["view"]))
    if view is None or view.person_id != asked.get("as"):
        raise Refused("this form is no longer open")
    return view


def _message(workspace: Workspace, asked: Mapping[str, Any]) -> Message:
    channel = workspace.channels.get(str(asked.get("channel")))
    found = channel.find(str(asked.get("ts"))) if channel else None
    if channel is None or found is None or asked.get("as") not in channel.members:
        raise Refused("this message is no longer there")
    if found.ephemeral_for not in (None, asked.get("as")):
        raise Refused("this message is no longer there")
    return found


def _fill(workspace: Workspace, acting: Acting, where: Message | View, asked: Json) -> None:
    """Put into the fields what the person typed: [[block_id, action_id, kind, values], ...]."""
    values: dict[str, Json] = {}
    for block_id, action_id, kind, chosen in asked.get("fields", []):
        values.setdefault(block_id, {})[action_id] = _choice(workspace, acting.person, kind, chosen)
    if values:
        acting.fill(where, values)


def _choice(workspace: Workspace, person: Person, kind: str, values: list[Any]) -> Any:
    """Turn a field's values into what `Acting` takes: several, one, or None for an empty field."""
    if kind in ("external_select", "multi_external_select"):
        # The app's offer may have changed since the choice: hand back the option that was shown.
        values = [{"text": {"type": "plain_text", "text": one["text"]}, "value": one["value"]} for one in values]
    if kind.startswith("multi_") or kind == "checkboxes":
        return values
    if not values or values[0] == "":
        return None
    if kind == "datetimepicker":
        local = datetime.fromisoformat(values[0]).replace(tzinfo=reader_for(workspace, person).zone)
        return int(local.timestamp())
    return values[0]


def _answered(delivery: Delivery | None) -> Json:
    """Wait until the app has answered or the workspace has given up on it; a failure is then told in the channel."""
    if delivery is None:
        return {}
    try:
        delivery.wait(ANSWER_SECONDS)
    except AssertionError as silence:
        raise Refused(str(silence)) from silence
    return {"state": delivery.state, "reason": delivery.reason}
