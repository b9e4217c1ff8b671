"""What a message to a customer says, how it differs from its template, and whether it may go."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from bot.blocks import bold, context, cut, divider, quote, safe, section, verbatim
from bot.cards.draft_words import reason_words
from bot.desk import Block
from care.checks import BLOCKS, OK, WARNS, Check
from care.draft_views import View, is_doubtful
from words.sentences import sentence
from words.speech import Speech
from words.templates import EMAIL
from words.terms import term

MARKS = {OK: "✅", WARNS: "⚠️", BLOCKS: "⛔"}
# Characters of a paragraph that are names; a paragraph of Slack's holds 3,000, and "and 400 more" must stand there too.
NAMES = 2_900


def words(view: View, say: Speech) -> list[Block]:
    """The message exactly as it goes, and how it differs from what the template wrote."""
    draft = view.draft
    if not draft.text:
        return [context(say("The words of this message are not kept any more."))]
    head = [bold(safe(draft.subject))] if draft.channel == EMAIL else []
    if view.total > 1:
        place = say("{place} of {total}: {customer}", place=say.number(view.place + 1),
                    total=say.number(view.total), customer=safe(view.customer))  # fmt: skip
        doubtful = is_doubtful(draft)
        state = term(say, "draft", draft.reason if doubtful else draft.state)
        parts = [place, *([state] if view.batch.state == "approved" else []), *([in_health(draft)] if doubtful else [])]
        head.insert(0, "  ·  ".join(parts))
    blocks: list[Block] = [section("\n".join(head))] if head else []
    blocks.append(quote(draft.text))
    changed = _difference(draft)
    if changed:
        blocks += [context(say("Changed from the template:")), verbatim(changed)]
    return blocks


def in_health(draft: Any) -> str:
    """Where a person decides about a message of which nobody can say whether it was sent: its number stands there."""
    return f"`/rekindle health` `#{draft.outbox_id}`"


def _difference(draft: object) -> str:
    """The lines that differ from what the template wrote, - before and + now."""
    written, now = getattr(draft, "written", {}), draft
    before = [written.get("subject", ""), *str(written.get("text", "")).split("\n")]
    after = [getattr(now, "subject", ""), *str(getattr(now, "text", "")).split("\n")]
    lines = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ") and line[2:].strip()]
    return "\n".join(lines)


def checks(made: Sequence[Check], say: Speech, currency: str) -> list[Block]:
    """What stands in the way first, in sentences; what holds in small print."""
    telling = [each for each in made if each.verdict != OK]
    holding = [sentence(say, each.reason, currency) for each in made if each.verdict == OK]
    blocks: list[Block] = [divider(), section(bold(say("Checks")))]
    if telling:
        lines = [f"{MARKS[each.verdict]} {safe(sentence(say, each.reason, currency))}" for each in telling]
        blocks.append(section("\n".join(lines)))
    if holding:
        blocks.append(context(f"{MARKS[OK]} " + safe(say.sentences(holding))))
    return blocks


def exceptions(view: View, say: Speech) -> list[Block]:
    """Whoever cannot be written to, by the reason; of one draft the checks say it already, until it has failed."""
    alone = view.total == 1 and view.batch.segment is None
    if not view.exceptions or (alone and view.checks):
        return []
    number = sum(len(names) for names in view.exceptions.values())
    if alone:
        return [section("⛔ " + say("Not sent: {reason}", reason=reason_words(next(iter(view.exceptions)), say)))]
    title = bold(say.count("{n} customer is left out", "{n} customers are left out", number))
    return [section(title), *(section(_left_out(why, names, say)) for why, names in view.exceptions.items())]


def _left_out(why: str, names: Sequence[str], say: Speech) -> str:
    """Who is left out for one reason, by name as far as a paragraph holds them."""
    begin = "⛔ " + say("{reason} ({n}): {names}", reason=reason_words(why, say), n=say.number(len(names)), names="")
    shown: list[str] = []
    room = NAMES - len(begin)
    for name in names:
        written = safe(cut(name, 60))
        room -= len(written) + 2
        if room < 0:
            break
        shown.append(written)
    told = say.listing(shown)
    if len(shown) < len(names):
        told = say("{names} and {n} more", names=told, n=say.number(len(names) - len(shown)))
    return begin + told
