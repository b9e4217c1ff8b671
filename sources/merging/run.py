"""One import while it is being merged: who is rejected and why, and whose facts will have to be computed anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Executable, Select, Table, bindparam, delete, func, select

from customers.tables import customers
from sources.faults import Fault, Faults, Wrong
from sources.intake import Waiting
from words.speech import message

# Rows fetched at once where there may be millions of them.
FETCHED = 5_000


@dataclass
class Concerned:
    """Some customers by id, or everybody: beyond a tenth of all, computing everybody anew is cheaper."""

    ids: set[int] = field(default_factory=set)
    everybody: bool = False

    def add(self, ids: Iterable[int], limit: int) -> None:
        """Add some; more than `limit` in all become everybody, and the rest is not even looked at."""
        for customer in ids:
            self.ids.add(customer)
            if len(self.ids) > limit:
                self.everybody = True
                self.ids.clear()
                return

    def only(self, others: Collection[int] = ()) -> set[int] | None:
        """The ids with `others`, or None for everybody."""
        return None if self.everybody else self.ids | set(others)


@dataclass
class Run:
    """What merging a run's files needs besides the rows.

    `now` is when the import began, `region` the country of phone numbers without any, `zone` the tenant's. `touched`
    are the customers whose facts may have changed, `spelled` those for whom the names and other ways to find them may
    have.
    """

    db: Connection
    faults: Faults
    warnings: Faults
    home_currency: str
    region: str
    now: datetime
    skip_bad: bool = False
    zone: tzinfo = UTC
    touched: Concerned = field(default_factory=Concerned)
    spelled: Concerned = field(default_factory=Concerned)
    rejected_late: bool = False
    prices_moved: bool = False  # rates or sums of lines came, so that stored orders may be worth something else

    @property
    def refused(self) -> bool:
        """Whether nothing will be written, so that only what later checks need must be merged."""
        return self.faults.count > 0 and not self.skip_bad

    def reject(self, waiting: Waiting, bad: Select[Any], column: str, reason: Wrong) -> None:
        """Report the waiting rows that `bad` selects (seq, line, value of the cell) and take them out."""
        found = self.db.execute(bad.order_by(waiting.rows.c.seq).execution_options(yield_per=FETCHED))
        header = waiting.header_of.get(column, column)
        before = len(waiting.rejected)
        self.faults.report(self._faults(waiting, found, header, str(reason)))
        gone = waiting.rejected[before:]
        if gone:
            waiting.report.rejected += len(gone)
            self._take_out(waiting, gone)

    def _faults(self, waiting: Waiting, found: Any, header: str, reason: str) -> Iterator[Fault]:
        for seq, line, value in found:
            waiting.rejected.append(seq)
            yield Fault(waiting.report.file, line, header, "" if value is None else str(value), reason)

    def take_out_again(self, waiting: Waiting) -> None:
        """Take out the rejected rows once more, after the tables were rolled back."""
        if waiting.rejected:
            self._take_out(waiting, waiting.rejected)

    def _take_out(self, waiting: Waiting, gone: Any) -> None:
        rows = waiting.rows
        statement = delete(rows).where(rows.c.seq == bindparam("gone"))
        for start in range(0, len(gone), FETCHED):
            self.db.execute(statement, [{"gone": seq} for seq in gone[start : start + FETCHED]])

    def touch(self, ids: Executable, *, spelled: bool = False) -> None:
        """Remember customers whose facts must be computed anew, and with `spelled` also how they can be found."""
        some = self.db.scalar(select(func.count()).select_from(customers)) or 0
        for concerned in (self.touched, self.spelled) if spelled else (self.touched,):
            if not concerned.everybody:
                concerned.add(self.db.scalars(ids, execution_options={"yield_per": FETCHED}), max(some // 10, FETCHED))


def count_changes(run: Run, waiting: Waiting) -> None:
    """Count the new, updated and unchanged rows by what `change` says."""
    rows = waiting.rows
    counts = {0: 0, 1: 0, 2: 0}
    for change, number in run.db.execute(select(rows.c.change, func.count()).group_by(rows.c.change)):
        counts[change or 0] += number
    waiting.report.unchanged, waiting.report.updated, waiting.report.added = counts[0], counts[1], counts[2]


def repeated(rows: Table, *key: Any) -> Any:
    """Condition: an earlier row of the same file has the same key; rows without a key never repeat."""
    nr = func.row_number().over(partition_by=key, order_by=rows.c.seq).label("nr")
    numbered = select(rows.c.seq, nr).where(*(column.is_not(None) for column in key)).subquery()
    return rows.c.seq.in_(select(numbered.c.seq).where(numbered.c.nr > 1))


def reject_repeated_ids(run: Run, waiting: Waiting) -> None:
    """Reject rows whose id stands in an earlier line of the same file already."""
    if waiting.repeats_keys():
        rows = waiting.rows
        twice = select(rows.c.seq, rows.c.line, rows.c.key).where(repeated(rows, rows.c.key))
        run.reject(waiting, twice, "id", Wrong(message("repeats the id of an earlier line")))
