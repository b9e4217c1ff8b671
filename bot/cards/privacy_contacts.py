"""What a privacy officer reads of one contact of a company: what we hold, and what is left after erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import (
    OPTIONS,
    actions,
    bold,
    button,
    context,
    entry,
    header,
    menu,
    safe,
    section,
    text_field,
    tick_field,
)
from bot.cards.privacy import beyond_reach, told_beside
from bot.desk import Block, Reply, Sheet
from words.held_data import title
from words.speech import Speech

EVERYWHERE = "everywhere"


def menu_of(people: Sequence[Any], say: Speech, *, named: bool) -> list[Block]:
    """A menu of the contacts of a customer; without names where Slack may not have them."""
    if not people:
        return []
    choices = [(called(each, named=named), f"{each.customer_id}:{each.id}") for each in people]
    words = say("One contact alone: what we hold, export, erase")
    blocks = [context(safe(words)), actions(menu("privacy.contact", say("Choose a contact"), choices))]
    if len(people) > OPTIONS:
        more = say(
            "More contacts than fit here: in the terminal any can be named, see {guide}.", guide="docs/privacy.md"
        )
        blocks.append(context(safe(more)))
    return blocks


def called(contact: Any, *, named: bool) -> str:
    """What a contact is called: by name, or by our own number."""
    return str(contact.name) if named else f"#{contact.id}"


def card(contact: Any, company: str, counts: Mapping[str, int], say: Speech, *, named: bool) -> Reply:
    """What we hold about a contact in numbers, with what an officer does."""
    who = called(contact, named=named)
    heading = say("Privacy: {name}", name=who)
    known = [company, *((contact.title, contact.phone, contact.email) if named else ())]
    held = "\n".join(
        "• " + say("{what}: {n}", what=title(say, table), n=say.number(number)) for table, number in counts.items()
    )
    value = f"{contact.customer_id}:{contact.id}"
    ways = [
        button(say("Export"), "privacy.contact_export", value, style="primary"),
        button(say("Erase this contact …"), "privacy.contact_erase", value, style="danger"),
        button(say("Back"), "privacy.open", str(contact.customer_id)),
    ]
    blocks = [
        header(heading),
        context(safe("  ·  ".join(each for each in known if each))),
        section(f"{bold(say('What we hold, in entries'))}\n{held}"),
        actions(*ways),
        context(say("Every look here is in the access log, this one too.")),
    ]
    return Reply(heading, blocks)


def form(contact: Any, company: str, doubtful: bool, say: Speech, *, named: bool) -> Sheet:
    """The form that says what erasing a contact does, and asks for the name to be sure."""
    who, final = called(contact, named=named), bold(say("This cannot be undone."))
    stays = say(
        "{company} stays a customer with its orders, consent and history. "
        "Where {name} was named in them, a mark stands.",
        company=company,
        name=who,
    )
    blocks = [
        section(say("{name} will be erased, and nobody else.", name=bold(safe(who)))),
        section(safe(stays)),
        section(
            say(
                "What waits to be sent to this contact is taken back, nobody writes there again (unless the address is "
                "somebody else's too), and an old export does not bring the contact back. Messages in Slack are "
                "changed as far as Rekindle reaches them."
            )
        ),
        section(f"⚠️ {final} {beyond_reach(say)}"),
        entry("name", say("Type the name to confirm"), text_field(longest=300, placeholder=who)),
    ]
    if doubtful:
        tick = say("Take it out of all texts about this company")
        label = say("This name is a single word, which may mean something else")
        blocks.append(entry(EVERYWHERE, label, tick_field([(tick, EVERYWHERE)], []), optional=True))
    memory = {"customer": contact.customer_id, "contact": contact.id}
    return Sheet("privacy.contact_erase", say("Erase a contact"), say("Erase for good"), blocks, memory)


def told(forgotten: int, stopped: int, changed: int, left: int, scrubbed: bool, say: Speech) -> list[str]:
    """What erasing a contact did, line by line; what stays of the company is named."""
    lines = [say("The contact was erased.")]
    if changed:
        lines.append(say.count("{n} text lost the name.", "{n} texts lost the name.", changed))
    if left:
        lines.append(
            say.count(
                "{n} text holds the word and was left as it is: it may mean something else.",
                "{n} texts hold the word and were left as they are: it may mean something else.",
                left,
            )
        )
    lines += told_beside(forgotten, stopped, scrubbed, say)
    lines.append(say("The company's orders, consent and history stay; hashes of the contact's name and addresses too."))
    return lines


def erased(customer_id: int, company: str, lines: Sequence[str], say: Speech) -> Reply:
    """What was done, with the way back to the company."""
    heading = say("Privacy: {name}", name=company)
    done = section("\n".join(f"✅ {safe(line)}" for line in lines))
    way = actions(button(say("Back"), "privacy.open", str(customer_id)))
    return Reply(heading, [header(heading), done, context(beyond_reach(say)), way])
