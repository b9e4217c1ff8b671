"""The served workspace with its little bot, for tests of the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from tests.sandbox.page.little_bot import Scene, scene


@pytest.fixture(scope="module")
def theatre() -> Iterator[Scene]:
    """One server and one bot for all tests of a file."""
    with scene() as shown:
        yield shown


@pytest.fixture
def stage(theatre: Scene) -> Scene:
    """People and a channel that no other test has met, on a server that others used before."""
    workspace = theatre.workspace
    workspace.errors.clear()
    workspace.deliveries.clear()
    theatre.pressed.clear()
    theatre.submitted.clear()
    theatre.release.clear()
    rita = workspace.add_person("rita", "Rita Stone", tz="America/New_York")
    li = workspace.add_person("li", "李伟", locale="zh-CN", tz="Asia/Shanghai")
    general = workspace.add_channel("sales", [rita, li], with_app=True)
    return dataclasses.replace(theatre, rita=rita, li=li, general=general)
