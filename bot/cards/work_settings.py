"""A person's own settings: language, when the day begins, who stands in while they are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from bot.blocks import actions, bold, button, choice_field, context, entry, header, menu, safe, section
from bot.desk import Block, Reply
from customers.deputies import Away
from customers.preferences import Preferences
from customers.reps import Person
from words.speech import CHINESE, ENGLISH, Speech
from words.terms import term

SLACK = "slack"
NONE = "none"
# Half hours are fine enough to begin a day with, and few enough for a menu.
MORNINGS = [time(hour, minute) for hour in range(6, 12) for minute in (0, 30)]
EVENINGS = [time(hour, minute) for hour in range(16, 24) for minute in (0, 30)]
QUIET_ENDS = [time(hour, minute) for hour in range(5, 11) for minute in (0, 30)]
CAPS = (1, 3, 5, 10, 20, 50)


def settings(person: Person, chosen: Preferences, absence: Away | None, say: Speech, note: str = "") -> Reply:
    """The person's own settings, each with the way to change it."""
    title = say("Your settings")
    choices = [(say("As in Slack"), SLACK), ("English", ENGLISH), ("简体中文", CHINESE)]
    language = menu("settings.language", say("Language"), choices, person.language or SLACK)
    roles = say.listing([term(say, "role", role) for role in sorted(person.roles)])
    blocks: list[Block] = [header(title)]
    if note:
        blocks.append(section(f"✅ {safe(note)}"))
    blocks += [
        section(bold(say("Language")), language),
        section("\n".join((bold(say("Your day")), day(chosen, say))), button(say("Change"), "settings.day")),
        absence_of(absence, say),
        context(say("You are known here as {name}: {roles}.", name=safe(person.name), roles=roles)),
    ]
    return Reply(title, blocks)


def day_fields(chosen: Preferences, say: Speech) -> list[Block]:
    """The fields of the form for the morning, the quiet hours and the daily cap."""
    none = chosen.quiet_from == chosen.quiet_until
    evenings = [(say("no quiet hours"), NONE), *_times(EVENINGS, chosen.quiet_from, say)]
    caps = [(say.number(cap), str(cap)) for cap in sorted({*CAPS, chosen.daily_cap})]
    return [
        entry(
            "morning",
            say("My day begins at"),
            choice_field(_times(MORNINGS, chosen.morning, say), _value(chosen.morning)),
            hint=say("On your working days I remind you at this time, in your own time zone."),
        ),
        entry("quiet_from", say("Quiet from"), choice_field(evenings, NONE if none else _value(chosen.quiet_from))),
        entry(
            "quiet_until",
            say("Quiet until"),
            choice_field(_times(QUIET_ENDS, chosen.quiet_until, say), _value(chosen.quiet_until)),
        ),
        entry(
            "daily_cap",
            say("Posts a day at most"),
            choice_field(caps, str(chosen.daily_cap)),
            hint=say("What is more goes into one line of a digest."),
        ),
    ]


def confirm_absence(first: date, last: date, deputies: Sequence[tuple[str, int]], say: Speech) -> Reply:
    """What was understood, with a button for each person who may have been meant; nothing is kept yet."""
    title = say("Away from {first} to {last}?", first=say.weekday(first), last=say.weekday(last))
    buttons = [
        button(
            say("Yes, {name} takes over", name=name),
            f"away.confirm:{id}",
            f"{id}|{first.isoformat()}|{last.isoformat()}",
            style="primary" if len(deputies) == 1 else None,
        )
        for name, id in deputies[:5]
    ]
    cancel = button(say("Cancel"), "away.cancel", "cancel")
    return Reply(title, [section(bold(title)), context(sees(say)), actions(*buttons, cancel)])


def sees(say: Speech) -> str:
    """What a deputy is entitled to."""
    return say("Whoever takes over receives what would have come to you, and meanwhile sees your customers in full.")


def day(chosen: Preferences, say: Speech) -> str:
    """When the day begins, when it is quiet, and how much is said at most, in one line."""
    parts = [say("begins at {time}", time=say.time(chosen.morning))]
    if chosen.quiet_from == chosen.quiet_until:
        parts.append(say("no quiet hours"))
    else:
        begins, ends = say.time(chosen.quiet_from), say.time(chosen.quiet_until)
        parts.append(say("quiet from {begins} to {ends}", begins=begins, ends=ends))
    parts.append(say.count("at most {n} post a day", "at most {n} posts a day", chosen.daily_cap))
    return "  ·  ".join(parts)


def absence_of(absence: Away | None, say: Speech, *, opens: str = "away.open", ends: str = "away.back") -> Block:
    """Who stands in, with the button that changes it: `opens` and `ends` are what its press means."""
    heading = bold(say("When you are away"))
    if absence is None:
        return section("\n".join((heading, say("Nobody stands in for you."))), button(say("I am away"), opens))
    words = say(
        "From {first} to {last} {name} takes over.",
        first=say.weekday(absence.first),
        last=say.weekday(absence.last),
        name=safe(absence.deputy_name),
    )
    return section(f"{heading}\n{words}", button(say("I am back"), ends))


def _times(walls: Sequence[time], chosen: time, say: Speech) -> list[tuple[str, str]]:
    """Times of day as choices, the chosen one among them whatever it is."""
    return [(say.time(wall), _value(wall)) for wall in sorted({*walls, chosen})]


def _value(wall: time) -> str:
    return f"{wall:%H:%M}"
