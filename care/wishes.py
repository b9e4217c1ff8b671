"""Writes messages for birthdays, festivals and visits, once for each: to whom that can be, and why not to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import Connection

from care import drafting, notices, reaching
from care.celebrating import Celebrant
from care.checks import Check, blocking, checks
from care.circumstances import Intended, circumstances
from care.drafting import Wanted
from care.occasions import FESTIVALS, OCCASION_DAY, VISIT, Occasion
from care.outreach_policy import Policy
from care.reaching import Reach
from care.working_days import closed_around
from words.errors import BadInput, RekindleError
from words.reasons import Reason
from words.speech import message
from words.templates import EMAIL

NO_TEXT = message("There is no text for this in the customer's language.")


@dataclass(frozen=True)
class Judged:
    """Whether somebody can be written to: by which channel and where, or why by none."""

    who: Celebrant
    channel: str | None = None
    address: str | None = None
    why: Reason | RekindleError | None = None


@dataclass(frozen=True)
class Written:
    """A batch of drafts for one occasion: for whom they are, and by which channel they go."""

    batch_id: int
    occasion: Occasion
    channel: str
    whose: tuple[Celebrant, ...]


def judge(db: Connection, policy: Policy, whose: Sequence[Celebrant], *, now: datetime, zone: tzinfo) -> list[Judged]:
    """Whether each of these can be written to, in their order, by the checks that a draft has to pass as well.

    `zone` is the tenant's. Of several channels the first one counts by which nothing stands in the way: e-mail before
    text messages.
    """
    reached = reaching.reach(db, {each.customer_id for each in whose}, region=policy.region, zone=policy.zone)
    meant: list[tuple[int, Intended]] = []
    for place, who in enumerate(whose):
        way, key = reached.get(who.customer_id), who.occasion.template
        if way is not None:
            for channel, purpose in _spoken(key, way.language):
                address = _address(who, channel, way, policy)
                meant.append((place, Intended(who.customer_id, channel, purpose, key, address, "")))
    found = circumstances(db, [one for _, one in meant], reached, policy, now=now, zone=zone)
    today = now.astimezone(zone).date()
    ways: dict[int, list[tuple[Intended, list[Check]]]] = {}
    for (place, one), known in zip(meant, found, strict=True):
        ways.setdefault(place, []).append((one, blocking(checks(known, policy, today, now))))
    return [_judged(who, ways.get(place, [])) for place, who in enumerate(whose)]


def once(db: Connection, whose: Sequence[Celebrant], *, rep_id: int, day: date, now: datetime) -> list[Celebrant]:
    """Write down that somebody is told of these occasions; those of which nobody was told before, in their order.

    Of several processes that want to tell the same, one does: give it the transaction that writes the drafts.
    """
    told: set[tuple[str, int, str]] = set()
    for kind in sorted({each.occasion.kind for each in whose}):
        subjects = [(each.customer_id, each.subject) for each in whose if each.occasion.kind == kind]
        ids = notices.tell_each(db, kind, subjects, rep_id=rep_id, day=day, now=now)
        told.update((kind, *subject) for subject in ids)
    return [each for each in whose if (each.occasion.kind, each.customer_id, each.subject) in told]


def write(
    db: Connection,
    policy: Policy,
    able: Sequence[Judged],
    *,
    by: int,
    country: str,
    at: datetime,
    today: date,
    zone: tzinfo,
) -> tuple[list[Written], list[Judged]]:
    """Write drafts to those who can be written to, in the hands of `by`; also returns those who cannot after all.

    Each birthday and each visit is a batch of its own; those who keep a festival share one for each channel. `country`
    is that of whoever writes: where a festival is a public holiday there, its text says when the office is closed.
    """
    written: list[Written] = []
    failed: list[Judged] = []
    for some in _together(able):
        occasion, ids = some[0].who.occasion, [each.who.customer_id for each in some]
        wanted = _wanted(some[0], country)
        left_out: Mapping[int, RekindleError] = {}
        try:
            made = drafting.propose(db, policy, wanted, ids, by=by, at=at, today=today, zone=zone)
        except RekindleError as why:  # it cannot be written to any of them; nothing was
            left_out = dict.fromkeys(ids, why)
        else:
            left_out = made.left_out
            whose = tuple(each.who for each in some if each.who.customer_id not in left_out)
            written.append(Written(made.batch_id, occasion, wanted.channel or EMAIL, whose))
        failed += [Judged(each.who, why=left_out[id]) for each, id in zip(some, ids, strict=True) if id in left_out]
    return written, failed


def _judged(who: Celebrant, ways: Sequence[tuple[Intended, list[Check]]]) -> Judged:
    """By the first channel by which nothing stands in the way; else the reason where least does."""
    if not ways:
        return Judged(who, why=BadInput(NO_TEXT))
    one, stopped = min(ways, key=lambda each: len(each[1]))
    return Judged(who, why=stopped[0].reason) if stopped else Judged(who, one.channel, one.recipient)


def _spoken(key: str, language: str) -> list[tuple[str, str]]:
    """Channel and purpose of each text of a key in a language; none that names a day on which nobody has agreed."""
    sorts = [each for each in drafting.choices(key) if each.language == language and "meeting_day" not in each.fields]
    return [(each.channel, each.purpose) for each in sorts]


def _address(who: Celebrant, channel: str, way: Reach, policy: Policy) -> str | None:
    """Where a wish goes: to the contact whom it is for and to nobody else there; else to the customer's address."""
    if who.contact_id is None:
        return way.addresses.get(channel)
    return reaching.address(who.email) if channel == EMAIL else reaching.number(who.phone, policy.region)


def _together(able: Sequence[Judged]) -> list[list[Judged]]:
    """Those who share a batch, in the order of the first of each."""
    parts: dict[tuple[object, ...], list[Judged]] = {}
    for each in able:
        who = each.who
        alone = () if who.occasion.kind in FESTIVALS else (who.customer_id, who.subject)
        parts.setdefault((who.occasion, each.channel, *alone), []).append(each)
    return list(parts.values())


def _wanted(one: Judged, country: str) -> Wanted:
    who, occasion = one.who, one.who.occasion
    given: dict[str, object] = {} if occasion.kind == VISIT else {OCCASION_DAY: occasion.day}
    if who.contact_id is not None:
        given["person"] = who.person
    closed = closed_around(occasion.day, country) if occasion.kind in FESTIVALS else None
    if closed is not None:
        given |= {"closed_from": closed[0], "open_again": closed[1]}
    recipient = None if who.contact_id is None else one.address
    return Wanted(occasion.template, one.channel, given, occasion=occasion.key, recipient=recipient)
