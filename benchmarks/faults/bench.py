"""One run of the fault bench: plan, harm, wait, count, and one line that says what came of it."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults import plan as plans
from benchmarks.faults.count import Counted, count, planned_so_far, unfinished
from benchmarks.faults.databases import Troubled, troubled
from benchmarks.faults.harm import Harm
from benchmarks.faults.numbers import LEASE, TIMEOUT, Numbers
from benchmarks.faults.without import TAKE_OUT
from database.engine import Database
from database.upgrade import prepare
from delivery.dying import POINTS
from delivery.handling import DATABASE_FAILS
from sandbox.faults import Wrong
from sandbox.records import Installation
from sandbox.server import serve
from sandbox.workspace import Workspace

# The shares of calls that go wrong.
POSTS, READS = 0.15, 0.2
# An app that hears nothing has given up by then; a late post is stored up to a quarter of a lease after it was sent.
SILENCE, LATE = 1.5 * TIMEOUT, (TIMEOUT, LEASE / 4)
# Leases after the last fault by which everything must be final.
SETTLED_WITHIN = 3 * LEASE
# Times the length of the plan after which harm ends, whatever was not hit.
LONGEST = 5.0
# Messages that may be left when harm ends, to be said in peace, and the seconds between two looks at them.
MOST_LEFT, LOOK = 150, 1.0
MANIFEST = {
    "display_information": {"name": "Rekindle"},
    "oauth_config": {"scopes": {"bot": ["chat:write", "im:write", "im:history"]}},
}


def main(arguments: Sequence[str]) -> int:
    """Run once; 0 if nothing was lost, said twice, late, leaked or stuck, and harm came at every named point."""
    said = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="rekindle-faults-") as temporary:
        folder = Path(temporary)
        with troubled(said.database_url, folder) as database:
            numbers = Numbers(said.seed, said.messages, said.replicas, said.hits, database.url, folder, said.without)
            return _run(numbers, database)


def _run(numbers: Numbers, troubling: Troubled) -> int:
    # Replicas are forked from a process that has imported everything and has no threads: each is born at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.faults.replica"])
    database = Database(numbers.database_url)
    prepare(database)
    workspace, installation = _workspace(numbers)
    wrong = Wrong(numbers.seed, posts=POSTS, reads=READS, silence=SILENCE, late=LATE)
    workspace.faults = wrong
    with serve(workspace) as serving:
        people = [person.id for person in workspace.people.values() if not person.is_bot]
        planning = context.Process(target=plans.write, args=(numbers, people, time.time()))
        planning.start()
        planning.join()
        plan = plans.read(numbers.plan)

        def close_history(closed: bool) -> None:
            wrong.closed = closed

        def come_through() -> int:
            return sum(len(channel.messages) for channel in list(workspace.channels.values()))

        addressed = (serving.api_url, installation.bot_token)
        harm = Harm(numbers, context, addressed, troubling, close_history, come_through)
        try:
            began = time.monotonic()
            _harm(harm, numbers, database)
            wrong.end()
            harm.calm()
            _settle(harm, len(plan), database)
        finally:
            harm.end()
        counted = count(plan, workspace, database)
    workspace.close()
    database.close()
    _tell(numbers, harm, wrong, counted, time.monotonic() - began)
    return 0 if counted.clean and (harm.enough or numbers.without) else 1


def _workspace(numbers: Numbers) -> tuple[Workspace, Installation]:
    workspace = Workspace()
    installation = workspace.install(MANIFEST)
    for number in range(numbers.recipients):
        workspace.add_person(f"reader{number}")
    return workspace, installation


def _harm(harm: Harm, numbers: Numbers, database: Database) -> None:
    """Harm until most messages have come through and every named point was hit often enough, or no message is left."""
    began = looked = time.monotonic()
    while (passed := time.monotonic() - began) < numbers.seconds * LONGEST:
        harm.step()
        if passed > numbers.seconds and time.monotonic() - looked > LOOK:
            looked = time.monotonic()
            left = _left(database, numbers.messages)
            if not left or (left < MOST_LEFT and (harm.enough or numbers.without)):
                return


def _left(database: Database, planned: int) -> int:
    """How many messages are not final; all, while the database is away."""
    try:
        return planned - planned_so_far(database) + unfinished(database)
    except DATABASE_FAILS:
        return planned


def _settle(harm: Harm, planned: int, database: Database) -> None:
    """Let everything come to its end in peace."""
    until = time.monotonic() + SETTLED_WITHIN
    while time.monotonic() < until and _left(database, planned):
        harm.step()


def _tell(numbers: Numbers, harm: Harm, wrong: Wrong, counted: Counted, seconds: float) -> None:
    points = " ".join(f"{point.replace(' ', '-')}={harm.hits[point]}" for point in POINTS)
    print(f"points: {points}", file=sys.stderr)
    if not (harm.enough or numbers.without):
        print(f"not every point was hit {numbers.hits} times: --messages N with a larger N helps", file=sys.stderr)
    for name, times in sorted(wrong.counted.items()):
        print(f"  {times:5} {name}", file=sys.stderr)
    print(
        f"woken={harm.woken} database_troubles={harm.troubles} clock_steps={harm.clock_steps} "
        f"given_up_in_time={counted.skipped} seconds={seconds:.0f}",
        file=sys.stderr,
    )
    print(
        f"seed={numbers.seed} faults={wrong.counted.total()} kills={harm.kills} planned={counted.planned} "
        f"lost={counted.lost} duplicated={counted.duplicated} late={counted.late} leaked={counted.leaked} "
        f"stuck={counted.stuck}",
        flush=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="for everything that is drawn by chance")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--hits", type=int, default=10, help="how often each named point is hit at least")
    parser.add_argument(
        "--database-url",
        default="",
        help="an empty database; SQLite in a folder of its own otherwise; postgresql:// starts a server of its own",
    )
    parser.add_argument("--without", default="", choices=["", *TAKE_OUT], help="take this protection out")
    return parser
