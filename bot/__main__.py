"""The program `rekindle`: the one place where settings, database, commands, jobs, sources and Slack meet.

Rooms are imported inside the commands that need them: `rekindle --help` must answer at once.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from socket import socket

    from slack_sdk import WebClient

    from bot.app import Plugs
    from bot.desk import Desk
    from bot.mornings import Mornings
    from bot.schedule import Jobs
    from bot.settings import Settings
    from bot.web import Serving
    from database.engine import Database
    from delivery.clock import Clock
    from delivery.dispatcher import Dispatcher

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


@dataclass(frozen=True)
class Working:
    """What is at work while the program runs."""

    client: WebClient
    desk: Desk
    mornings: Mornings
    dispatcher: Dispatcher
    jobs: Jobs


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
    from bot import web as public_web
    from bot.settings import load
    from words.errors import FixSetup

    settings = load()
    missing = [
        name for name in ("slack_bot_token", "slack_app_token") if not getattr(settings, name).get_secret_value()
    ]
    if missing:
        names = " and ".join(name.upper() for name in missing)
        raise FixSetup(
            "{names} must be set, in the environment or in .env: see the README, “A real Slack workspace”.", names=names
        )
    if web is not None and not settings.public_url:
        raise FixSetup("PUBLIC_URL must be set for --web: the https:// address under which customers reach it.")
    with ExitStack() as stack:
        port = stack.enter_context(public_web.listen(web, web_host)) if web is not None else None
        database = stack.enter_context(opened(settings))
        at_work = stack.enter_context(answering(settings, database, discovered()))
        if port is not None:
            serving = stack.enter_context(serving_web(at_work.desk, port))
            typer.echo(f"The public web is at {web_host}, port {serving.port}, and outside at {settings.public_url}")
        typer.echo("Rekindle is connected to Slack. Ctrl-C ends it.")
        wait_for_the_end()


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page on this machine; 0 takes any free one.")] = 4400,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser where there is one.")] = True,
) -> None:
    """Try Rekindle on this machine, without Slack, with made-up customers that begin anew at each start."""
    import secrets
    import tempfile
    import webbrowser

    from pydantic import SecretStr

    from bot import web as public_web
    from bot.first_morning import begin
    from bot.settings import Settings
    from sandbox.demo.setup import prepared
    from sandbox.mailbox import post_office
    from sandbox.server import serve
    from words.errors import FixSetup

    plugs = discovered()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rekindle-demo-")))
        workspace, installation = prepared(manifest_of(plugs))
        stack.callback(workspace.close)
        try:
            serving = stack.enter_context(serve(workspace, port=port))
        except OSError as taken:
            raise FixSetup("Port {port} is taken. Choose another one: rekindle demo --port 0", port=port) from taken
        public, secret = stack.enter_context(public_web.listen(0)), secrets.token_urlsafe()
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
        database = stack.enter_context(opened(settings))
        import_demo(settings, database, folder)
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
        if browser and can_show_a_page():
            webbrowser.open(serving.url)
        wait_for_the_end()


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
    with opened(settings) as database, progress_bar() as tell:
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
        typer.echo(backtest_own(days or 90, precision))
        return
    if orders is None or since is None or horizon is None or out is None or days is not None:
        raise typer.BadParameter(
            "a file is judged with --orders FILE --from YYYY-MM-DD --horizon DAYS --out FILE, a database with --days."
        )
    from customers.judgement.alerts_on_files import backtest, told

    typer.echo(told(backtest(orders, since.date(), horizon, out, precision)))


@cli.command("jobs")
def list_jobs() -> None:
    """List what the program does by itself."""
    import jobs
    import plugins
    from bot.job_runs import listing

    told = listing(plugins.discover(jobs, plugins.Job), list(plugins.discover(jobs, plugins.MorningJob).values()))
    typer.echo("\n".join(told))


job = typer.Typer(no_args_is_help=True, help="Run what the program does by itself, by hand.")
cli.add_typer(job, name="job")


@job.command("run")
def run_job(
    name: Annotated[str, typer.Argument(help="A name that `rekindle jobs` lists.", metavar="NAME")],
    now: Annotated[
        str | None, typer.Option(help="Take this moment (ISO 8601) for the present one.", metavar="ISO")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be said to whom; say nothing.")] = False,
) -> None:
    """Run one job now: those whose morning it is are told."""
    from datetime import UTC

    import jobs
    import plugins
    from bot import job_runs
    from bot.settings import load
    from words.errors import FixSetup

    settings = load()
    real = datetime.now(UTC)
    ahead = job_runs.moment(now, settings.zone, real) - real if now else timedelta()
    plain, of_mornings = plugins.discover(jobs, plugins.Job), plugins.discover(jobs, plugins.MorningJob)
    chosen = job_runs.known(name, plain, of_mornings)
    if not dry_run and not settings.slack_bot_token.get_secret_value():
        raise FixSetup("SLACK_BOT_TOKEN must be set, in the environment or in .env; --dry-run goes without it.")
    with (
        opened(settings) as database,
        working(
            settings,
            database,
            discovered(),
            clock=lambda: datetime.now(UTC) + ahead,
            delivery_clock=job_runs.AsIf(ahead),
            offline=dry_run,
        ) as at_work,
    ):
        desk, mornings = at_work.desk, at_work.mornings
        told = (
            job_runs.rehearse(desk, chosen, mornings)
            if dry_run
            else job_runs.run(desk, chosen, mornings, at_work.dispatcher)
        )
        for line in told:
            typer.echo(line)


privacy = typer.Typer(no_args_is_help=True, help="Export, erase or see who looked: what privacy officers do in Slack.")
cli.add_typer(privacy, name="privacy")
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

    with offline_desk() as desk:
        for path in privacy_terminal.export(desk, privacy_terminal.officer(desk, by), customer, out, language):
            typer.echo(str(path))


@privacy.command("looks")
def looks_at_customer(customer: Named, by: Officer) -> None:
    """List who looked at a customer, when and how."""
    from bot import privacy_terminal

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

    if not yes:
        raise typer.BadParameter("erasing cannot be undone; say --yes to do it.", param_hint="--yes")
    with offline_desk() as desk:
        for line in privacy_terminal.erase(desk, privacy_terminal.officer(desk, by), customer):
            typer.echo(line)


@cli.command()
def grant(email: str, role: Role) -> None:
    """Give a person a role, by the e-mail address that they have in Slack; creates the person if unknown."""
    from bot.settings import load
    from customers import reps

    if "@" not in email:
        raise typer.BadParameter(f"“{email}” is no e-mail address.")
    with opened(load()) as database, database.transaction() as db:
        changed = reps.grant(db, email, role.value)
    typer.echo(f"{email} is {'now' if changed else 'already'} {role.value}.")


@cli.command()
def manifest() -> None:
    """Print the manifest for your Slack app (JSON)."""
    import json

    typer.echo(json.dumps(manifest_of(discovered()), indent=2, ensure_ascii=False))


@cli.command()
def settings() -> None:
    """Print every setting with its default, as a .env file."""
    from bot.settings import as_env_file

    typer.echo(as_env_file(), nl=False)


@contextmanager
def offline_desk() -> Iterator[Desk]:
    """A desk for the terminal: what it plans for Slack is said by the bot that runs."""
    from bot.settings import load

    settings = load()
    with opened(settings) as database, working(settings, database, discovered(), offline=True) as at_work:
        yield at_work.desk


def backtest_own(days: int, precision: float | None) -> str:
    """What the alerts would have been worth on the tenant's own orders."""
    import os

    # The matrices are narrow: several threads would only wait for each other. Must be said before numpy is loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bot.cards.backtest import lines
    from bot.settings import load
    from customers import shadowing
    from words.speech import Speech

    settings = load()
    with opened(settings) as database, database.reading() as db:
        found = shadowing.backtest(db, today_of(settings), days, settings.rules, precision=precision)
    return "\n".join(lines(found, Speech(), names=True))


def discovered() -> Plugs:
    """Find everything that people can do."""
    import commands
    import plugins
    from bot.app import Plugs

    return Plugs(
        plugins.discover(commands, plugins.Command),
        plugins.discover(commands, plugins.Button),
        plugins.discover(commands, plugins.Form),
        plugins.discover(commands, plugins.TypeAhead),
        plugins.discover(commands, plugins.Shortcut),
    )


def manifest_of(plugs: Plugs) -> dict[str, Any]:
    """Slack's app manifest for what was discovered."""
    from bot.manifest import manifest

    return manifest(plugs)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, created or brought up to date."""
    from database.engine import Database
    from database.upgrade import prepare

    database = Database(settings.database_url)
    try:
        prepare(database)
        yield database
    finally:
        database.close()


@contextmanager
def answering(
    settings: Settings,
    database: Database,
    plugs: Plugs,
    *,
    clock: Callable[[], datetime] | None = None,
    delivery_clock: Clock | None = None,
    ticks: bool = True,
) -> Iterator[Working]:
    """Be connected to Slack, run the jobs and send what is due, until the end of the block.

    Tests hand in other clocks, and tick by hand.
    """
    from bot import schedule
    from bot.app import Edge
    from bot.connection import connected

    with working(settings, database, plugs, clock=clock, delivery_clock=delivery_clock) as at_work:
        desk = at_work.desk
        desk.freshness.catch_up(desk.today)
        edge = Edge(at_work.client, desk, plugs)
        at_work.dispatcher.start()
        ticker = schedule.start(at_work.jobs, settings.time_zone) if ticks else None
        try:
            with connected(edge.app, settings, edge.arrived):
                yield at_work
        finally:
            if ticker is not None:
                ticker.shutdown(wait=True)
            edge.close()


@contextmanager
def working(
    settings: Settings,
    database: Database,
    plugs: Plugs,
    *,
    clock: Callable[[], datetime] | None = None,
    delivery_clock: Clock | None = None,
    offline: bool = False,
) -> Iterator[Working]:
    """Everything that jobs need, joined but not yet started; at the end what is being sent is finished.

    `offline` asks Slack nothing: for showing what would be said.
    """
    from datetime import UTC

    import jobs
    import plugins
    from bot import schedule
    from bot.app import web_client
    from bot.channels import channels
    from bot.checked import Checked
    from bot.courtesy import Courtesy
    from bot.desk import Desk
    from bot.directory import Directory
    from bot.freshness import Freshness
    from bot.mornings import Mornings
    from bot.people import People
    from bot.post import SlackPosts
    from care.sending import Gate
    from customers.looks import Looks
    from delivery import SLACK
    from delivery.dispatcher import Dispatcher

    customers_by = channels(settings)  # what is missing there is said before anything is connected
    rules, client, now = settings.rules, web_client(settings), clock or (lambda: datetime.now(UTC))
    people = People(client, database, settings, now, team_id="" if offline else None)
    dispatcher = Dispatcher(
        database,
        {SLACK: SlackPosts(client, timeout=settings.send_timeout), **customers_by},
        check=Checked(Courtesy(database, settings, now), Gate(database, settings.outreach, now)),
        numbers=settings.leasing,
        workers=settings.send_workers,
        clock=delivery_clock,
    )
    desk = Desk(
        settings=settings,
        database=database,
        looks=Looks(database),
        rules=rules,
        freshness=Freshness(database, rules, settings.home_currency),
        people=people,
        commands=plugs.commands,
        clock=now,
        wake=dispatcher.wake,
    )
    directory = None if offline else Directory(client, database, people.team_id)
    mornings = Mornings(desk, directory, plugins.discover(jobs, plugins.MorningJob))
    at_work = Working(
        client, desk, mornings, dispatcher, schedule.Jobs(desk, plugins.discover(jobs, plugins.Job), mornings)
    )
    try:
        yield at_work
    finally:
        dispatcher.stop()


@contextmanager
def serving_web(desk: Desk, listening: socket) -> Iterator[Serving]:
    """The public web at a port; what it learns of messages shows on their cards."""
    from bot import web
    from bot.redrawing import Redrawing

    with (
        Redrawing(desk) as redrawing,
        web.serve(desk.settings, desk.database, desk.clock, redrawing.soon, listening) as serving,
    ):
        yield serving


def import_demo(settings: Settings, database: Database, folder: Path) -> None:
    """Bring the demo's customers in."""
    from bot.importing import import_files
    from sandbox.demo.data import write

    outcome = import_files(settings, database, write(folder, today_of(settings)))
    if outcome.exit_code:
        raise RuntimeError(outcome.summary())


def can_show_a_page() -> bool:
    """Whether this machine has a screen that a browser could open on."""
    import os

    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def today_of(settings: Settings) -> Any:
    """The tenant's local day."""
    from datetime import UTC, datetime

    return datetime.now(UTC).astimezone(settings.zone).date()


def wait_for_the_end() -> None:
    """Return on Ctrl-C or SIGTERM."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    # A signal may reach another thread, and this one runs its handler only when it wakes up by itself.
    while not end.wait(1):
        pass


def main() -> None:
    """Run the program; what an operator must mend is one line and exit 2, what was asked wrongly exit 1."""
    import os

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
        from bot.app import noted

        typer.echo(f"rekindle: something went wrong; the reference to it is {noted(failure)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
