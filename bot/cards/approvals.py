"""The queue of messages to customers that wait for a person's decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.blocks import bold, button, context, divider, header, safe, section
from bot.cards.draft_buttons import APPROVER, AUTHOR, Spot
from bot.cards.draft_words import template_title
from bot.desk import Block, Reply
from words.speech import Speech

# More than these are not read at once; the oldest come first.
LINES = 20


def queue(waiting: Sequence[Any], own: Sequence[Any], say: Speech, shows: str) -> Reply:
    """What waits for the reader, the oldest first, and the reader's own that waits for others; each with its button."""
    title = say("Waiting for your approval")
    text = say.count("{n} message waits for your approval", "{n} messages wait for your approval", len(waiting))
    blocks: list[Block] = [header(title), *_cut(waiting, lines, say, shows)]
    if not waiting:
        text = say("Nothing waits for your approval.")
        blocks.append(section(text))
    if own:
        blocks += [divider(), section(bold(say("Yours, waiting for others"))), *_cut(own, own_lines, say, shows)]
    elif not waiting:
        blocks.append(context(say("What is submitted to you, or by you with {command}, stands here.",
                                  command="`/draft`")))  # fmt: skip
    return Reply(text, blocks)


def lines(waiting: Sequence[Any], say: Speech, shows: str) -> list[Block]:
    """A line for each of what waits for the reader, with the way to its card."""
    return [
        section(_line(each, each.author, say, shows),
                button(say("Open"), f"approval.open:{number}", Spot(each.id, APPROVER).value()))
        for number, each in enumerate(waiting)
    ]  # fmt: skip


def own_lines(own: Sequence[Any], say: Speech, shows: str) -> list[Block]:
    """The same for the reader's own."""
    return [
        section(_line(each, say("waits for {person}", person=each.asked), say, shows),
                button(say("Open"), f"draft.open:{number}", Spot(each.id, AUTHOR).value()))
        for number, each in enumerate(own)
    ]  # fmt: skip


def _line(each: Any, who: str | None, say: Speech, shows: str) -> str:
    whom = safe(each.customer) if shows != "ids" else "–"
    if each.drafts > 1:
        whom = say("{n} customers", n=say.number(each.drafts))
    parts = [template_title(each.template, say), safe(who or "–"), say.moment(each.asked_at)]
    return f"{bold(whom)}\n{'  ·  '.join(parts)}"


def _cut(
    rows: Sequence[Any], draw: Callable[[Sequence[Any], Speech, str], list[Block]], say: Speech, shows: str
) -> list[Block]:
    drawn = draw(rows[:LINES], say, shows)
    if len(rows) > LINES:
        drawn.append(context(say.count("{n} more waits", "{n} more wait", len(rows) - LINES)))
    return drawn
