"""`rekindle run`: answers in Slack and works by itself until it is ended."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack

import typer

from bot import web
from bot.joining import answering, discovered, serving_web
from bot.settings import load
from database.upgrade import opened
from words.errors import FixSetup


def run(port: int | None, host: str) -> None:
    """Be connected to Slack until Ctrl-C or SIGTERM, and serve the public web where a port is given."""
    settings = load()
    missing = [
        name for name in ("slack_bot_token", "slack_app_token") if not getattr(settings, name).get_secret_value()
    ]
    if missing:
        names = " and ".join(name.upper() for name in missing)
        raise FixSetup(
            "{names} must be set, in the environment or in .env: see the README, “A real Slack workspace”.", names=names
        )
    if port is not None and not settings.public_url:
        raise FixSetup("PUBLIC_URL must be set for --web: the https:// address under which customers reach it.")
    with ExitStack() as stack:
        listening = stack.enter_context(web.listen(port, host)) if port is not None else None
        database = stack.enter_context(opened(settings.database_url))
        at_work = stack.enter_context(answering(settings, database, discovered()))
        if listening is not None:
            serving = stack.enter_context(serving_web(at_work.desk, listening))
            typer.echo(f"The public web is at {host}, port {serving.port}, and outside at {settings.public_url}")
        typer.echo("Rekindle is connected to Slack. Ctrl-C ends it.")
        wait_for_the_end()


def wait_for_the_end() -> None:
    """Return on Ctrl-C or SIGTERM."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    # A signal may reach another thread, and this one runs its handler only when it wakes up by itself.
    while not end.wait(1):
        pass
