"""The demo's workspace: its people, its channels, and the app installed in it."""

from __future__ import annotations

from typing import Any

from sandbox.demo.people import PEOPLE
from sandbox.workspace import Installation, Workspace


def prepared(manifest: dict[str, Any]) -> tuple[Workspace, Installation]:
    """Set up a workspace with the demo's people and install the app that `manifest` describes."""
    workspace = Workspace("Northwind", "northwind")
    installation = workspace.install(manifest)
    people = [
        workspace.add_person(one.name, one.real_name, one.email, locale=one.locale, tz=one.tz, is_restricted=one.guest)
        for one in PEOPLE
    ]
    workspace.add_channel("sales", people, with_app=True)
    workspace.add_channel("general", people)
    return workspace, installation
