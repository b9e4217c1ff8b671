"""How long it takes to write drafts for many customers and to check each of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.apart import apart
from benchmarks.figures import Report
from benchmarks.outreach.business import POLICY, ZONE, buyers, today
from benchmarks.outreach.business import who as person
from benchmarks.tenant import lead_email
from care import drafting, examining
from care.checks import blocking
from care.drafting import Wanted
from database.engine import Database
from words.errors import BadInput

LONGEST, FOR = 20.0, 10_000  # s, drafts
LARGEST = 400.0  # MiB, as for an import
# What is written, a part of the customers each; whoever cannot get it, since nothing goes with what they buy, gets the
# first one.
OFFERED = {"offer": "ten per cent off until the end of the month"}
TEXTS = (
    Wanted("win_back/price", "email", OFFERED),
    Wanted("recommendation/bought_together", "email"),
    Wanted("swing_nurture/check_in", "email"),
    Wanted("win_back/price", "sms", OFFERED),
)


def measure(report: Report, url: str, drafts: int) -> None:
    """Write and check drafts in a process of their own, and print the figures beside the limits."""
    report.title(f"{drafts:,} drafts")
    done = apart("benchmarks.outreach.drafts:write", url=url, drafts=drafts)
    told = done.result
    most = LONGEST * max(drafts, FOR) / FOR
    report.note(f"{told['recommended']:,} of them recommend something; {told['stopped']:,} must not go")
    report.add("written", told["written"], "s")
    report.add("checked", told["checked"], "s")
    report.add("written and checked", told["written"] + told["checked"], "s", at_most=most)
    report.add("the same: peak memory", done.peak, "MiB", at_most=LARGEST)


def write(url: str, drafts: int) -> dict[str, Any]:
    """Write drafts and check them; seconds of both, how many recommend something, and how many must not go."""
    database = Database(url)
    with database.reading() as db:
        chosen = buyers(db, drafts)
        author = person(db, lead_email(1), today()).id
    begun = time.perf_counter()
    batches, recommended = _written(database, chosen, author)
    written = time.perf_counter() - begun
    begun = time.perf_counter()
    checked = stopped = 0
    for batch in batches:
        with database.reading() as db:
            for _, made in examining.examined(db, POLICY, batch, now=datetime.now(UTC), zone=ZONE):
                checked += 1
                stopped += bool(blocking(made))
    seconds = time.perf_counter() - begun
    database.close()
    if checked != drafts:
        raise RuntimeError(f"{checked} drafts of {drafts} were written and checked")
    return {"written": written, "checked": seconds, "recommended": recommended, "stopped": stopped}


def _written(database: Database, chosen: Sequence[int], author: int) -> tuple[list[int], int]:
    """Write to everybody; returns the batches, and how many of the drafts recommend something."""
    batches: list[int] = []
    recommended, left = 0, list[int]()
    for number, wanted in enumerate(TEXTS):
        part = chosen[number :: len(TEXTS)]
        made = _proposed(database, wanted, part, author)
        batches += [made.batch_id] if made else []
        left += list(made.left_out) if made else part
        if made and wanted.template.startswith("recommendation"):
            recommended = len(made.draft_ids)
    again = _proposed(database, TEXTS[0], left, author)
    return batches + ([again.batch_id] if again else []), recommended


def _proposed(database: Database, wanted: Wanted, part: Sequence[int], author: int) -> drafting.Proposed | None:
    """Write to some; None where the text can be written to nobody of them."""
    try:
        with database.transaction() as db:
            return drafting.propose(db, POLICY, wanted, part, by=author, at=datetime.now(UTC), today=today(), zone=ZONE)
    except BadInput:
        return None
