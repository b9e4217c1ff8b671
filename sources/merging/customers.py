"""Merges customers with what stands in the same row: parent, owner, tags, consent, a contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, insert, or_, select, update

from customers.erased import Erased, hashes_of_contact_row
from customers.folding import fold
from customers.tables import contacts, customer_tags, customers
from sources.faults import Wrong
from sources.intake import BATCH, Waiting
from sources.merging.consents import record_consents
from sources.merging.erased import ERASED, reject_erased
from sources.merging.matching import bring, find_referred, in_circles, match_key, reject_unknown, settle, write_down
from sources.merging.naming import match_names
from sources.merging.phones import read_phones
from sources.merging.run import Run, count_changes
from words.speech import message

COLUMNS = (
    "key", "name", "folded_name", "kind", "owner_id", "industry", "size", "region", "city", "country", "source",
    "email", "phone", "birthday", "birthday_is_lunar", "birthday_year_known", "language", "time_zone", "credit_limit",
    "overdue",
)  # fmt: skip


def merge(run: Run, files: Sequence[Waiting]) -> None:
    """Merge all files of customers; parents may stand anywhere in them."""
    for waiting in files:
        rows = waiting.rows
        settle(run, waiting, "owner")
        match_key(run, waiting, customers)
        reject_erased(run, waiting)
        match_names(run, waiting, customers)
        read_phones(run, waiting, rows.c.id)
        defaults = {"kind": "company", "birthday_is_lunar": False, "birthday_year_known": True, "created_at": run.now}
        new = or_(
            customers.c.key == rows.c.key,
            and_(rows.c.key.is_(None), customers.c.key.is_(None), customers.c.folded_name == rows.c.folded_name),
        )
        bring(run, waiting, customers, COLUMNS, defaults, new)
    for waiting in files:
        if "parent" in waiting.references:
            _set_parents(run, waiting)
        _add_tags(run, waiting)
        _add_contacts(run, waiting)
        record_consents(run, waiting)
        count_changes(run, waiting)
        run.touch(select(waiting.rows.c.id).where(waiting.rows.c.change > 0), spelled=True)


def _set_parents(run: Run, waiting: Waiting) -> None:
    rows = waiting.rows
    find_referred(run, waiting, "parent")
    before = waiting.report.rejected
    reject_unknown(run, waiting, "parent")
    write_down(run, waiting, "parent")
    same, known = customers.c.id == rows.c.id, rows.c.parent_id.is_not(None)
    differs = customers.c.parent_id.is_distinct_from(rows.c.parent_id)
    # The parent before and the parent after add up other children now.
    run.touch(select(customers.c.parent_id).where(same, known, differs, customers.c.parent_id.is_not(None)).distinct())
    moved = select(customers.c.id).where(same, differs).exists()
    run.db.execute(update(rows).where(known, rows.c.change.is_(None), moved).values(change=1))
    run.db.execute(update(customers).where(same, known).values(parent_id=rows.c.parent_id))
    _reject_circles(run, waiting)
    run.rejected_late = run.rejected_late or waiting.report.rejected > before


def _reject_circles(run: Run, waiting: Waiting) -> None:
    """Reject rows whose customer would stand above itself."""
    rows, references = waiting.rows, waiting.references["parent"].table
    circle = in_circles(rows, customers, "parent")
    named = select(rows.c.seq, rows.c.line, references.c.text).join(references, references.c.nr == rows.c.parent)
    run.reject(
        waiting, named.where(rows.c.id.in_(circle)), "parent", Wrong(message("makes this customer its own parent"))
    )


def _add_tags(run: Run, waiting: Waiting) -> None:
    """Add tags that are not there yet; an import never takes one away."""
    if not waiting.has("tags"):
        return
    rows, db = waiting.rows, run.db
    tagged = select(rows.c.id, rows.c.tags).where(rows.c.tags.is_not(None)).order_by(rows.c.seq)
    for some in db.execute(tagged.execution_options(yield_per=BATCH)).partitions():
        wanted = {(customer, tag) for customer, tags in some for tag in tags.split("\n")}
        first, last = min(wanted)[0], max(wanted)[0]
        there = select(customer_tags).where(customer_tags.c.customer_id.between(first, last))
        missing = sorted(wanted - {(customer, tag) for customer, tag in db.execute(there)})
        if missing:
            db.execute(insert(customer_tags), [{"customer_id": customer, "tag": tag} for customer, tag in missing])
            _changed(run, waiting, {customer for customer, _ in missing})


def _add_contacts(run: Run, waiting: Waiting) -> None:
    """Make the contact that a customer's row names, or bring the contact's title up to date."""
    if not waiting.has("contact_name"):
        return
    rows, db, gone = waiting.rows, run.db, Erased(run.db)
    named = select(rows.c.id, rows.c.contact_name, rows.c.contact_title, rows.c.line)
    titled, passed_over = named.where(rows.c.contact_name.is_not(None)), dict[date, list[tuple[int, str]]]()
    for some in db.execute(titled.order_by(rows.c.seq).execution_options(yield_per=BATCH)).partitions():
        first, last = min(row.id for row in some), max(row.id for row in some)
        c = contacts.c
        there = {
            (row.customer_id, row.folded_name): row
            for row in db.execute(
                select(c.id, c.customer_id, c.folded_name, c.title).where(c.customer_id.between(first, last))
            )
        }
        fresh, retitled = [], []
        for customer, name, title, line in some:
            folded = fold(name)
            known = there.get((customer, folded))
            if known is None:
                # The company's row is right, only this person stays out.
                when = gone.when(hashes_of_contact_row(customer, None, folded)) if gone else None
                if when is not None:
                    passed_over.setdefault(when.date(), []).append((line, name))
                    continue
                fresh.append({"customer_id": customer, "name": name, "folded_name": folded, "title": title})
            elif title is not None and known.title != title:
                retitled.append((known.id, customer, title))
        if fresh:
            db.execute(insert(contacts), fresh)
        for contact, _, title in retitled:
            db.execute(update(contacts).where(c.id == contact).values(title=title))
        _changed(run, waiting, {row["customer_id"] for row in fresh} | {customer for _, customer, _ in retitled})
    if not waiting.contacts_warned:  # as in sources.merging.phones: rows may be merged a second time
        waiting.contacts_warned = True
        for day, found in sorted(passed_over.items()):
            waiting.warn(run.warnings, "contact_name", found, str(Wrong(ERASED, day=day)))


def _changed(run: Run, waiting: Waiting, ids: set[int]) -> None:
    """Count rows as updates whose customer got something new beside it."""
    rows = waiting.rows
    every = sorted(ids)
    for start in range(0, len(every), 500):  # far below the number of values that a statement may have
        some = every[start : start + 500]
        run.db.execute(update(rows).where(rows.c.id.in_(some), rows.c.change.is_(None)).values(change=1))
