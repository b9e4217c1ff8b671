"""What came of the messages to customers, by text, segment and rep."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import bold, capital, context, header, safe, section
from bot.cards.draft_words import template_title
from bot.desk import Block, Reply
from care.message_counts import Count, Counts
from words.speech import Speech

# Lines of a part; of what is more, the number is told.
LINES = 8


def card(found: Counts, say: Speech, shows: str) -> Reply:
    """The counts, and that they prove nothing."""
    title = say("Messages to customers")
    days = say("sent in the last {days}", days=say.days((found.today - found.since).days))
    if not found.total.sent:
        hint = say(
            "No message was sent to your customers in the last {days}. Whom to write to: {command}",
            days=say.days((found.today - found.since).days),
            command="`/segment swing`",
        )
        return Reply(say("{title}: {state}", title=title, state=hint), [header(title), section(hint)])
    total = _counted(found.total, say)
    named = [(template_title(key, say), count) for key, count in found.templates]
    blocks: list[Block] = [header(title), context(days), section(safe(total)), _part(say("By text"), named, say)]
    # A filter may name a customer.
    if found.segments and shows != "ids":
        blocks.append(_part(say("By segment"), [(f"`{filter}`", count) for filter, count in found.segments], say))
    if shows != "ids":
        reps = [(name or say("no owner"), count) for name, count in found.reps]
        blocks.append(_part(say("By rep"), reps, say))
    blocks.append(context(_no_proof(say)))
    return Reply(say("{title}: {state}", title=f"{title}, {days}", state=total), blocks)


def _part(heading: str, rows: Sequence[tuple[str, Count]], say: Speech) -> Block:
    lines = [f"• {bold(safe(capital(name)))}   {safe(_counted(count, say))}" for name, count in rows[:LINES]]
    rest = len(rows) - LINES
    if rest > 0:
        lines.append(say.count("and {n} more", "and {n} more", rest))
    return section("\n".join([bold(heading), *lines]))


def _counted(count: Count, say: Speech) -> str:
    """The numbers in a line; what happened to none is left out, but for orders."""
    parts = [
        (count.sent, say("{n} sent", n=say.number(count.sent))),
        (count.delivered, say("{n} delivered", n=say.number(count.delivered))),
        (count.bounced, say("{n} bounced", n=say.number(count.bounced))),
        (count.unsubscribed, say("{n} unsubscribed", n=say.number(count.unsubscribed))),
        (count.replied, say("{n} replied", n=say.number(count.replied))),
        (1, say("{n} ordered", n=say.number(count.ordered))),
    ]
    return "  ·  ".join(words for number, words in parts if number)


def _no_proof(say: Speech) -> str:
    return say(
        "These counts are no proof that a message worked: many would have ordered anyway. Only the comparison with a "
        "control group shows that, in the digest of a month and in the monthly report. Of what was sent lately, not "
        "all orders have come."
    )
