"""Finds the stored records that a file's rows mean, and merges the rows into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, insert, literal, or_, select, update

from customers.folding import fold
from customers.tables import customers, orders, products, reps
from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging.erased import reject_about_erased
from sources.merging.run import FETCHED, Run
from words.speech import message


def find_referred(run: Run, waiting: Waiting, field: str) -> None:
    """Find the records that a column refers to: by key, and customers and products also by folded name."""
    references = waiting.references[field].table
    target = _target(waiting, field)
    key = target.c.email if target is reps else target.c.key
    run.db.execute(
        update(references).values(id=select(target.c.id).where(key == references.c.text).scalar_subquery(), several=1)
    )
    if target is customers or target is products:
        _find_by_name(run, references, target)


def _target(waiting: Waiting, field: str) -> Table:
    reads = next(known.reads for known in waiting.columns.fields.values() if known.name == field)
    return {"customer": customers, "product": products, "order": orders, "rep": reps}[reads]


def _find_by_name(run: Run, references: Table, target: Table) -> None:
    left = select(references.c.nr, references.c.text).where(references.c.id.is_(None))
    for some in run.db.execute(left.execution_options(yield_per=FETCHED)).partitions():
        folded = [{"at": nr, "name": fold(text)} for nr, text in some]
        named = update(references).where(references.c.nr == bindparam("at")).values(folded=bindparam("name"))
        run.db.execute(named, folded)
    same = target.c.folded_name == references.c.folded
    run.db.execute(
        update(references)
        .where(references.c.id.is_(None))
        .values(
            id=select(func.min(target.c.id)).where(same).scalar_subquery(),
            several=select(func.count()).select_from(target).where(same).scalar_subquery(),
        )
    )


def reject_unknown(run: Run, waiting: Waiting, field: str) -> None:
    """Reject rows that refer to a record which is neither stored nor in this run, or to a name that several share."""
    rows, references = waiting.rows, waiting.references[field].table
    doubtful = select(references.c.nr).where(or_(references.c.id.is_(None), references.c.several > 1)).limit(1)
    if run.db.scalar(doubtful) is None:
        return
    if _target(waiting, field) is customers:
        reject_about_erased(run, waiting, field)
    referring = select(rows.c.seq, rows.c.line, references.c.text).join(references, references.c.nr == rows.c[field])
    shared = Wrong(message("is the name of several records: refer to the one that is meant by its id"))
    run.reject(waiting, referring.where(references.c.several > 1), field, shared)
    unknown = Wrong(message("is neither stored nor among the rows that this import can take"))
    run.reject(waiting, referring.where(references.c.id.is_(None)), field, unknown)


def settle(run: Run, waiting: Waiting, field: str) -> None:
    """Find, check and write down (as `<field>_id`) the records that a column refers to, if the file has the column."""
    if field not in waiting.references:
        return
    find_referred(run, waiting, field)
    reject_unknown(run, waiting, field)
    write_down(run, waiting, field)


def write_down(run: Run, waiting: Waiting, field: str) -> None:
    """Write the ids of the records that a column refers to into `<field>_id`."""
    rows, references = waiting.rows, waiting.references[field].table
    found = select(references.c.id).where(references.c.nr == rows.c[field]).scalar_subquery()
    run.db.execute(update(rows).where(rows.c[field].is_not(None)).values({f"{field}_id": found}))


def in_circles(rows: Table, target: Table, field: str) -> Select[Any]:
    """The ids of those records of a file that stand above themselves by `<field>_id`."""
    up = target.c[f"{field}_id"]
    above = (
        select(rows.c.id.label("below"), up.label("id"))
        .join(target, target.c.id == rows.c.id)
        .where(rows.c[field].is_not(None), up.is_not(None))
        .cte("above", recursive=True)
    )
    # UNION drops what was seen before, so a circle ends.
    above = above.union(select(above.c.below, up).join(target, target.c.id == above.c.id).where(up.is_not(None)))
    return select(above.c.below).where(above.c.below == above.c.id)


def match_key(run: Run, waiting: Waiting, target: Table, key: str = "key") -> None:
    """Find the stored record of each row by its key."""
    rows = waiting.rows
    same = select(target.c.id).where(target.c[key] == rows.c[key]).scalar_subquery()
    run.db.execute(update(rows).where(rows.c[key].is_not(None)).values(id=same))


def bring(
    run: Run,
    waiting: Waiting,
    target: Table,
    columns: Sequence[str],
    defaults: Mapping[str, Any],
    new_again: ColumnElement[bool],
) -> None:
    """Write the rows into their table: known ones (`id`) as updates, the others as new records.

    An empty cell leaves what is stored; `defaults` fill the empty cells of new records. `new_again` is the condition by
    which a row finds the record that was just made for it, so that what belongs to it can follow.
    """
    rows, db = waiting.rows, run.db
    differs = or_(*(and_(rows.c[name].is_not(None), target.c[name].is_distinct_from(rows.c[name])) for name in columns))
    changed = select(target.c.id).where(target.c.id == rows.c.id, differs).exists()
    db.execute(update(rows).where(rows.c.id.is_not(None), changed).values(change=1))
    merged = {name: func.coalesce(rows.c[name], target.c[name]) for name in columns}
    db.execute(update(target).where(target.c.id == rows.c.id, rows.c.change == 1).values(merged))
    last = db.scalar(select(func.max(target.c.id))) or 0
    sources = {name: rows.c[name] for name in columns} | {
        name: func.coalesce(rows.c[name], literal(value, target.c[name].type))
        if name in columns
        else literal(value, target.c[name].type)
        for name, value in defaults.items()
    }
    fresh = select(*sources.values()).where(rows.c.id.is_(None)).order_by(rows.c.seq)
    db.execute(insert(target).from_select(list(sources), fresh, include_defaults=False))
    made = select(target.c.id).where(target.c.id > last, new_again).scalar_subquery()
    db.execute(update(rows).where(rows.c.id.is_(None)).values(id=made, change=2))
