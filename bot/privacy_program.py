"""`rekindle privacy`: export, erase and who looked, for whoever works without Slack or may not show it customers.

Rooms are imported inside the commands that need them: `rekindle --help` must answer at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

privacy = typer.Typer(no_args_is_help=True, help="Export, erase or see who looked: what privacy officers do in Slack.")
Officer = Annotated[
    str, typer.Option("--by", help="E-mail of the privacy officer who does it; goes into the log.", metavar="E-MAIL")
]
Named = Annotated[str, typer.Argument(help="Name, id, phone or e-mail; or #12, our own number.", metavar="CUSTOMER")]


@privacy.command("export")
def export_customer(
    customer: Named,
    by: Officer,
    out: Annotated[Path, typer.Option(help="An existing folder for the two files.", metavar="FOLDER")],
    language: Annotated[str, typer.Option(help="Of the page to read: en or zh_CN.")] = "en",
) -> None:
    """Write everything that is held about a customer into a folder, as JSON and as a page to read."""
    from bot import privacy_terminal
    from bot.joining import offline_desk

    with offline_desk() as desk:
        for path in privacy_terminal.export(desk, privacy_terminal.officer(desk, by), customer, out, language):
            typer.echo(str(path))


@privacy.command("looks")
def looks_at_customer(customer: Named, by: Officer) -> None:
    """List who looked at a customer, when and how."""
    from bot import privacy_terminal
    from bot.joining import offline_desk

    with offline_desk() as desk:
        for line in privacy_terminal.looks(desk, privacy_terminal.officer(desk, by), customer):
            typer.echo(line)


@privacy.command("erase")
def erase_customer(
    customer: Named,
    by: Officer,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: this cannot be undone.")] = False,
) -> None:
    """Erase a customer for good; what must be kept is named."""
    from bot import privacy_terminal
    from bot.joining import offline_desk

    if not yes:
        raise typer.BadParameter("erasing cannot be undone; say --yes to do it.", param_hint="--yes")
    with offline_desk() as desk:
        for line in privacy_terminal.erase(desk, privacy_terminal.officer(desk, by), customer):
            typer.echo(line)
