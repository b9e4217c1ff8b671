"""What smaller rules tell in the morning: falling orders, and complaints that nobody answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.blocks import actions, button, context, cut, header, safe, section
from bot.cards.segment import member_line
from bot.desk import Block, Reply
from care.notices import Complaint, Decline
from customers.segments import Member
from words.speech import Speech

# Each takes two blocks; what is more is counted, and comes with the next list of customers.
LINES = 5
WORDS = 200


def declines(shown: Sequence[tuple[Decline, Member, int]], total: int, say: Speech, currency: str, shows: str) -> Reply:
    """Customers whose orders fall, with what they fell by; (decline, customer, id of the notice) of each."""
    title = say("Orders are falling")
    number = say.count("{n} loyal customer buys for much less", "{n} loyal customers buy for much less", total)
    blocks: list[Block] = [header(title), context(number)]
    for decline, member, notice in shown:
        line = member_line(member, say, currency, shows)
        if shows == "full":
            fell = say(
                "{now} in the last half year, {before} in the one before",
                now=say.money(decline.spend, currency),
                before=say.money(decline.spend_before, currency),
            )
            line += f"\n📉 {fell}"
        opener = button(say("Open"), f"digest.open:{notice}", str(member.id))
        blocks += [section(line, opener), votes(notice, say)]
    blocks += _rest(total - len(shown), say)
    hint = say("Said once for each decline. Call before the silence begins: ask what has changed.")
    return Reply(say("{title}: {state}", title=title, state=number), [*blocks, context(hint)])


def complaints(
    shown: Sequence[Complaint], notices: Mapping[int, int], total: int, say: Speech, *, shows: str, to_manager: bool
) -> Reply:
    """Complaints that wait for a word of the owner; `notices` are the ids by customer."""
    title = say("Complaints that nobody has answered") if to_manager else say("A complaint waits for you")
    number = say.count("{n} complaint", "{n} complaints", total)
    blocks: list[Block] = [header(title), context(number)]
    for each in shown:
        opener = button(say("Open"), f"digest.open:{each.id}", str(each.customer_id))
        blocks.append(section(_complaint(each, say, shows, to_manager=to_manager), opener))
        if each.customer_id in notices:
            blocks.append(votes(notices[each.customer_id], say))
    blocks += _rest(total - len(shown), say)
    if to_manager:
        hint = say("The owner was reminded before. Talk to them, or hand the customer over.")
    else:
        hint = say("Call, then log it on the card: that counts as the answer. I have made a follow-up of it.")
    return Reply(say("{title}: {state}", title=title, state=number), [*blocks, context(hint)])


def votes(notice: int, say: Speech, *, useful: bool | None = None) -> Block:
    """Two buttons by which a reader says whether it was worth reading; the chosen one is marked."""
    marks = {True: (" ✓", ""), False: ("", " ✓"), None: ("", "")}[useful]
    yes, no = say("Useful"), say("Noise")
    return actions(
        button(f"👍 {yes}{marks[0]}", f"notice.useful:{notice}", str(notice)),
        button(f"👎 {no}{marks[1]}", f"notice.noise:{notice}", str(notice)),
    )


def _complaint(each: Complaint, say: Speech, shows: str, *, to_manager: bool) -> str:
    name = each.customer_name if shows != "ids" else each.customer_key or f"#{each.customer_id}"
    since = say("open since {day}", day=say.date(_day(each)))
    parts = [f"⚠️ *{safe(name)}*", since]
    if to_manager and shows != "ids":
        parts.append(safe(each.owner_name or say("no owner")))
    line = "  ·  ".join(parts)
    return f"{line}\n{safe(cut(each.text, WORDS))}" if each.text and shows == "full" else line


def _day(each: Complaint) -> date:
    return each.at.date()


def _rest(number: int, say: Speech) -> list[Block]:
    return [context(say.count("and {n} more", "and {n} more", number))] if number > 0 else []
