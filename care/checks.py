"""What must hold before a message goes to a customer; each check says in a sentence how it came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from care.mornings import may_speak_at
from care.outreach_policy import Policy
from words.reasons import Reason
from words.short_messages import length
from words.templates import EMAIL, SMS

OK, WARNS, BLOCKS = "ok", "warns", "blocks"
# These may be made to warn only (CHECKS_THAT_WARN); all others block whatever is set.
MAY_WARN = ("frequency", "same_text", "complaint", "overdue")
# Days within which messages of any kind are counted.
MONTH_DAYS = 30
MARKETING = "marketing"


@dataclass(frozen=True)
class Circumstances:
    """What must be known of one message and its customer. Days are the tenant's.

    `consent` is whether the customer allowed this channel for this purpose, None without an entry; `recent` counts
    other messages of the last 30 days, `last_offer` is the day of the newest offer among all others, `same_text` the
    newest day of one with the same template or words. `suppressed` says why nobody writes to this address any more,
    `moved` that it is not the customer's any more. `day` is that of the occasion, where the customer is.
    """

    channel: str
    purpose: str
    recipient: str | None
    text: str
    zone: ZoneInfo
    consent: bool | None
    consent_since: date | None = None
    suppressed: str | None = None
    moved: bool = False
    recent: int = 0
    last_offer: date | None = None
    same_text: date | None = None
    complaint: date | None = None
    overdue: Decimal | None = None
    day: date | None = None


@dataclass(frozen=True)
class Check:
    """How one check came out: `verdict` is ok, warns or blocks; `reason` says why."""

    name: str
    verdict: str
    reason: Reason


def checks(found: Circumstances, policy: Policy, today: date, now: datetime) -> tuple[Check, ...]:
    """All checks of a message, in the order in which people read them; a pure rule."""
    made = [_channel(found, policy), _address(found, policy)]
    if found.recipient:
        made.append(_check("recipient", not found.moved, {}))
    made.append(_consent(found))
    if found.purpose == MARKETING and found.channel == EMAIL:
        made.append(_check("unsubscribe", policy.can_unsubscribe, {}))
    made += [
        _frequency(found, policy, today),
        _same_text(found, policy, today),
        _complaint(found),
        _overdue(found),
        _quiet(found, policy, now),
    ]
    if found.day is not None:
        made.append(_occasion(found.day, found, policy, now))
    if found.channel == SMS:
        made.append(_length(found, policy))
    return tuple(_as_set(each, policy.warn) for each in made)


def blocking(made: Iterable[Check]) -> list[Check]:
    """Those that keep a message from going."""
    return [each for each in made if each.verdict == BLOCKS]


def goes_at(found: Circumstances, policy: Policy, earliest: datetime) -> datetime:
    """When a message may go at the earliest: not in the quiet hours of the customer's zone."""
    return may_speak_at(earliest, found.zone, policy.quiet_from, policy.quiet_until)


def _as_set(check: Check, warn: frozenset[str]) -> Check:
    """A failed check that only warns, where it is set so."""
    if check.verdict == BLOCKS and check.name in MAY_WARN and check.name in warn:
        return Check(check.name, WARNS, check.reason)
    return check


def _check(name: str, holds: bool, numbers: dict[str, date | int | Decimal | str], *, other: str = "not") -> Check:
    return Check(name, OK if holds else BLOCKS, Reason(f"check.{name}" + ("" if holds else f"_{other}"), dict(numbers)))


def _channel(found: Circumstances, policy: Policy) -> Check:
    if not policy.company:
        return _check("channel", False, {}, other="nameless")
    return _check("channel", found.channel in policy.channels, {"channel": found.channel})


def _address(found: Circumstances, policy: Policy) -> Check:
    if not found.recipient:
        return _check("address", False, {}, other="none")
    if found.suppressed:
        return _check("address", False, {}, other=found.suppressed)
    return _check("address", policy.allows(found.channel, found.recipient), {}, other="test_mode")


def _consent(found: Circumstances) -> Check:
    if found.consent is None:
        return _check("consent", False, {}, other="none")
    since: dict[str, date | int | Decimal | str] = {"day": found.consent_since} if found.consent_since else {}
    return _check("consent", found.consent, since, other="withdrawn")


def _frequency(found: Circumstances, policy: Policy, today: date) -> Check:
    offered = found.last_offer
    if found.purpose == MARKETING and offered and (today - offered).days < policy.frequency_days:
        return _check("frequency", False, {"day": offered, "least_days": policy.frequency_days}, other="offer")
    holds = found.recent < policy.frequency_most
    return _check("frequency", holds, {"recent": found.recent, "most": policy.frequency_most})


def _same_text(found: Circumstances, policy: Policy, today: date) -> Check:
    before = found.same_text
    if before is None or (today - before).days >= policy.same_text_days:
        return _check("same_text", True, {"window_days": policy.same_text_days})
    return _check("same_text", False, {"day": before})


def _complaint(found: Circumstances) -> Check:
    if found.complaint is None:
        return _check("complaint", True, {})
    # An answer to a complaint is what such a customer waits for.
    if found.purpose != MARKETING:
        return Check("complaint", WARNS, Reason("check.complaint_service", {"day": found.complaint}))
    return _check("complaint", False, {"day": found.complaint})


def _overdue(found: Circumstances) -> Check:
    if not found.overdue:
        return _check("overdue", True, {})
    return _check("overdue", False, {"amount": found.overdue})


def _quiet(found: Circumstances, policy: Policy, now: datetime) -> Check:
    """Quiet hours put a message off, they never stop it."""
    moment = goes_at(found, policy, now)
    zone = str(found.zone)
    if moment == now:
        return Check("quiet", OK, Reason("check.quiet", {"zone": zone, "wall": _wall(now, found.zone)}))
    return Check("quiet", WARNS, Reason("check.quiet_later", {"zone": zone, "wall": _wall(moment, found.zone)}))


def _occasion(day: date, found: Circumstances, policy: Policy, now: datetime) -> Check:
    """A wish that comes when its day is over is worse than none."""
    leaves = goes_at(found, policy, now).astimezone(found.zone).date()
    return _check("occasion", leaves <= day, {"day": day})


def _wall(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def _length(found: Circumstances, policy: Policy) -> Check:
    measured = length(found.text)
    numbers: dict[str, int | Decimal | date | str] = {"units": measured.units, "parts": measured.parts}
    if policy.price is not None:
        numbers["cost"] = policy.price * measured.parts
    code = "check.length" if policy.price is None else "check.length_priced"
    return Check("length", OK, Reason(code, dict(numbers)))
