"""`rekindle demo`: the whole program on this machine, with a workspace of the sandbox in Slack's place."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import threading
import webbrowser
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import typer
from pydantic import SecretStr

from bot import web
from bot.first_morning import begin
from bot.importing import import_files
from bot.joining import answering, discovered, serving_web
from bot.manifest import manifest
from bot.running import wait_for_the_end
from bot.settings import Settings
from database.engine import Database
from database.upgrade import opened
from sandbox.demo.data import write
from sandbox.demo.setup import prepared
from sandbox.mailbox import post_office
from sandbox.server import serve
from words.errors import FixSetup


def demo(port: int, browser: bool) -> None:
    """Serve the page at a port (0: any free one) until Ctrl-C or SIGTERM; opens it where there is a browser."""
    plugs = discovered()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rekindle-demo-")))
        workspace, installation = prepared(manifest(plugs))
        stack.callback(workspace.close)
        try:
            serving = stack.enter_context(serve(workspace, port=port))
        except OSError as taken:
            raise FixSetup("Port {port} is taken. Choose another one: rekindle demo --port 0", port=port) from taken
        public, secret = stack.enter_context(web.listen(0)), secrets.token_urlsafe()
        public_url = f"http://127.0.0.1:{public.getsockname()[1]}"
        mailbox, reached = stack.enter_context(post_office(web_url=public_url, secret=secret, changed=workspace.touch))
        workspace.mailbox = mailbox
        settings = Settings.model_construct(  # nothing from the environment: the demo is the same everywhere
            database_url=f"sqlite:///{folder / 'demo.db'}",
            slack_bot_token=SecretStr(installation.bot_token),
            slack_app_token=SecretStr(installation.app_token),
            slack_api_url=serving.api_url,
            slack_shows="full",
            home_currency="USD",
            time_zone="UTC",
            default_region="US",
            quiet_from="00:00",  # whoever tries it at night would wait for the morning otherwise
            quiet_until="00:00",
            company_name="Northwind Traders",
            mail_from="Northwind Traders <care@northwind.example>",
            hold_minutes=0.5,  # long enough to undo, short enough to wait for
            public_url=public_url,
            webhook_secret=SecretStr(secret),
            twilio_token=SecretStr(reached.token),
            **reached.settings,
        )
        database = stack.enter_context(opened(settings.database_url))
        _import(settings, database, folder)
        at_work = stack.enter_context(answering(settings, database, plugs))
        stack.enter_context(serving_web(at_work.desk, public))
        typer.echo(f"Rekindle is at {serving.url}")
        typer.echo("Type there first:  /customer quick   then  /segment   and as 李娜:  /customer chenxi")
        typer.echo(
            "Then Write on a card, submit it, approve it as Andrew Fuller; the Mailbox has it half a minute later."
        )
        typer.echo("Ctrl-C ends it; the demo's customers are invented or Northwind's, and begin anew at each start.")

        def wake() -> None:
            begin(at_work.desk, at_work.jobs, at_work.mornings)
            typer.echo("It is morning: what the day brings comes into everybody's direct messages.")

        # The page is there at once; what the morning brings comes some seconds later, as in life.
        morning = threading.Thread(target=wake, name="morning")
        morning.start()
        stack.callback(morning.join)
        if browser and _can_show_a_page():
            webbrowser.open(serving.url)
        wait_for_the_end()


def _import(settings: Settings, database: Database, folder: Path) -> None:
    """Bring the demo's customers in."""
    outcome = import_files(settings, database, write(folder, datetime.now(UTC).date()))
    if outcome.exit_code:
        raise RuntimeError(outcome.summary())


def _can_show_a_page() -> bool:
    """Whether this machine has a screen that a browser could open on."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
