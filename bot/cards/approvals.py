"""The queue of messages to customers that wait for a person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks import bold, button, context, header, safe, section
from bot.cards.draft import APPROVER, Spot, template_title
from bot.desk import Block, Reply
from words.speech import Speech

# More than these are not read at once; the oldest come first.
LINES = 20


def queue(waiting: Sequence[Any], say: Speech, shows: str) -> Reply:
    """What waits, the oldest first, each with its button."""
    title = say("Waiting for your approval")
    if not waiting:
        nothing = say("Nothing waits for your approval.")
        hint = say("When a rep submits a message to a customer, it comes to you as a DM and stands here.")
        return Reply(nothing, [header(title), section(nothing), context(hint)])
    blocks: list[Block] = [header(title), *lines(waiting[:LINES], say, shows)]
    if len(waiting) > LINES:
        blocks.append(context(say.count("{n} more waits", "{n} more wait", len(waiting) - LINES)))
    return Reply(say.count("{n} message waits for your approval", "{n} messages wait for your approval", len(waiting)),
                 blocks)  # fmt: skip


def lines(waiting: Sequence[Any], say: Speech, shows: str) -> list[Block]:
    """A line for each, with the way to its card."""
    drawn = []
    for number, each in enumerate(waiting):
        whom = safe(each.customer) if shows != "ids" else "–"
        if each.drafts > 1:
            whom = say("{n} customers", n=say.number(each.drafts))
        parts = [template_title(each.template, say), safe(each.author or "–"), say.moment(each.asked_at)]
        opener = button(say("Open"), f"approval.open:{number}", Spot(each.id, APPROVER).value())
        drawn.append(section(f"{bold(whom)}\n{'  ·  '.join(parts)}", opener))
    return drawn
