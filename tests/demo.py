"""The demo for tests: `rekindle demo` in a process of its own after its morning has come, and how one acts in it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

# Seconds within which the demo must have started and its morning have come, on a machine that has much to do.
LONGEST = 90


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo, in which all that the morning brings has come; ended by SIGTERM, cleanly."""
    program = [sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"]
    folder = tmp_path_factory.mktemp("demo")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, text=True, cwd=folder, env=plain | {"TMPDIR": str(folder)}
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        address = re.search(r"http://\S+", said[0])
        assert address, f"the demo said {said!r}"
        while not said[-1].startswith("It is morning"):
            assert said[-1], f"the demo ended; it said {said!r}"
            said.append(process.stdout.readline())
        assert any("/customer" in line for line in said)
        _wait_until_all_is_said(next(folder.glob("*/demo.db")))
        yield address.group()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def _wait_until_all_is_said(path: Path) -> None:
    """Wait until nothing is left on its way: what comes in the midst of a test would look like an answer."""
    left = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'leased', 'unknown')"
    until = time.monotonic() + LONGEST
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        while db.execute(left).fetchone()[0]:
            assert time.monotonic() < until, "the demo's morning does not come to its end"
            time.sleep(0.1)


def write(page: Page, text: str) -> None:
    """Type something."""
    page.locator("#write").fill(text)
    page.locator("#write").press("Enter")


def newest(page: Page) -> Locator:
    """What was said last."""
    return page.locator("#stream .message").last


def act_as(page: Page, name: str, demo: str) -> None:
    """Go to the page as somebody of the demo."""
    page.goto(demo)
    link = page.locator("#switcher a", has_text=name).get_attribute("href")
    assert link
    page.goto(demo + link)
    expect(page.locator("#switcher summary")).to_contain_text(name)
