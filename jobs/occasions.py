"""Some days before a birthday, festival or visit its rep finds a draft, which goes nowhere unless submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import islice

from sqlalchemy import Connection

from bot.cards import occasions as cards
from bot.cards.occasions import Coming, Reader
from bot.desk import Reply
from bot.morning import Morning, Post
from bot.waking import Someone
from care import celebrating, occasions, wishes
from care.celebrating import Celebrant, Keepers
from care.mornings import due_instant
from care.occasions import BIRTHDAY, FESTIVALS, VISIT
from care.outreach_policy import Policy
from care.wishes import Judged
from plugins import morning_job

# Birthdays, and visits, of one message: each is read and decided on its own. What is more comes the next morning.
LINES = 10
# So many are looked at in order to find those who can be written to; the others wait for their turn.
LOOKED_AT = 3
# A draft takes as long to write as so many ordinary posts.
DRAFT_COST = 5
# People whose customers are judged at once: few reads, and little in memory.
AT_ONCE = 100


@dataclass
class _Mine:
    """What comes to one person: birthdays, visits, and of a festival its most valuable keepers and their number."""

    birthdays: list[Celebrant] = field(default_factory=list)
    visits: list[Celebrant] = field(default_factory=list)
    keepers: list[Celebrant] = field(default_factory=list)
    able: int = 0
    without_consent: int = 0


@dataclass(frozen=True)
class _Told:
    """What one message tells; see `bot.cards.occasions.Coming`."""

    able: Sequence[Judged]
    left_out: Sequence[Judged]
    later: int
    without_consent: int


@morning_job("occasions", rank=25)
def occasions_ahead(morning: Morning) -> Iterator[Post]:
    """Draft messages for birthdays, festivals and visits some days ahead; nothing is sent by itself."""
    policy = morning.desk.settings.outreach
    if not policy.company or not policy.channels:
        return  # without a way to customers there is nothing to draft
    mine: dict[int, _Mine] = {}
    _add_birthdays(morning, mine)
    _add_visits(morning, mine)
    _add_festivals(morning, mine, policy)
    reading = sorted(mine)
    for start in range(0, len(reading), AT_ONCE):
        some = {rep_id: mine[rep_id] for rep_id in reading[start : start + AT_ONCE]}
        yield from _posts(morning, some, policy)


def _add_birthdays(morning: Morning, mine: dict[int, _Mine]) -> None:
    """Add to each person the birthdays that begin to be told of, the most valuable first."""
    settings = morning.desk.settings
    days = {day for someone in morning.people.values() for day in _days(morning, someone)}
    for who in celebrating.birthdays(morning.db, days, {*morning.duties, None}, now=morning.now):
        someone = morning.receiver(who.owner_id)
        if someone is None or who.occasion.day not in _days(morning, someone):
            continue
        # What had begun before the customer was known stays untold: an import brings no flood.
        if who.since.astimezone(settings.zone).date() <= _begins(morning, who.occasion.day, someone):
            mine.setdefault(someone.rep_id, _Mine()).birthdays.append(who)


def _add_visits(morning: Morning, mine: dict[int, _Mine]) -> None:
    """Add to each person the visits that a rule told them to make, the most valuable first."""
    last = {someone.rep_id: _days(morning, someone)[-1] for someone in morning.people.values()}
    if not last:
        return
    for who in celebrating.visits(morning.db, max(last.values()), now=morning.now):
        someone = morning.receiver(who.rep_id)
        if someone is not None and who.occasion.day <= last[someone.rep_id]:
            mine.setdefault(someone.rep_id, _Mine()).visits.append(who)


def _add_festivals(morning: Morning, mine: dict[int, _Mine], policy: Policy) -> None:
    """Add to each person who keeps a festival that comes, the most valuable first."""
    alike: dict[tuple[date, str], list[int | None]] = {}
    for owner in (*morning.duties, None):
        someone = morning.receiver(owner)
        if someone is not None:
            alike.setdefault((someone.day, someone.country), []).append(owner)
    for (today, country), owners in alike.items():
        ahead = morning.desk.settings.occasion_days
        coming = [each for day in occasions.days_to_tell(today, ahead, country) for each in occasions.festivals_on(day)]
        for festival in coming:
            begun = occasions.begins(festival.day, ahead, country)
            known_by = due_instant(morning.desk.settings.zone, begun + timedelta(days=1), time())
            most = LOOKED_AT * policy.batch_alone
            found = celebrating.keep_festival(
                morning.db, festival, owners, known_by=known_by, now=morning.now, most=most
            )
            for owner in set(owners) & found.keys():
                _add(morning, mine, owner, found[owner])


def _add(morning: Morning, mine: dict[int, _Mine], owner: int | None, theirs: Keepers) -> None:
    someone = morning.receiver(owner)
    if someone is not None:
        own = mine.setdefault(someone.rep_id, _Mine())
        own.keepers = sorted([*own.keepers, *theirs.first], key=lambda who: who.place)
        own.able += theirs.able
        own.without_consent += theirs.without_consent


def _posts(morning: Morning, mine: Mapping[int, _Mine], policy: Policy) -> Iterator[Post]:
    """Judge what comes to some people at once, and yield a post for each who has something to hear."""
    looked_at: dict[int, list[Celebrant]] = {
        rep_id: [
            *own.birthdays[: LOOKED_AT * LINES],
            *own.visits[: LOOKED_AT * LINES],
            *own.keepers[: LOOKED_AT * policy.batch_alone],
        ]
        for rep_id, own in mine.items()
    }
    everybody = [who for whose in looked_at.values() for who in whose]
    judged = iter(wishes.judge(morning.db, policy, everybody, now=morning.now, zone=morning.desk.settings.zone))
    for rep_id, whose in looked_at.items():
        told = _told(mine[rep_id], list(islice(judged, len(whose))), policy)
        if told.able or told.left_out:
            yield _post(morning, morning.people[rep_id], told, policy)


def _told(own: _Mine, judged: Sequence[Judged], policy: Policy) -> _Told:
    """What of it one message tells: so many drafts, whoever cannot be written to, and the number of the others."""
    able, left_out, later = _part([each for each in judged if each.who.occasion.kind == BIRTHDAY], len(own.birthdays))
    # Whoever cannot be written to is visited all the same, and stands among the follow-ups.
    visited, _, later_visits = _part([each for each in judged if each.who.occasion.kind == VISIT], len(own.visits))
    able, later = [*able, *visited], later + later_visits
    keepers = [each for each in judged if each.who.occasion.kind in FESTIVALS]
    festive, stopped, later_keepers = _part(keepers, own.able, policy.batch_alone)
    if not festive:  # who keeps a festival and cannot be written to is no news
        return _Told(able, left_out, later, 0)
    return _Told([*able, *festive], [*left_out, *stopped], later + later_keepers, own.without_consent)


def _part(judged: Sequence[Judged], many: int, most: int = LINES) -> tuple[list[Judged], list[Judged], int]:
    """Who of so many is written to, who cannot be, and how many others wait for their turn."""
    able = [each for each in judged if each.channel][:most]
    stopped = [each for each in judged if not each.channel]
    return able, stopped, many - len(able) - len(stopped)


def _post(morning: Morning, someone: Someone, told: _Told, policy: Policy) -> Post:
    settings = morning.desk.settings

    def make(db: Connection) -> Reply | None:
        # Of several processes one tells of each; what another told in the meantime is left out here.
        whose = [each.who for each in (*told.able, *told.left_out)]
        mine = set(wishes.once(db, whose, rep_id=someone.rep_id, day=someone.day, now=morning.now))
        written, failed = wishes.write(
            db, policy, [each for each in told.able if each.who in mine], by=someone.rep_id, country=someone.country,
            at=morning.now, today=morning.desk.today, zone=settings.zone,
        )  # fmt: skip
        left_out = [*(each for each in told.left_out if each.who in mine), *failed]
        if not written and not left_out:
            return None
        reader = Reader(someone.say, someone.day, settings.home_currency, settings.slack_shows)
        return cards.coming(Coming(written, left_out, told.later, told.without_consent), reader)

    number = len(told.able) + len(told.left_out)
    brief = someone.say.count("{n} occasion to write is near", "{n} occasions to write are near", number)
    shown = sorted({each.who.customer_id for each in (*told.able, *told.left_out)})
    return Post(someone, make, brief, shown, cost=1 + DRAFT_COST * len(told.able))


def _days(morning: Morning, someone: Someone) -> tuple[date, ...]:
    return occasions.days_to_tell(someone.day, morning.desk.settings.occasion_days, someone.country)


def _begins(morning: Morning, day: date, someone: Someone) -> date:
    return occasions.begins(day, morning.desk.settings.occasion_days, someone.country)
