"""Sets up a campaign, and draws by lot which of its customers get nothing: only that shows what the text earned."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import floor

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from customers.groups import chunks
from customers.outreach_tables import assignments, campaigns

# The purpose of messages that a customer needs or expects: nobody is left without one for the sake of a comparison.
SERVICE = "service"


def create(
    db: Connection,
    name: str,
    template: str,
    purpose: str,
    control_share: float,
    days: int,
    by: int | None,
    at: datetime,
    *,
    occasion: str | None = None,
) -> int:
    """Write down a campaign, and return its id; the second one of a name is called `name (2)`, and so on.

    `template` is a `Template.key`, `days` those within which orders count. Service mail and what is written for an
    occasion (a birthday, a festival) have no control group, whatever the share.
    """
    share = 0.0 if purpose == SERVICE or occasion else control_share
    if not 0 <= share < 1:
        raise ValueError(f"a control share must be at least 0 and below 1, not {share}")
    row = {"template": template, "purpose": purpose, "control_share": share, "days": days, "made_by": by, "made_at": at}
    dialect = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    while True:
        chosen = _free(db, name.strip())
        written = dialect(campaigns).values(name=chosen, **row).on_conflict_do_nothing().returning(campaigns.c.id)
        made = db.scalar(written)
        if made is not None:  # else somebody took the name in the same moment
            return int(made)


def rename(db: Connection, campaign_id: int) -> None:
    """Call a campaign by its template, in place of words that must not be kept."""
    this = campaigns.c.id == campaign_id
    template = db.scalar(select(campaigns.c.template).where(this))
    if template is not None:
        db.execute(update(campaigns).where(this).values(name=_free(db, template)))


def assign(
    db: Connection, campaign_id: int, customer_ids: Iterable[int], at: datetime, *, seed: int | None = None
) -> set[int]:
    """Draw who of these customers is in the control group, and return those; whoever was drawn before stays there.

    Of n customers who are new to the campaign n times the share get nothing. Where that is no whole number it is
    rounded up or down by lot, up with the chance of its fraction: so each customer has exactly the chance of the share,
    and over many small batches the control groups add up to it (of batches of 4 at a share of 0.1, two in five have a
    control group of one). Without a seed the lot is the operating system's; the same seed, campaign and customers draw
    the same. Hand in those who would be written to: whoever cannot be, in either group, only blurs the comparison.
    Orders after `at` count. Raises `LookupError` for an unknown campaign. Give it a transaction.
    """
    wanted = set(customer_ids)
    # The campaign's row is held, so that two who draw at once do so one after the other.
    share = db.scalar(select(campaigns.c.control_share).where(campaigns.c.id == campaign_id).with_for_update())
    if share is None:
        raise LookupError(f"there is no campaign {campaign_id}")
    known = _known(db, campaign_id, wanted)
    new = sorted(wanted - known.keys())
    drawn = _drawn(new, share, random.SystemRandom() if seed is None else random.Random(seed))
    if new:
        db.execute(
            insert(assignments),
            [{"campaign_id": campaign_id, "customer_id": id, "control": id in drawn, "at": at} for id in new],
        )
    return drawn | {id for id, control in known.items() if control}


def _free(db: Connection, name: str) -> str:
    """The name itself, or with the first number that nobody has."""
    alike = (campaigns.c.name == name) | campaigns.c.name.startswith(f"{name} (", autoescape=True)
    taken = set(db.scalars(select(campaigns.c.name).where(alike)))
    number = 1
    while (chosen := name if number == 1 else f"{name} ({number})") in taken:
        number += 1
    return chosen


def _known(db: Connection, campaign_id: int, customer_ids: set[int]) -> dict[int, bool]:
    """Who of some customers was drawn before, and whether for the control group."""
    a = assignments.c
    known: dict[int, bool] = {}
    for some in chunks(customer_ids):
        found = select(a.customer_id, a.control).where(a.campaign_id == campaign_id, a.customer_id.in_(some))
        known |= dict(db.execute(found).all())
    return known


def _drawn(customer_ids: Sequence[int], share: float, lot: random.Random) -> set[int]:
    expected = len(customer_ids) * share
    number = floor(expected) + (lot.random() < expected - floor(expected))
    return set(lot.sample(customer_ids, number))
