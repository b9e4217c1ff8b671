"""Runs the benches, prints each figure beside its limit, and ends with 1 if a limit is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import digests, facts, importing, lookup, mornings, occasions, program, segments
from benchmarks.bench import Bench
from benchmarks.faults import bench as faults
from benchmarks.faults import speed
from benchmarks.figures import Report
from benchmarks.outreach import bench as outreach

BENCHES: dict[str, Callable[[Bench], None]] = {
    "import": importing.bench,
    "lookup": lookup.bench,
    "segment": segments.bench,
    "facts": facts.bench,
    "program": program.bench,
}
CUSTOMERS = 100_000
JUDGEMENT = "judgement"  # is measured apart from the others, on data of its own
# These have arguments of their own and need no tenant.
APART: dict[str, Callable[[Sequence[str]], int]] = {
    "faults": faults.main,
    "dispatch": speed.main,
    "mornings": mornings.main,
    "digest": digests.main,
    "occasions": occasions.main,
    "outreach": outreach.main,
}
LARGE = 200  # MiB, the size up to which an import is promised to stay small and fast


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; all but `program` need the tenant, which is imported first unless --folder has it."""
    if arguments and arguments[0] in APART:
        return APART[arguments[0]](arguments[1:])
    said = _parser().parse_args(arguments)
    if said.bench == JUDGEMENT:
        return _judge(said)
    with tempfile.TemporaryDirectory(prefix="rekindle-benchmarks-") as temporary:
        folder = Path(said.folder or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        run = Bench(
            customers=CUSTOMERS if said.customers is None else said.customers,
            orders=said.orders,
            large=0 if said.small else LARGE,
            asks=said.asks,
            crowd=said.crowd,
            folder=folder,
            database_url=said.database_url or f"sqlite:///{folder / 'rekindle.db'}",
            seed=said.seed,
            report=Report(),
        )
        chosen = list(BENCHES) if said.bench == "all" else [said.bench]
        full = folder / "imported"
        if chosen == ["program"] or (full.exists() and said.bench != "import"):
            chosen = [name for name in chosen if name != "import"]
        elif "import" not in chosen:
            chosen.insert(0, "import")
        if "import" in chosen:
            _clear(folder)
        for name in chosen:
            BENCHES[name](run)
            if name == "import":
                full.touch()
        print(f"\n{len(run.report.missed)} of {len(run.report.figures)} figures outside of their limits", flush=True)
        return 1 if run.report.missed else 0


def _judge(said: argparse.Namespace) -> int:
    """Measure the judgement, which needs no tenant but the evaluation data; without them only its speed is measured."""
    from benchmarks.judgement import compare  # the only bench that needs pandas

    report = Report()
    with tempfile.TemporaryDirectory(prefix="rekindle-benchmarks-") as temporary:
        folder = Path(said.folder or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if said.data:
            data = _evaluation(Path(said.data).resolve())
            compare.compare(data, folder, report)
            compare.alerts(data, folder, report)
        else:
            report.note("--data names no folder with the evaluation data: only the speed is measured")
        compare.scale(1_000_000 if said.customers is None else said.customers, folder, report)
    print(f"\n{len(report.missed)} of {len(report.figures)} figures outside of their limits", flush=True)
    return 1 if report.missed else 0


def _evaluation(named: Path) -> Path:
    """The folder that holds `purchases`, whether that one or `purchases` itself was named."""
    for folder in (named, named.parent):
        if (folder / "purchases").is_dir() and named in (folder, folder / "purchases"):
            return folder
    sys.exit(f"--data {named}: there is no folder “purchases” in it. Name the folder of the evaluation data.")


def _clear(folder: Path) -> None:
    """Take away what an earlier run left in the folder, also one that was ended half-way."""
    for pattern in ("imported", "rekindle.db*", "copy.db*"):
        for left in folder.glob(pattern):
            left.unlink()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bench", nargs="?", default="all", choices=["all", *BENCHES, JUDGEMENT, *APART])
    parser.add_argument("--customers", type=int, help=f"{CUSTOMERS:,} unless said; the judgement takes a million")
    parser.add_argument("--data", help="the folder of the evaluation data, for the judgement")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--database-url", help="an empty PostgreSQL database; SQLite in the folder otherwise")
    parser.add_argument("--seed", type=int, default=20, help="for everything that is drawn by chance")
    parser.add_argument("--asks", type=int, default=1_000, help="look-ups one after the other")
    parser.add_argument("--crowd", type=int, default=50, help="people who ask at once")
    parser.add_argument("--small", action="store_true", help="leave the file of 200 MB out")
    parser.add_argument("--folder", help="keep the data here, and use what is there already")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
