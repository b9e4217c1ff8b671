"""The form about a customer's consent: what holds by channel and purpose, since when and how, and what to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, tzinfo

from bot.blocks import bold, capital, choice_field, context, entry, safe, section, tick_field
from bot.desk import Block, Sheet
from care.consent_entries import HOWS, KEYS
from care.consents import ConsentState, Standing, allows
from care.suppressions import MAY_BE_LIFTED, Address
from words.speech import Speech
from words.terms import term


def sheet(
    name: str, standing: Standing, closed: Mapping[Address, str], say: Speech, *, customer_id: int, zone: tzinfo
) -> Sheet:
    """The form; `closed` are addresses that nobody writes to, with the code of why."""
    choices = [(capital(term(say, "consent", value)), value) for value in map(_value, KEYS)]
    allowed = [_value(key) for key in KEYS if allows(standing, *key)]
    hows = [(capital(term(say, "consent_how", how)), how) for how in HOWS]
    lines = [_line(standing.get(key), term(say, "consent", _value(key)), say, zone) for key in KEYS]
    blocks: list[Block] = [section("\n".join((bold(safe(name)), *lines)))]
    if closed:
        blocks.append(context(*(_closed(address, why, say) for (_, address), why in closed.items())))
    blocks += [
        entry(
            "allowed",
            say("What the customer allows"),
            tick_field(choices, allowed),
            optional=True,
            hint=say("Without a tick nothing of the kind is sent, and what waits to be sent is stopped."),
        ),
        entry("how", say("How the customer told you"), choice_field(hows)),
    ]
    liftable = [(address, channel) for (channel, address), why in closed.items() if why in MAY_BE_LIFTED]
    if liftable:
        works = entry(
            "works",
            say("Write there again"),
            tick_field(liftable, []),
            optional=True,
            hint=say("For an address that is right after all. If a message comes back once more, it is closed again."),
        )
        blocks.insert(-1, works)
    memory = {"customer": customer_id, "shown": allowed, "closed": {channel: address for address, channel in liftable}}
    return Sheet("customer.consent", say("Consent"), say("Save"), blocks, memory)


def understood(values: Sequence[str]) -> list[tuple[str, str]]:
    """The channels and purposes that are ticked, or were when the form was drawn."""
    return [key for key in KEYS if _value(key) in values]


def _value(key: tuple[str, str]) -> str:
    return ":".join(key)


def _line(state: ConsentState | None, what: str, say: Speech, zone: tzinfo) -> str:
    if state is None:
        return "⚪ " + say("{what}: not asked yet, so not allowed", what=capital(what))
    how, day = term(say, "consent_how", state.how), say.date(_day(state.at, zone))
    if state.given:
        line = "✅ " + say("{what}: allowed since {day}, {how}", what=capital(what), day=day, how=how)
    else:
        line = "🚫 " + say("{what}: withdrawn on {day}, {how}", what=capital(what), day=day, how=how)
    return say("{line} ({rep})", line=line, rep=safe(state.rep)) if state.rep else line


def _day(at: datetime, zone: tzinfo) -> date:
    """The day of an entry; an import that knows the day alone writes its midnight in UTC."""
    return at.date() if at.time() == time() else at.astimezone(zone).date()


def _closed(address: str, why: str, say: Speech) -> str:
    return "⚠️ " + say(
        "Nothing is sent to {address}: {reason}.", address=safe(address), reason=term(say, "suppression", why)
    )
