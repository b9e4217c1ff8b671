"""The program `rekindle`: what can be asked of it in a terminal.

Rooms are imported inside the commands that need them: `rekindle --help` must answer at once.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import job_program, privacy_program

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Rekindle: a Slack assistant for teams that look after existing customers.",
)


class Role(StrEnum):
    """What somebody may do."""

    REP = "rep"
    MANAGER = "manager"
    OPERATOR = "operator"
    PRIVACY = "privacy"


class Kind(StrEnum):
    """What the rows of a file are."""

    REPS = "reps"
    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    ORDERS = "orders"
    ORDER_LINES = "order-lines"
    INTERACTIONS = "interactions"
    RATES = "rates"


class DateOrder(StrEnum):
    """Which comes first where a date could be read both ways."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Decimals(StrEnum):
    """The mark that begins the decimals of an amount."""

    POINT = "point"
    COMMA = "comma"


@cli.command()
def run(
    web: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Also serve the public web (unsubscribing, hooks) at this port."),
    ] = None,
    web_host: Annotated[
        str, typer.Option(help="Where the web listens: 0.0.0.0 in a container; a proxy in front of it does TLS.")
    ] = "127.0.0.1",
) -> None:
    """Answer in Slack until Ctrl-C or SIGTERM."""
    from bot.running import run

    run(web, web_host)


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page on this machine; 0 takes any free one.")] = 4400,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser where there is one.")] = True,
) -> None:
    """Try Rekindle on this machine, without Slack, with made-up customers that begin anew at each start."""
    from bot.demo import demo

    demo(port, browser)


@cli.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV (any separator), .gz of it, or XLSX.", metavar="FILE...")],
    kind: Annotated[Kind | None, typer.Option(help="What the rows are; guessed from the headers otherwise.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad rows out instead of refusing the file.")
    ] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write every bad row to this file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, gb18030 ...; guessed otherwise.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="A header and its field.", metavar="HEADER=FIELD")
    ] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="Day or month first in 3/5/2026.")] = None,
    decimal: Annotated[Decimals | None, typer.Option(help="What 1.234 means where nothing else tells.")] = None,
) -> None:
    """Bring reps, customers, products, orders, interactions and rates in; the same file twice changes nothing."""
    from bot.importing import import_files, progress_bar
    from bot.settings import load
    from database.upgrade import opened
    from sources.importing import Options

    unclear = next((pair for pair in mapping or () if "=" not in pair), None)
    if unclear:
        raise typer.BadParameter(f"“{unclear}” is not of the form 'header=field'.", param_hint="--map")
    options = Options(
        kind=kind.value if kind else None,
        dry_run=dry_run,
        skip_bad=skip_bad,
        rejects=rejects,
        encoding=encoding,
        mapping=dict(pair.rsplit("=", 1) for pair in mapping or ()),
        date_order=date_order.value if date_order else None,
        decimal={"point": ".", "comma": ","}[decimal.value] if decimal else None,
    )
    settings = load()
    with opened(settings.database_url) as database, progress_bar() as tell:
        outcome = import_files(settings, database, files, options, tell)
    typer.echo(outcome.summary())
    raise typer.Exit(outcome.exit_code)


@cli.command()
def score(
    orders: Annotated[
        Path, typer.Option(help="CSV (or .gz of it) with customer_id, date, amount: every row is a purchase.")
    ],
    as_of: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day of judgement; later rows are ignored.")
    ],
    horizon: Annotated[int, typer.Option(min=1, max=3650, help="Days without a purchase that make a customer lost.")],
    out: Annotated[Path, typer.Option(help="The scores are written to this CSV file.")],
) -> None:
    """Judge a file of orders: each customer's chance to be lost, expected purchases and spend, next due day."""
    from customers.judgement.on_files import score_file

    typer.echo(score_file(orders, as_of.date(), horizon, out))


@cli.command()
def backtest(
    orders: Annotated[
        Path | None, typer.Option(help="CSV (or .gz of it) with customer_id and date: every row is a purchase.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day on which alerts would run.")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days without a purchase that make a customer lost.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The alerts are written to this CSV file.")] = None,
    precision: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of alerts that shall be right; the best F1 otherwise.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=3650, help="Of the own database: so many days whose outcome is known (90)."),
    ] = None,
) -> None:
    """Show which lost-customer alerts would have been posted: from the own database, or from a file of orders."""
    if orders is None and since is None and horizon is None and out is None:
        from bot.backtesting import backtest_own

        typer.echo(backtest_own(days or 90, precision))
        return
    if orders is None or since is None or horizon is None or out is None or days is not None:
        raise typer.BadParameter(
            "a file is judged with --orders FILE --from YYYY-MM-DD --horizon DAYS --out FILE, a database with --days."
        )
    from customers.judgement.alerts_on_files import backtest, told

    typer.echo(told(backtest(orders, since.date(), horizon, out, precision)))


cli.command("jobs")(job_program.list_jobs)
cli.add_typer(job_program.job, name="job")
cli.add_typer(privacy_program.privacy, name="privacy")


@cli.command()
def grant(email: str, role: Role) -> None:
    """Give a person a role, by the e-mail address that they have in Slack; creates the person if unknown."""
    from bot.settings import load
    from customers import reps
    from database.upgrade import opened

    if "@" not in email:
        raise typer.BadParameter(f"“{email}” is no e-mail address.")
    with opened(load().database_url) as database, database.transaction() as db:
        changed = reps.grant(db, email, role.value)
    typer.echo(f"{email} is {'now' if changed else 'already'} {role.value}.")


@cli.command()
def manifest() -> None:
    """Print the manifest for your Slack app (JSON)."""
    import json

    from bot.joining import discovered
    from bot.manifest import manifest

    typer.echo(json.dumps(manifest(discovered()), indent=2, ensure_ascii=False))


@cli.command()
def settings() -> None:
    """Print every setting with its default, as a .env file."""
    from bot.settings import as_env_file

    typer.echo(as_env_file(), nl=False)


def main() -> None:
    """Run the program; what an operator must mend is one line and exit 2, what was asked wrongly exit 1."""
    from words.errors import FixSetup, RekindleError, WrongUsage

    # Our matrices are narrow: several threads would only wait for each other. Must be said before numpy is loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    try:
        cli()
    except (FixSetup, WrongUsage) as wrong:
        typer.echo(f"rekindle: {wrong}", err=True)
        sys.exit(2)
    except RekindleError as wrong:
        typer.echo(f"rekindle: {wrong}", err=True)
        sys.exit(1)
    except Exception as failure:
        from words.failures import noted

        typer.echo(f"rekindle: something went wrong; the reference to it is {noted(failure)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
