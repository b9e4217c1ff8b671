"""Moves customers whom time alone has brought into another loyalty, stage or value, by what was foreseen for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from customers.computed_tables import customer_facts as facts
from customers.computed_tables import stage_spans as spans
from customers.measures import month_before
from customers.rules import Rules


def move(db: Connection, today: date, rules: Rules) -> None:
    """Bring loyalty, stage and a value that has run out to today, from the spans that the last computing foresaw.

    What they were a month ago is brought to today by `move_month`.
    """
    earlier = spans.alias("earlier")
    since = (  # the end of the newest time in another loyalty, or in another stage
        select(func.max(earlier.c.until_day))
        .where(earlier.c.customer_id == facts.c.customer_id, earlier.c.until_day <= today)
        .correlate(facts, spans)
    )
    loyalty_since = since.where(earlier.c.loyalty != spans.c.loyalty).scalar_subquery()
    stage_since = since.where(earlier.c.stage != spans.c.stage).scalar_subquery()
    rows = db.execute(
        select(
            facts.c.customer_id,
            facts.c.last_day,
            facts.c.value,
            facts.c.loyalty_since,
            facts.c.stage_since,
            spans.c.until_day,
            spans.c.loyalty.label("new_loyalty"),
            spans.c.stage.label("new_stage"),
            loyalty_since.label("new_loyalty_since"),
            stage_since.label("new_stage_since"),
        )
        .select_from(facts)
        .join(spans, and_(spans.c.customer_id == facts.c.customer_id, spans.c.from_day <= today))
        .where(facts.c.changes_on <= today, spans.c.until_day > today)
    ).all()
    moved = []
    for row in rows:
        valued_until = row.last_day + timedelta(days=rules.value_days) if row.last_day else date.min
        still_valued = row.value != "none" and valued_until > today
        coming = [row.until_day] if row.until_day < date.max else []
        if still_valued:
            coming.append(valued_until)
        moved.append(
            {
                "who": row.customer_id,
                "loyalty": row.new_loyalty,
                "loyalty_since": _later(row.loyalty_since, row.new_loyalty_since),
                "stage": row.new_stage,
                "stage_since": _later(row.stage_since, row.new_stage_since),
                "value": row.value if still_valued else "none",
                "changes_on": min(coming, default=None),
            }
        )
    _write(db, moved)


def move_month(db: Connection, known: date, today: date) -> None:
    """Bring what loyalty and stage were a month ago from one day to a later one."""
    after, until = month_before(known), month_before(today)
    if after == until:
        return  # the last days of a long month have the same day before them
    entered = select(spans.c.customer_id, spans.c.loyalty, spans.c.stage).where(
        spans.c.from_day > after, spans.c.from_day <= until, spans.c.until_day > until
    )
    _write(
        db,
        [
            {"who": row.customer_id, "loyalty_before": row.loyalty, "stage_before": row.stage}
            for row in db.execute(entered)
        ],
    )


def _write(db: Connection, moved: list[dict[str, Any]]) -> None:
    if moved:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in moved[0] if name != "who"}
        renamed = [{name if name == "who" else f"new_{name}": value for name, value in row.items()} for row in moved]
        db.execute(update(facts).where(facts.c.customer_id == bindparam("who")).values(values), renamed)


def _later(stored: date | None, moved: date | None) -> date | None:
    """Since when: as stored, unless something else came between, even if all is as it was again by now."""
    return max((day for day in (stored, moved) if day is not None), default=None)
