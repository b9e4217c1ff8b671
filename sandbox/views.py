"""Forms and Home tabs: opened, pushed onto the stack, updated and published by the app."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sandbox import fields
from sandbox.checks import check_view, name_blocks
from sandbox.posting import refuse
from sandbox.records import Json, SlackError, View
from sandbox.state import State

LARGEST_VIEW = 250_000  # Slack: bytes of a view
DEEPEST_STACK = 3
"""Slack: at most three modals lie on each other."""


def parsed(state: State, raw: Any) -> Json:
    """Return a checked view object; raises SlackError invalid_arguments with what is wrong and where."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise SlackError("invalid_arguments") from None
    if not isinstance(raw, dict):
        messages = ["[ERROR] missing required field: view [json-pointer:/view]"]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    refuse(state, check_view(raw), "invalid_arguments")
    if len(json.dumps(raw)) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    return raw


def open_modal(state: State, trigger_id: str, raw: Any) -> View:
    """Open a form for the person whose click gave `trigger_id`."""
    told = parsed(state, raw)
    with state.lock:
        trigger = state.use_trigger(trigger_id)
        return _lay(state, trigger.person_id, told)


def push_modal(state: State, trigger_id: str, raw: Any) -> View:
    """Lay a further form on the one in which the click happened; raises SlackError push_limit_reached beyond three."""
    told = parsed(state, raw)
    with state.lock:
        trigger = state.use_trigger(trigger_id)
        if trigger.view_id is None:
            raise SlackError("invalid_trigger_id")
        return _lay(state, trigger.person_id, told, on_top=True)


def update_modal(state: State, view: View, raw: Any, expected_hash: str = "") -> View:
    """Replace what stands in a form or Home, keeping what was filled into fields that stay.

    Raises SlackError hash_conflict if `expected_hash` is given and the form changed since.
    """
    told = parsed(state, raw)
    with state.lock:
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        if told["type"] != view.type:
            raise SlackError("invalid_arguments")
        _set(state, view, told)
        state.touch()
        return view


def publish_home(state: State, person_id: str, raw: Any, expected_hash: str = "") -> View:
    """Put a Home tab before one person; raises SlackError not_enabled, user_not_found, hash_conflict."""
    told = parsed(state, raw)
    if told["type"] != "home":
        raise SlackError("invalid_arguments")
    with state.lock:
        features = state.installed().manifest.get("features", {})
        if not features.get("app_home", {}).get("home_tab_enabled"):
            raise SlackError("not_enabled")
        if person_id not in state.people:
            raise SlackError("invalid_arguments")
        home = state.homes.get(person_id)
        if home is not None:
            return update_modal(state, home, told, expected_hash)
        home = _new(state, person_id, told)
        home.root_view_id = home.id
        state.homes[person_id] = home
        state.touch()
        return home


def find_view(state: State, view_id: str | None, external_id: str | None) -> View:
    """Return an open view by its id or the app's own; raises SlackError not_found."""
    with state.lock:
        if view_id and view_id in state.views:
            return state.views[view_id]
        if external_id:
            for view in state.views.values():
                if view.external_id == external_id:
                    return view
        raise SlackError("not_found")


def take_away(state: State, view: View, *, whole_stack: bool = False) -> None:
    """Close a form after its submission, or all forms of that person."""
    with state.lock:
        stack = state.modals.get(view.person_id, [])
        for gone in list(stack) if whole_stack else [each for each in stack if each is view]:
            stack.remove(gone)
            gone.closed = True
            gone.busy = False
            state.views.pop(gone.id, None)
        state.touch()


def lay_on(state: State, view: View, raw: Any) -> View:
    """Push a form in answer to a submission of `view`."""
    return _lay(state, view.person_id, parsed(state, raw), on_top=True)


def _lay(state: State, person_id: str, told: Json, *, on_top: bool = False) -> View:
    if told["type"] != "modal":
        raise SlackError("invalid_arguments")
    external = told.get("external_id")
    if external and any(view.external_id == external for view in state.views.values()):
        raise SlackError("duplicate_external_id")
    stack = state.modals.setdefault(person_id, [])
    if on_top and len(stack) >= DEEPEST_STACK:
        raise SlackError("push_limit_reached")
    if not on_top:
        for old in stack:
            old.closed = True
            state.views.pop(old.id, None)
        stack.clear()
    view = _new(state, person_id, told)
    view.previous_view_id = stack[-1].id if stack else None
    view.root_view_id = stack[0].id if stack else view.id
    stack.append(view)
    state.touch()
    return view


def _new(state: State, person_id: str, told: Json) -> View:
    view = View(state.new_id("V"), told["type"], person_id, state.team_id, [], "")
    state.views[view.id] = view
    _set(state, view, told)
    return view


def _set(state: State, view: View, told: Json) -> None:
    name_blocks(told["blocks"])
    view.blocks = told["blocks"]
    view.title, view.submit, view.close = told.get("title"), told.get("submit"), told.get("close")
    view.callback_id = told.get("callback_id") or ""
    view.private_metadata = told.get("private_metadata") or ""
    view.external_id = told.get("external_id") or view.external_id
    view.clear_on_close = bool(told.get("clear_on_close"))
    view.notify_on_close = bool(told.get("notify_on_close"))
    view.hash = f"{int(state.now())}.{secrets.token_hex(4)}"
    view.errors, view.error, view.busy = {}, "", False
    kept = view.values
    view.values = fields.initial(view.blocks)
    for block_id, actions in view.values.items():
        for action_id, fresh in actions.items():
            before = kept.get(block_id, {}).get(action_id)
            if before is not None and before["type"] == fresh["type"]:
                actions[action_id] = before
