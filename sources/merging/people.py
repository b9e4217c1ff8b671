"""Merges the tenant's own people: reps, managers, operators, privacy officers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from customers.reps import ROLES
from customers.tables import reps
from sources.faults import Wrong
from sources.intake import Waiting
from sources.merging.matching import bring, find_referred, in_circles, match_key, reject_unknown, write_down
from sources.merging.run import Run, count_changes, repeated
from words.speech import message

COLUMNS = ("email", "name", "roles", "team", "country", "time_zone", "language", "active")


def merge(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of reps; managers may stand anywhere in them."""
    for waiting in files:
        rows = waiting.rows
        twice = Wrong(message("repeats the e-mail address of an earlier line"))
        run.reject(
            waiting, select(rows.c.seq, rows.c.line, rows.c.email).where(repeated(rows, rows.c.email)), "email", twice
        )
        match_key(run, waiting, reps, "email")
        _keep_roles(run, waiting)
        bring(run, waiting, reps, COLUMNS, {"roles": "rep", "active": True}, reps.c.email == rows.c.email)
    for waiting in files:
        if "manager" in waiting.references:
            _set_managers(run, waiting)
        count_changes(run, waiting)


def _keep_roles(run: Run, waiting: Waiting) -> None:
    """Add the stored roles to those of the file: an import takes away no role that somebody was granted."""
    rows = waiting.rows
    both = select(rows.c.seq, rows.c.roles, reps.c.roles.label("stored")).join(reps, reps.c.id == rows.c.id)
    for row in run.db.execute(both.where(rows.c.roles.is_not(None), rows.c.roles != reps.c.roles)).all():
        together = {*row.roles.split(","), *row.stored.split(",")}
        ordered = ",".join(role for role in ROLES if role in together)
        run.db.execute(update(rows).where(rows.c.seq == row.seq).values(roles=ordered))


def _set_managers(run: Run, waiting: Waiting) -> None:
    rows, references = waiting.rows, waiting.references["manager"].table
    find_referred(run, waiting, "manager")
    before = waiting.report.rejected
    own = select(rows.c.seq, rows.c.line, references.c.text).join(references, references.c.nr == rows.c.manager)
    run.reject(
        waiting, own.where(references.c.id == rows.c.id), "manager", Wrong(message("is this person's own address"))
    )
    reject_unknown(run, waiting, "manager")
    write_down(run, waiting, "manager")
    known = rows.c.manager_id.is_not(None)
    differs = select(reps.c.id).where(reps.c.id == rows.c.id, reps.c.manager_id.is_distinct_from(rows.c.manager_id))
    run.db.execute(update(rows).where(known, rows.c.change.is_(None), differs.exists()).values(change=1))
    run.db.execute(update(reps).where(reps.c.id == rows.c.id, known).values(manager_id=rows.c.manager_id))
    run.reject(
        waiting,
        own.where(rows.c.id.in_(in_circles(rows, reps, "manager"))),
        "manager",
        Wrong(message("makes this person report to themselves")),
    )
    run.rejected_late = run.rejected_late or waiting.report.rejected > before
