"""What a message to a customer says, how it differs from its template, and whether it may go."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.blocks import bold, context, cut, divider, quote, safe, section, verbatim
from bot.cards.draft_words import reason_words
from bot.desk import Block
from care.checks import BLOCKS, OK, WARNS, Check
from care.draft_views import View
from words.sentences import sentence
from words.speech import Speech
from words.templates import EMAIL
from words.terms import term

MARKS = {OK: "✅", WARNS: "⚠️", BLOCKS: "⛔"}
# Names of one exception that are read; the rest is counted.
NAMES = 12


def words(view: View, say: Speech) -> list[Block]:
    """The message exactly as it goes, and how it differs from what the template wrote."""
    draft = view.draft
    if not draft.text:
        return [context(say("The words of this message are not kept any more."))]
    head = [bold(safe(draft.subject))] if draft.channel == EMAIL else []
    if view.total > 1:
        place = say("{place} of {total}: {customer}", place=say.number(view.place + 1),
                    total=say.number(view.total), customer=safe(view.customer))  # fmt: skip
        parts = [place, term(say, "draft", draft.state)] if view.batch.state == "approved" else [place]
        head.insert(0, "  ·  ".join(parts))
    blocks: list[Block] = [section("\n".join(head))] if head else []
    blocks.append(quote(draft.text))
    changed = _difference(draft)
    if changed:
        blocks += [context(say("Changed from the template:")), verbatim(changed)]
    return blocks


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
    if not view.exceptions or (view.total == 1 and view.checks):
        return []
    number = sum(len(names) for names in view.exceptions.values())
    if view.total == 1:
        return [section("⛔ " + say("Not sent: {reason}", reason=reason_words(next(iter(view.exceptions)), say)))]
    lines = [bold(say.count("{n} customer is left out", "{n} customers are left out", number))]
    for why, names in view.exceptions.items():
        shown = say.listing([safe(cut(name, 60)) for name in names[:NAMES]])
        if len(names) > NAMES:
            shown = say("{names} and {n} more", names=shown, n=say.number(len(names) - NAMES))
        lines.append(f"⛔ {reason_words(why, say)} ({say.number(len(names))}): {shown}")
    return [section("\n".join(lines))]
