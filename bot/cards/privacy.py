"""What a privacy officer reads of one customer: what we hold, who looked, and what is left after erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks import actions, bold, button, context, entry, header, safe, section, text_field
from bot.desk import Block, Reply, Sheet
from care.personal_data import GOES, HOLDINGS, KNOWN_AGAIN
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
    "privacy contact": message("asked what we hold about a contact"),
    "privacy contact export": message("exported what we hold about a contact"),
    "privacy contact erase": message("opened the form to erase a contact"),
    "contact_erased": message("erased a contact"),
}
MASKED = "masked "


def card(
    name: str,
    customer_id: int,
    about: str,
    counts: Mapping[str, int],
    looks: Looks,
    say: Speech,
    extra: Sequence[Block] = (),
) -> Reply:
    """What we hold about a customer in numbers, and what an officer does; `extra` are its contacts."""
    heading = say("Privacy: {name}", name=name)
    what = bold(say("What we hold, in entries"))
    held = "\n".join(
        "• " + say("{what}: {n}", what=title(say, table), n=say.number(number)) for table, number in counts.items()
    )
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
        *extra,
        context(say("Every look here is in the access log, this one too.")),
    ]
    return Reply(heading, blocks)


def form(name: str, customer_id: int, counts: Mapping[str, int], say: Speech) -> Sheet:
    """The form that says what erasing does, and asks for the customer's name to be sure."""
    going = [title(say, holding.name) for holding in HOLDINGS if holding.fate == GOES and holding.name in counts]
    what, final = bold(say("This goes")), bold(say("This cannot be undone."))
    first = say("Name, number, addresses, birthday and everything else that says who it is")
    blocks = [
        section(say("Everything that says who {name} is will be erased.", name=bold(safe(name)))),
        section("\n".join([what, f"• {safe(first)}", *(f"• {safe(words)}" for words in going)])),
        section("\n".join([bold(say("This stays, without the person")), *kept(counts, say)])),
        section(
            say(
                "What waits to be sent to the customer is taken back, nobody writes there again, and an old export "
                "does not bring the customer back. Messages in Slack are changed as far as Rekindle reaches them."
            )
        ),
        section(f"⚠️ {final} {beyond_reach(say)}"),
        entry("name", say("Type the name to confirm"), text_field(longest=300, placeholder=name)),
    ]
    return Sheet("privacy.erase", say("Erase a customer"), say("Erase for good"), blocks, {"customer": customer_id})


def beyond_reach(say: Speech) -> str:
    """What no program can erase from here."""
    return say(
        "Back-ups, what people were answered in Slack, and messages that were sent are beyond reach: "
        "see {guide} for what your operator does.",
        guide="docs/privacy.md",
    )


def erased(
    customer_id: int,
    when: tuple[datetime, str | None],
    counts: Mapping[str, int],
    looks: Looks,
    say: Speech,
    done: Sequence[str] = (),
) -> Reply:
    """An erased customer: when and by whom, what was kept and why, and who looked; `done` is what was just done."""
    name, (at, by) = erased_name(customer_id, say), when
    top = [section("\n".join(f"✅ {safe(line)}" for line in done))] if done else []
    words = say("Erased on {day} by {who}.", day=say.date(at.astimezone(say.zone).date()), who=by or say("nobody"))
    lines = "\n".join([safe(words), bold(say("This stays, without the person")), *kept(counts, say)])
    value = str(customer_id)
    ways = [
        button(say("Export what is left"), "privacy.export", value),
        button(say("Who looked"), "privacy.looks", f"{value}:0"),
    ]
    small = context(_looked(looks, say), beyond_reach(say))
    return Reply(name, [*top, header(name), section(lines), small, actions(*ways)])


def erased_name(customer_id: int, say: Speech) -> str:
    """What an erased customer is called."""
    return say("Erased customer #{id}", id=customer_id)


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


def told(forgotten: int, stopped: int, scrubbed: bool, say: Speech) -> list[str]:
    """What erasing did beside the tables, line by line."""
    return [say("Erased."), *told_beside(forgotten, stopped, scrubbed, say)]


def told_beside(forgotten: int, stopped: int, scrubbed: bool, say: Speech) -> list[str]:
    """The same without the first line."""
    lines = []
    if forgotten:
        lines.append(
            say.count(
                "It was taken out of {n} message to your people.",
                "It was taken out of {n} messages to your people.",
                forgotten,
            )
        )
    if stopped:
        lines.append(say.count("{n} draft was stopped.", "{n} drafts were stopped.", stopped))
    if not scrubbed:
        lines.append(
            say(
                "Traces may be left in the database's file: ask your operator to do what {guide} says of it.",
                guide="docs/privacy.md",
            )
        )
    return lines


def kept(counts: Mapping[str, int], say: Speech) -> list[str]:
    """What stays and why, a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for holding in HOLDINGS:
        if holding.fate != GOES and holding.name in counts:
            reasons.setdefault(holding.why, []).append(title(say, holding.name))
    reasons[KNOWN_AGAIN] = [say("Hashes of number, name and addresses")]
    return ["• " + safe(say("{what}: {why}", what=_named(names, say), why=say(why))) for why, names in reasons.items()]


def _named(names: Sequence[str], say: Speech) -> str:
    """Several names in one phrase, which begins with a capital and goes on without."""
    return say.listing([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])


def _line(look: Look, say: Speech) -> str:
    return "• " + safe(line_of(look, say))


def _looked(looks: Looks, say: Speech) -> str:
    people = say.count("{n} person", "{n} people", looks.people)
    return say.count("{n} look by {people}", "{n} looks by {people}", looks.total, people=people)
