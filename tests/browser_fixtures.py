"""A real Chromium for tests: one browser for the tests of a file, a fresh window for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SWITCHES = [
    "--no-sandbox",  # Chromium refuses its own sandbox when it runs as root, as it does in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Playwright keeps an event loop running in this thread, where no other test could start one: so not for the session.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as it stands on PATH; without one the test is skipped, and fails where CI=true."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        words = "no chromium on PATH: the page was not tried in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of 1280 by 800 without memory of others; a script error in it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    window = context.new_page()
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    window.set_default_timeout(10_000)
    yield window
    context.close()
    assert not faults
