"""Matches customers and products by name, where a file has no ids or first brings them."""

from __future__ import annotations

from sqlalchemy import Table, and_, func, select, update

from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging.run import Run, reject_repeated_ids, repeated
from words.speech import message


def match_names(run: Run, waiting: Waiting, target: Table) -> None:
    """Match the rows that no id matched by folded name, after rejecting rows that repeat each other.

    A row without an id means the one record of that name. A row with an unknown id means the record of that name that
    has no id yet, and gives it this one; otherwise it is new.
    """
    rows = waiting.rows
    _reject_repeated(run, waiting)
    same_name = target.c.folded_name == rows.c.folded_name
    bare = and_(rows.c.key.is_(None), rows.c.folded_name.is_not(None))
    namesakes = select(func.count()).select_from(target).where(same_name).scalar_subquery()
    shared = Wrong(message("is the name of several records: give this row the id of the one that is meant"))
    run.reject(waiting, select(rows.c.seq, rows.c.line, rows.c.name).where(bare, namesakes > 1), "name", shared)
    run.db.execute(update(rows).where(bare).values(id=select(target.c.id).where(same_name).scalar_subquery()))
    adopting = and_(rows.c.key.is_not(None), rows.c.id.is_(None), rows.c.folded_name.is_not(None))
    without_key = select(func.min(target.c.id)).where(same_name, target.c.key.is_(None))
    only_one = without_key.having(func.count() == 1).scalar_subquery()
    twin = rows.alias()
    first = select(func.min(twin.c.seq)).where(twin.c.folded_name == rows.c.folded_name, twin.c.id.is_(None))
    if run.db.scalar(select(target.c.id).where(target.c.key.is_(None)).limit(1)) is not None:
        claims = and_(adopting, rows.c.seq == first.scalar_subquery())
        run.db.execute(update(rows).where(claims).values(id=only_one))
    nameless = and_(rows.c.id.is_(None), rows.c.name.is_(None))
    missing = Wrong(message("is not stored yet, and a new record needs a name"))
    run.reject(waiting, select(rows.c.seq, rows.c.line, rows.c.key).where(nameless), "id", missing)


def _reject_repeated(run: Run, waiting: Waiting) -> None:
    rows = waiting.rows
    reject_repeated_ids(run, waiting)
    bare = and_(rows.c.key.is_(None), repeated(rows, rows.c.folded_name))
    again = select(rows.c.seq, rows.c.line, rows.c.name).where(bare)
    run.reject(waiting, again, "name", Wrong(message("repeats the name of an earlier line")))
    empty = and_(rows.c.key.is_(None), rows.c.name.is_(None))
    nobody = select(rows.c.seq, rows.c.line, rows.c.key).where(empty)
    run.reject(waiting, nobody, "name", Wrong(message("has neither an id nor a name")))
