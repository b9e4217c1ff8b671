"""The part of the Web API that opens and changes forms and Home tabs."""

from __future__ import annotations

from collections.abc import Callable

from sandbox import payloads, views
from sandbox.records import Json, SlackError
from sandbox.workspace import Workspace


def _trigger(args: Json) -> str:
    trigger = args.get("trigger_id") or args.get("interactivity_pointer")
    if not trigger:
        messages = ["[ERROR] missing required field: trigger_id"]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    return str(trigger)


def open_view(workspace: Workspace, args: Json) -> Json:
    """views.open."""
    return {"view": payloads.view(workspace, views.open_modal(workspace, _trigger(args), args.get("view")))}


def push_view(workspace: Workspace, args: Json) -> Json:
    """views.push."""
    return {"view": payloads.view(workspace, views.push_modal(workspace, _trigger(args), args.get("view")))}


def update_view(workspace: Workspace, args: Json) -> Json:
    """views.update."""
    view = views.find_view(workspace, args.get("view_id"), args.get("external_id"))
    changed = views.update_modal(workspace, view, args.get("view"), str(args.get("hash") or ""))
    return {"view": payloads.view(workspace, changed)}


def publish_view(workspace: Workspace, args: Json) -> Json:
    """views.publish."""
    person = str(args.get("user_id") or "")
    home = views.publish_home(workspace, person, args.get("view"), str(args.get("hash") or ""))
    return {"view": payloads.view(workspace, home)}


METHODS: dict[str, tuple[str, Callable[[Workspace, Json], Json]]] = {
    "views.open": ("", open_view),
    "views.push": ("", push_view),
    "views.update": ("", update_view),
    "views.publish": ("", publish_view),
}
"""Method name to (scope, what it does)."""
