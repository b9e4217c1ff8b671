"""`rekindle privacy`: export, erase and who looked, for whoever works without Slack or may not show it customers.

Rooms are imported inside the commands that need them: `rekindle --help` must answer at once.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """In which language a page is written."""

    ENGLISH = "en"
    CHINESE = "zh_CN"


privacy = typer.Typer(no_args_is_help=True, help="Export, erase or see who looked: what privacy officers do in Slack.")
Officer = Annotated[
    str, typer.Option("--by", help="E-mail of the privacy officer who does it; goes into the log.", metavar="E-MAIL")
]
Named = Annotated[str, typer.Argument(help="Name, id, phone or e-mail; or #12, our own number.", metavar="CUSTOMER")]
OneContact = Annotated[
    str | None,
    typer.Option("--contact", help="One person there alone: name, id in the source, or #12.", metavar="NAME_OR_ID"),
]


@privacy.command("export")
def export_customer(
    customer: Named,
    by: Officer,
    out: Annotated[Path, typer.Option(help="An existing folder for the two files.", metavar="FOLDER")],
    language: Annotated[Language, typer.Option(help="Of the page to read.")] = Language.ENGLISH,
    contact: OneContact = None,
) -> None:
    """Write everything that is held about a customer, or one contact there, as JSON and as a page to read."""
    from bot import privacy_terminal
    from bot.joining import offline_desk

    with offline_desk() as desk:
        officer = privacy_terminal.officer(desk, by)
        if contact is None:
            written = privacy_terminal.export(desk, officer, customer, out, language.value)
        else:
            written = privacy_terminal.export_contact(desk, officer, customer, contact, out, language.value)
        for path in written:
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
    contact: OneContact = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere", help="Of a contact: take a name of a single word out of all texts about the company, too."
        ),
    ] = False,
) -> None:
    """Erase a customer, or one contact there alone, for good; what must be kept is named."""
    from bot import privacy_terminal
    from bot.joining import offline_desk

    if not yes:
        raise typer.BadParameter("erasing cannot be undone; say --yes to do it.", param_hint="--yes")
    with offline_desk() as desk:
        officer = privacy_terminal.officer(desk, by)
        if contact is None:
            lines = privacy_terminal.erase(desk, officer, customer)
        else:
            lines = privacy_terminal.erase_contact(desk, officer, customer, contact, everywhere=everywhere)
        for line in lines:
            typer.echo(line)
