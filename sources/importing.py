"""Imports files of customers, orders and the rest: everything is checked first, then written at once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import partial
from pathlib import Path

from customers import facts, money, search_index
from customers.rules import Rules
from database.engine import Database
from sources.cells.columns import Setting
from sources.cells.dates import DMY, MDY
from sources.faults import Faults
from sources.intake import Waiting, take_in
from sources.kinds import KINDS, Kind, kind_named
from sources.merging import contacts, customers, interactions, lines, orders, people, products, staging
from sources.merging.run import Concerned, Run
from sources.outcome import Outcome
from sources.reading import headers
from sources.reading.files import Table, open_table
from words.errors import BadInput

# Told what is being done and, for a file that is being read, which share of it is done (0 to 1).
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Options:
    """What an operator may say about an import.

    `mapping` is header -> field (an empty field leaves the column out), `date_order` is `dmy` or `mdy`.
    """

    kind: str | None = None
    dry_run: bool = False
    skip_bad: bool = False
    rejects: Path | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None


def run(
    database: Database,
    files: Sequence[Path],
    options: Options,
    *,
    home_currency: str,
    default_region: str,
    today: date,
    rules: Rules,
    progress: Progress | None = None,
    zone: tzinfo = UTC,
) -> Outcome:
    """Import files; returns what came of each.

    `default_region` is the country of phone numbers without one, `zone` that of moments without one. Nothing is
    written where a row has a fault, unless `skip_bad`. Raises `BadInput` for what is wrong with a file as a whole.
    """
    tables = _understood(files, options)
    outcome = Outcome([], dry_run=options.dry_run, skip_bad=options.skip_bad)
    outcome.rejects = None if options.rejects is None else str(options.rejects)
    with Faults(options.rejects) as faults, Faults(None) as warnings, staging.workbench(database) as db:
        waiting = []
        for number, (table, columns) in enumerate(tables):
            setting = Setting(table.name, home_currency, options.date_order, zone, today)
            tell = _teller(progress, f"Reading {table.path.name}")
            waiting.append(take_in(db, table, columns, setting, default_region, number, faults, warnings, tell))
        outcome.files = [file.report for file in waiting]
        merging = Run(db, faults, home_currency, datetime.now(UTC), options.skip_bad)
        with staging.writing(db) as undo:
            _merge_until_settled(merging, waiting, progress)
            outcome.written = not outcome.refused and not options.dry_run
            if outcome.written:
                _finish(merging, today, rules, progress)
            else:
                undo()
        outcome.faults, outcome.fault_count = faults.first, faults.count
        outcome.warnings, outcome.warning_count = warnings.first, warnings.count
    return outcome


def _understood(files: Sequence[Path], options: Options) -> list[tuple[Table, headers.Columns]]:
    if not files:
        raise BadInput("Name at least one file to import.")
    if options.date_order not in (None, DMY, MDY):
        raise BadInput("--date-order is dmy (day first) or mdy (month first), not {order}.", order=options.date_order)
    said = _kind_said(options.kind)
    found = []
    for path in files:
        if options.rejects is not None and path.resolve() == options.rejects.resolve():
            raise BadInput("--rejects {file} would overwrite a file that is imported: name another one.", file=path)
        table = open_table(path, options.encoding)
        if next(table.rows(), None) is None:
            raise BadInput("{file} has a header, but no rows: there is nothing to import.", file=path)
        kind = said or headers.guess_kind(table.header, options.mapping, table.name)
        found.append((table, headers.recognise(table.header, kind, options.mapping, table.name)))
    everywhere = {headers.folded_header(header) for table, _ in found for header in table.header}
    for header in options.mapping:
        if headers.folded_header(header) not in everywhere:
            raise BadInput(
                "--map {header}: no file has such a header. The headers are: {headers}.",
                header=header,
                headers=", ".join(header for table, _ in found for header in table.header),
            )
    return found


def _kind_said(name: str | None) -> Kind | None:
    if name is None:
        return None
    kind = kind_named(name)
    if kind is None:
        raise BadInput(
            "There is no kind {kind}. The kinds are: {kinds}.",
            kind=name,
            kinds=", ".join(known.name for known in KINDS),
        )
    return kind


def _teller(progress: Progress | None, step: str) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress(step, share)


def _merge_until_settled(run: Run, files: Sequence[Waiting], progress: Progress | None) -> None:
    """Merge all files; where rows had to be rejected after others were merged, once more without them."""
    while True:
        run.rejected_late = False
        savepoint = run.db.begin_nested()
        _merge(run, files, progress)
        if not (run.rejected_late and run.skip_bad):
            savepoint.commit()
            return
        savepoint.rollback()
        run.touched, run.spelled = Concerned(), Concerned()
        for waiting in files:
            run.take_out_again(waiting)


def _merge(run: Run, files: Sequence[Waiting], progress: Progress | None) -> None:
    by_kind = {kind.name: [file for file in files if file.kind == kind.name] for kind in KINDS}
    without_amount = any(not file.has("amount") for file in by_kind["orders"])
    merging: dict[str, Callable[[Run, Sequence[Waiting]], None]] = {
        "reps": people.merge,
        "customers": customers.merge,
        "contacts": contacts.merge,
        "products": products.merge,
        "rates": products.merge_rates,
        "orders": partial(orders.merge, lines_follow=bool(by_kind["order-lines"] or without_amount)),
        "order-lines": lines.merge,
        "interactions": interactions.merge,
    }
    for kind, merge in merging.items():
        if by_kind[kind]:
            if progress is not None:
                progress(f"Checking {kind}", 0)
            merge(run, by_kind[kind])
        if kind == "order-lines":
            lines.add_up(run, by_kind["orders"], by_kind["order-lines"])


def _finish(run: Run, today: date, rules: Rules, progress: Progress | None) -> None:
    """Bring everything up to date that is computed from what was imported."""
    if progress is not None:
        progress("Computing the facts", 0)
    concerned = money.price_orders(run.db, run.home_currency)
    spelled, touched = run.spelled.only(), run.touched.only(concerned)
    if spelled != set():
        search_index.index(run.db, spelled)
    if touched != set():
        facts.refresh(run.db, today=today, rules=rules, only=touched)
