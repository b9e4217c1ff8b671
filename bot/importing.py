"""Shows an import in the terminal: progress while it runs, the outcome at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bot.settings import Settings
from database.engine import Database
from sources.importing import Options, run
from sources.outcome import Outcome


def import_files(
    settings: Settings,
    database: Database,
    files: Sequence[Path],
    options: Options | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Outcome:
    """Import files as the settings say; raises `BadInput` for what is wrong with a file as a whole."""
    return run(
        database,
        files,
        options or Options(),
        home_currency=settings.home_currency,
        default_region=settings.default_region,
        today=datetime.now(UTC).astimezone(settings.zone).date(),
        rules=settings.rules,
        progress=progress,
        zone=settings.zone,
    )


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar on stderr where that is a terminal: told a step and how much of it is done (0 to 1)."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console,
        transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    steps: dict[str, int] = {}
    with bar:

        def tell(step: str, share: float) -> None:
            if step not in steps:
                steps[step] = bar.add_task(step, total=1.0)
            bar.update(steps[step], completed=share)  # type: ignore[arg-type]  # TaskID is an int

        yield tell
