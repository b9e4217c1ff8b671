"""When a rep's morning begins, until when it is still morning, and when a person must be left in peace."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

# What was due in the morning may still be said until noon; after that it would come as a surprise.
GRACE_UNTIL = time(12)
# Time zones change on whole seconds, so nothing lies between two of them.
SECOND = timedelta(seconds=1)


def due_instant(zone: tzinfo, day: date, wall: time) -> datetime:
    """The moment (in UTC) at which clocks in a zone first show this day and time, or later.

    Where clocks jump over the time it is the moment of the jump; where they show it twice, the first of the two.
    """
    wanted = datetime.combine(day, wall)
    behind = _instant(wanted, zone, 0)
    if _shown(behind, zone) == wanted:
        return behind
    # Clocks jump over it: read by the offset after the jump it lies before the jump, by the one before it behind.
    before = _instant(wanted, zone, 1)
    while behind - before > SECOND:
        middle = before + (behind - before) // SECOND // 2 * SECOND
        if _shown(middle, zone) < wanted:
            before = middle
        else:
            behind = middle
    return behind


def morning_ends(zone: tzinfo, day: date, until: time = GRACE_UNTIL) -> datetime:
    """The moment (in UTC) after which what was due in the morning of a day is not said any more."""
    return due_instant(zone, day, until)


def is_quiet(wall: time, quiet_from: time, quiet_until: time) -> bool:
    """Whether a time of day lies within the quiet hours, which may reach over midnight; equal ends mean none."""
    if quiet_from <= quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until


def may_speak_at(moment: datetime, zone: tzinfo, quiet_from: time, quiet_until: time) -> datetime:
    """The moment itself, or the end of the quiet hours (in UTC) where it falls into them."""
    local = moment.astimezone(zone)
    if not is_quiet(local.time(), quiet_from, quiet_until):
        return moment
    ends = due_instant(zone, local.date(), quiet_until)
    if ends <= moment:  # clocks show their end once more today
        ends = _instant(datetime.combine(local.date(), quiet_until), zone, 1)
    if ends <= moment:  # the quiet hours that began this evening end tomorrow
        ends = due_instant(zone, local.date() + timedelta(days=1), quiet_until)
    return ends


def _instant(wall: datetime, zone: tzinfo, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
