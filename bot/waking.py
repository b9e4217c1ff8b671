"""Whose morning it is now: by each rep's own zone, working days, chosen time and quiet hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, insert, or_, select

from bot.settings import Settings
from care.mornings import due_instant, may_speak_at, morning_ends
from care.working_days import is_working_day, next_working_day
from customers.morning_tables import mornings, slack_users
from customers.preferences import Preferences
from customers.tables import reps
from customers.work_tables import preferences
from delivery import Run, skip
from words.speech import Speech

# The job under whose name it is written that a whole morning was missed.
MISSED = "mornings"


@dataclass(frozen=True)
class Someone:
    """A rep whose morning it is: on which local day, from when until when things may be said, and how."""

    rep_id: int
    name: str
    email: str
    user_id: str  # in Slack
    roles: frozenset[str]
    say: Speech
    country: str
    day: date
    due: datetime
    latest: datetime
    cap: int  # posts a day


@dataclass(frozen=True)
class Turn:
    """What became of a rep at a look: a morning (`someone`), one that was missed, or only when the next one comes."""

    rep_id: int
    next_at: datetime
    zone: str
    country: str
    wall: time
    planned: date | None
    someone: Someone | None = None
    missed: date | None = None


def anything(db: Connection, now: datetime) -> bool:
    """Whether somebody's morning begins: one look into an index."""
    return db.execute(_BEGINS, {"now": now}).first() is not None


def anything_changed(db: Connection, settings: Settings, now: datetime) -> bool:
    """The same, or somebody's morning must be worked out anew; reads something about everybody."""
    asked = _asked(settings, now)
    return db.execute(asked.limit(1)).first() is not None


def turns(db: Connection, settings: Settings, now: datetime) -> list[Turn]:
    """Everybody whose morning begins, was missed, or must be worked out anew."""
    return [_turn(row, settings, now) for row in db.execute(_asked(settings, now))]


def everybody(
    db: Connection, settings: Settings, now: datetime, *, always: bool = False, unseen: bool = False
) -> list[Someone]:
    """All whose morning it is at a moment, whether it has been planned or not.

    With `always` it is everybody's, whatever the hour and the day: for trying it out. With `unseen` it is also that of
    people whom Slack was never asked about.
    """
    found = []
    for row in db.execute(_people(settings)):
        turn = _turn(row, settings, now, anew=True, unseen=unseen)
        if turn.someone is not None:
            found.append(turn.someone)
        elif always and row.user_id is not None and row.trouble is None:
            zone = _zone(row, settings)
            day = now.astimezone(zone).date()
            found.append(_someone(row, settings, zone, day, (now, now + timedelta(hours=4))))
    return found


def keep(db: Connection, moved: Sequence[Turn], planned: Mapping[int, date], now: datetime) -> None:
    """Write down when each rep's next morning comes, and which were missed; `planned` are those that were planned."""
    if not moved:
        return
    for turn in moved:
        if turn.missed is not None:
            skip(db, Run(MISSED, f"rep:{turn.rep_id}", turn.missed), "too_late", now)
    db.execute(delete(mornings).where(mornings.c.rep_id == bindparam("of")), [{"of": turn.rep_id} for turn in moved])
    names = ("rep_id", "next_at", "zone", "country", "wall")
    rows = [
        {name: getattr(turn, name) for name in names} | {"planned": planned.get(turn.rep_id, turn.planned)}
        for turn in moved
    ]
    db.execute(insert(mornings), rows)


def _turn(row: Row[Any], settings: Settings, now: datetime, *, anew: bool = False, unseen: bool = False) -> Turn:
    zone, country = _zone(row, settings), row.country or settings.default_region
    wanted = _preferences(row, settings.preferences)
    day = now.astimezone(zone).date()
    done = None if anew else row.planned
    missed = None
    # A morning that was expected, and went by while nothing ran: its day, whether today's or an earlier one.
    expected = None if anew or row.next_at is None or row.next_at > now else row.next_at.astimezone(zone).date()
    someone = None
    if expected is not None and expected < day and expected != done:
        missed = expected
    if done == day or not is_working_day(day, country):
        upcoming = next_working_day(day, country)
    else:
        due, latest = _hours(zone, day, wanted)
        if now < due:
            upcoming = day
        else:
            upcoming = next_working_day(day, country)
            if now > latest:
                missed = day if expected == day else missed
            elif row.trouble is None and (unseen or row.user_id is not None):
                someone = _someone(row, settings, zone, day, (due, latest))
    return Turn(
        row.id,
        _hours(zone, upcoming, wanted)[0],
        row.zone,
        country,
        wanted.morning,
        done,
        someone,
        missed,
    )


def _hours(zone: ZoneInfo, day: date, wanted: Preferences) -> tuple[datetime, datetime]:
    """From when until when things may be said on the morning of a day, in UTC."""
    latest = morning_ends(zone, day)
    begins = due_instant(zone, day, wanted.morning)
    return min(may_speak_at(begins, zone, wanted.quiet_from, wanted.quiet_until), latest), latest


def _someone(row: Row[Any], settings: Settings, zone: ZoneInfo, day: date, hours: tuple[datetime, datetime]) -> Someone:
    return Someone(
        rep_id=row.id,
        name=row.name,
        email=row.email,
        user_id=row.user_id or "",
        roles=frozenset(row.roles.split(",")),
        say=_speech(row.language or row.slack_language or "en", zone.key),
        country=row.country or settings.default_region,
        day=day,
        due=hours[0],
        latest=hours[1],
        cap=settings.daily_cap if row.daily_cap is None else row.daily_cap,
    )


@lru_cache(maxsize=2_000)  # people speak two languages in some hundred zones
def _speech(language: str, zone: str) -> Speech:
    return Speech(language, zone=zone)


def _preferences(row: Row[Any], default: Preferences) -> Preferences:
    names = ("morning", "quiet_from", "quiet_until", "daily_cap")
    return Preferences(
        **{name: getattr(default, name) if getattr(row, name) is None else getattr(row, name) for name in names}
    )


def _zone(row: Row[Any], settings: Settings) -> ZoneInfo:
    return zone_named(row.zone, settings)


def zone_named(name: str | None, settings: Settings) -> ZoneInfo:
    """The zone of a name that a file said; the tenant's where nobody knows it (see `unknown_zones`)."""
    return ZoneInfo(name) if name and _is_known(name) else settings.zone


def unknown_zones(rows: Iterable[Any]) -> list[Any]:
    """Those of some reps whose time zone nobody knows; until it is mended theirs is the tenant's."""
    return [row for row in rows if row.time_zone and not _is_known(row.time_zone)]


@lru_cache(maxsize=2_000)
def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


_BEGINS = (
    select(mornings.c.rep_id)
    .join(reps, reps.c.id == mornings.c.rep_id)
    .where(mornings.c.next_at <= bindparam("now", type_=mornings.c.next_at.type), reps.c.active)
    .limit(1)
)


def _asked(settings: Settings, now: datetime) -> Select[Any]:
    """Those for whom there is something to do."""
    m = mornings.c
    changed: list[ColumnElement[bool]] = [
        m.rep_id.is_(None),
        m.next_at <= now,
        m.wall != func.coalesce(preferences.c.morning, time.fromisoformat(settings.morning)),
        m.zone != _zone_of(settings),
        m.country != func.coalesce(reps.c.country, settings.default_region),
    ]
    return _people(settings).where(or_(*changed))


def _people(settings: Settings) -> Select[Any]:
    """All reps who work here, with what is known of them in Slack, what they chose, and their next morning."""
    r, s, p, m = reps.c, slack_users.c, preferences.c, mornings.c
    return (
        select(
            r.id, r.name, r.email, r.roles, r.language, r.country, r.time_zone,
            s.user_id, s.trouble, s.language.label("slack_language"),
            p.morning, p.quiet_from, p.quiet_until, p.daily_cap,
            m.next_at, m.planned, _zone_of(settings).label("zone"),
        )
        .outerjoin(slack_users, s.rep_id == r.id)
        .outerjoin(preferences, p.rep_id == r.id)
        .outerjoin(mornings, m.rep_id == r.id)
        .where(r.active)
        .order_by(r.id)
    )  # fmt: skip


def _zone_of(settings: Settings) -> ColumnElement[str]:
    return func.coalesce(reps.c.time_zone, slack_users.c.time_zone, settings.time_zone)
