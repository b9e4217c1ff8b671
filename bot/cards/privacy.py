"""What a privacy officer reads of one customer: what we hold, who looked, and what is left after erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import actions, bold, button, context, header, safe, section
from bot.desk import Block, Reply
from care.privacy import Look, Looks
from words.held_data import title
from words.speech import Speech, message

# The ways in which people look at customers, as the access log has them.
WAYS = {
    "card": message("opened the card"),
    "timeline": message("read the timeline"),
    "why": message("asked why"),
    "share": message("showed it to a channel"),
    "list": message("saw it in a list"),
    "home": message("saw it on the Home"),
    "alert": message("read an alert"),
    "morning": message("was told in the morning"),
    "digest": message("read it in a digest"),
    "log": message("logged an interaction"),
    "complaint": message("closed a complaint"),
    "follow_up": message("made a follow-up"),
    "correct": message("corrected it"),
    "tags": message("changed the tags"),
    "draft": message("read or wrote a draft"),
    "privacy card": message("asked what we hold"),
    "privacy export": message("exported everything"),
    "privacy looks": message("asked who looked"),
    "privacy erase": message("opened the form to erase"),
    "erased": message("erased the customer"),
}
MASKED = "masked "


def card(name: str, customer_id: int, about: str, counts: Mapping[str, int], looks: Looks, say: Speech) -> Reply:
    """What we hold about a customer in numbers, with the three things that an officer does."""
    heading = say("Privacy: {name}", name=name)
    what = bold(say("What we hold, in entries"))
    held = "\n".join(f"• {title(say, table)}: {say.number(number)}" for table, number in counts.items())
    value = str(customer_id)
    ways = [
        button(say("Export everything"), "privacy.export", value, style="primary"),
        button(say("Who looked"), "privacy.looks", f"{value}:0"),
        button(say("Erase …"), "privacy.erase", value, style="danger"),
    ]
    blocks = [
        header(heading),
        context(safe(about)),
        section(f"{what}\n{held}"),
        context(_looked(looks, say)),
        actions(*ways),
        context(say("Every look here is in the access log, this one too.")),
    ]
    return Reply(heading, blocks)


def erased(name: str, customer_id: int, said: Sequence[str], looks: Looks, say: Speech, done: str = "") -> Reply:
    """An erased customer: when and by whom, what was kept and why, and who looked; `done` is what was just done."""
    top = [section(f"✅ {safe(done)}")] if done else []
    lines = "\n".join(safe(line) for line in said)
    value = str(customer_id)
    ways = [
        button(say("Export what is left"), "privacy.export", value),
        button(say("Who looked"), "privacy.looks", f"{value}:0"),
    ]
    return Reply(done or name, [*top, header(name), section(lines), context(_looked(looks, say)), actions(*ways)])


def looked(name: str, customer_id: int, looks: Looks, say: Speech) -> Reply:
    """Who looked at a customer, when and how, a page at a time."""
    heading = say("Who looked at {name}", name=name)
    lines = "\n".join(_line(look, say) for look in looks.shown)
    turns: list[Block] = []
    if looks.page > 0:
        turns.append(button(say("Newer"), "privacy.looks:newer", f"{customer_id}:{looks.page - 1}"))
    if looks.more:
        turns.append(button(say("Older"), "privacy.looks:older", f"{customer_id}:{looks.page + 1}"))
    turns.append(button(say("Back"), "privacy.open", str(customer_id)))
    nobody = say("Nobody has looked at this customer in the time for which looks are kept.")
    return Reply(heading, [header(heading), context(_looked(looks, say)), section(lines or nobody), actions(*turns)])


def line_of(look: Look, say: Speech) -> str:
    """A look in words: when, who and how."""
    what = look.what.removeprefix(MASKED)
    how = say(WAYS[what]) if what in WAYS else what
    if look.what.startswith(MASKED):
        how = say("{how} (masked)", how=how)
    return say("{moment}: {who} {how}", moment=say.moment(look.at), who=look.rep, how=how)


def _line(look: Look, say: Speech) -> str:
    return "• " + safe(line_of(look, say))


def _looked(looks: Looks, say: Speech) -> str:
    people = say.count("{n} person", "{n} people", looks.people)
    return say.count("{n} look by {people}", "{n} looks by {people}", looks.total, people=people)
