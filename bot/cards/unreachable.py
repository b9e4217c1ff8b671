"""Who cannot be reached in Slack, what waits there, and how that is mended: for the manager."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import button, context, cut, header, safe, section
from bot.desk import Block, Reply
from words.speech import Speech, message

# People named in one message; the rest is counted, for nobody mends twenty in one go.
NAMED = 15
LONGEST_NAME = 80

WHY = {
    "unknown": message("Nobody in Slack has this e-mail address: invite them, or import the address that they use."),
    "deactivated": message("They have been deactivated in Slack."),
    "refused": message("In Slack they are a guest or not confirmed: Rekindle speaks only to members."),
    "zone": message("The time zone “{zone}” is not known: import the right one. Until then the tenant's is used."),
}


@dataclass(frozen=True)
class Missing:
    """Somebody who cannot be reached, or whose time zone is wrong, and what they look after."""

    rep_id: int
    name: str
    email: str
    why: str
    zone: str | None
    customers: int
    follow_ups: int


def unreachable(people: Sequence[Missing], say: Speech) -> Reply:
    """One part for each person, with the way to hand everything over in one step."""
    title = say.count("{n} person cannot be reached", "{n} people cannot be reached", len(people))
    blocks: list[Block] = [header(title)]
    for each in people[:NAMED]:
        lines = [
            f"*{safe(cut(each.name, LONGEST_NAME))}*  {safe(each.email)}",
            say(WHY[each.why], zone=safe(each.zone or "")),
        ]
        has = each.customers or each.follow_ups
        if has:
            owned = say.count("{n} customer", "{n} customers", each.customers) if each.customers else ""
            owed = say.count("{n} follow-up", "{n} follow-ups", each.follow_ups) if each.follow_ups else ""
            lines.append(say("Theirs: {what}", what=say.listing([part for part in (owned, owed) if part])))
        give = button(say("Hand everything over"), f"handover.all:{each.rep_id}", str(each.rep_id))
        blocks.append(section("\n".join(lines), give if has and each.why != "zone" else None))
    if len(people) > NAMED:
        blocks.append(context(say("and {n} more", n=say.number(len(people) - NAMED))))
    blocks.append(context(say("Until this is mended, what would have come to them comes to you. This is said once.")))
    return Reply(title, blocks)
