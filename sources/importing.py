"""Imports files of customers, orders and the rest: everything is checked first, then written at once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import partial
from pathlib import Path

from customers import facts, money, search_index
from customers.rules import Rules
from customers.writing import collector_resting, take_turns
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
from sources.reading.files import Table, check_encoding, open_table
from words.errors import BadInput, WrongUsage

# Told what is being done and, for a file that is being read, which share of it is done (0 to 1).
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Options:
    """What an operator may say about an import.

    `mapping` is header -> field (an empty field leaves the column out), `date_order` is `dmy` or `mdy`, `decimal` the
    mark (`.` or `,`) that begins the decimals of amounts of money such as 1.234 and 1,234.
    """

    kind: str | None = None
    dry_run: bool = False
    skip_bad: bool = False
    rejects: Path | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None
    decimal: str | None = None


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
    written where a row has a fault, unless `skip_bad`. Raises `BadInput` for what is wrong with a file as a whole, and
    `WrongUsage` for options that cannot be meant.
    """
    tables = _understood(files, options)
    outcome = Outcome([], dry_run=options.dry_run, skip_bad=options.skip_bad)
    outcome.rejects = None if options.rejects is None else str(options.rejects)
    with Faults(options.rejects) as faults, Faults(None) as warnings, staging.workbench(database) as db:
        waiting = []
        for number, (table, columns) in enumerate(tables):
            setting = Setting(table.name, home_currency, options.date_order, zone, today, options.decimal)
            tell = _teller(progress, f"Reading {table.path.name}")
            with collector_resting():
                waiting.append(take_in(db, table, columns, setting, default_region, number, faults, warnings, tell))
        outcome.files = [file.report for file in waiting]
        merging = Run(db, faults, warnings, home_currency, default_region, datetime.now(UTC), options.skip_bad, zone)
        with staging.writing(db) as undo:
            take_turns(db)  # before any row is touched: whoever computes facts meanwhile touches the same ones
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
    _check_usage(files, options)
    said = _kind_said(options.kind)
    found = []
    for path in files:
        table = open_table(path, options.encoding)
        if table.first(table.rows()) is None:
            raise BadInput("{file} has a header, but no rows: there is nothing to import.", file=path)
        kind = said or headers.guess_kind(table.header, options.mapping, table.name)
        found.append((table, headers.recognise(table.header, kind, options.mapping, table.name)))
    everywhere = {headers.folded_header(header) for table, _ in found for header in table.header}
    for header in options.mapping:
        if headers.folded_header(header) not in everywhere:
            raise WrongUsage(
                "--map {header}: no file has such a header. The headers are: {headers}.",
                header=header,
                headers=", ".join(header for table, _ in found for header in table.header),
            )
    return found


def _check_usage(files: Sequence[Path], options: Options) -> None:
    """Refuse what is wrong whatever the files hold."""
    if not files:
        raise WrongUsage("Name at least one file to import.")
    if options.date_order not in (None, DMY, MDY):
        raise WrongUsage("--date-order is dmy (day first) or mdy (month first), not {order}.", order=options.date_order)
    if options.decimal not in (None, ".", ","):
        raise WrongUsage("--decimal is point or comma, not {decimal}.", decimal=options.decimal)
    if options.encoding is not None:
        check_encoding(options.encoding)
    for path in files:
        if options.rejects is not None and path.resolve() == options.rejects.resolve():
            raise WrongUsage("--rejects {file} would overwrite a file that is imported: name another one.", file=path)
    if options.rejects is not None and not options.rejects.absolute().parent.is_dir():
        raise WrongUsage("--rejects {file} is in a folder that does not exist.", file=options.rejects)


def _kind_said(name: str | None) -> Kind | None:
    if name is None:
        return None
    kind = kind_named(name)
    if kind is None:
        raise WrongUsage(
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
    concerned: set[int] = set()
    if run.prices_moved or not money.is_priced(run.db, run.home_currency):  # new orders were priced as they came
        concerned = money.price_orders(run.db, run.home_currency)
    spelled, touched = run.spelled.only(), run.touched.only(concerned)
    if spelled != set():
        search_index.index(run.db, spelled)
    if touched != set():
        facts.refresh(run.db, today=today, rules=rules, only=touched)
