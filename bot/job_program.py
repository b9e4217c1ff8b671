"""`rekindle jobs` and `rekindle job run`: what the program does by itself, listed and run by hand.

Rooms are imported inside the commands that need them: `rekindle --help` must answer at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

job = typer.Typer(no_args_is_help=True, help="Run what the program does by itself, by hand.")


def list_jobs() -> None:
    """List what the program does by itself."""
    import jobs
    import plugins
    from bot.job_runs import listing

    told = listing(plugins.discover(jobs, plugins.Job), list(plugins.discover(jobs, plugins.MorningJob).values()))
    typer.echo("\n".join(told))


@job.command("run")
def run_job(
    name: Annotated[str, typer.Argument(help="A name that `rekindle jobs` lists.", metavar="NAME")],
    now: Annotated[
        str | None, typer.Option(help="Take this moment (ISO 8601) for the present one.", metavar="ISO")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be said to whom; say nothing.")] = False,
) -> None:
    """Run one job now: those whose morning it is are told."""
    import jobs
    import plugins
    from bot import job_runs
    from bot.joining import discovered, working
    from bot.settings import load
    from database.upgrade import opened
    from words.errors import FixSetup

    settings = load()
    real = datetime.now(UTC)
    ahead = job_runs.moment(now, settings.zone, real) - real if now else timedelta()
    plain, of_mornings = plugins.discover(jobs, plugins.Job), plugins.discover(jobs, plugins.MorningJob)
    chosen = job_runs.known(name, plain, of_mornings)
    if not dry_run and not settings.slack_bot_token.get_secret_value():
        raise FixSetup("SLACK_BOT_TOKEN must be set, in the environment or in .env; --dry-run goes without it.")
    with (
        opened(settings.database_url) as database,
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
