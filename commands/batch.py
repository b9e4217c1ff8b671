"""A message to a whole segment: one text, one approval, and every exception named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.blocks import actions, bold, button, capital, choice_field, context, cut, entry, header, section, text_field
from bot.cards.draft_buttons import Spot
from bot.cards.draft_form import entries, values_given
from bot.cards.draft_words import template_title
from bot.desk import Block, Desk, Press, Reply, Sent, Sheet
from bot.draft_messages import shown
from bot.looking import refuse_hidden
from care import campaigns, drafting
from care.drafting import UNSUBSCRIBE, Wanted
from commands.segment import understood
from customers import segments
from customers.filter_words import describe
from customers.reps import Person
from plugins import button as on_button
from plugins import form
from words.errors import BadInput
from words.speech import Speech
from words.templates import templates
from words.terms import term

# Whichever channel each customer allows.
EITHER = "either"
# A name must fit in a line of the digest.
LONGEST_NAME = 80


@on_button("batch.open")
def open_form(press: Press, desk: Desk) -> Reply:
    """Ask which text goes to the customers of a segment."""
    say, number = press.say, len(_members(press.person, desk, press.value))
    title = capital(describe(understood(press.value, press.person, desk), say))
    name = cut(f"{title} {desk.today.isoformat()}", LONGEST_NAME)
    texts = [(template_title(key, say), key) for key in dict.fromkeys(each.key for each in templates())]
    channels = [
        (capital(say("whichever the customer allows")), EITHER),
        *((capital(term(say, "channel", each)), each) for each in ("email", "sms")),
    ]
    blocks: list[Block] = [
        section(bold(say.count("{n} customer of yours", "{n} customers of yours", number))),
        entry("template", say("Which text?"), choice_field(texts)),
        entry("channel", say("How?"), choice_field(channels, EITHER)),
        entry("name", say("Name of the campaign"), text_field(name, longest=LONGEST_NAME)),
    ]
    return Reply(sheet=Sheet("batch.write", say("Write to all"), say("Preview"), blocks, {"filter": press.value}))


@form("batch.write")
def write(sent: Sent, desk: Desk) -> Reply:
    """Write the drafts, or ask first for what only their author knows."""
    chosen = {name: sent.values[name] for name in ("template", "channel", "name")} | {"filter": sent.memory["filter"]}
    say, sorts = sent.say, drafting.choices(str(chosen["template"]))
    if any(name != UNSUBSCRIBE for each in sorts for name in each.given):
        needed = any(name in each.fields for each in sorts for name in each.given if name != UNSUBSCRIBE)
        told = say("This text needs some words of yours.") if needed else say("This text can say more.")
        memory = json.dumps(chosen, ensure_ascii=False)
        buttons = [button(say("Fill in"), "batch.fill", memory, style="primary")]
        if not needed:
            buttons.append(button(say("Write without"), "batch.without", memory))
        title = template_title(str(chosen["template"]), say)
        return Reply(title, [header(title), section(told), actions(*buttons)], beside=True)
    return _written(sent.person, say, desk, chosen, {})


@on_button("batch.fill")
def open_fields(press: Press, desk: Desk) -> Reply:
    """Open the form for what the text can say and only its author knows."""
    chosen = json.loads(press.value)
    blocks = entries(str(chosen["template"]), {}, press.say)
    return Reply(sheet=Sheet("batch.fill", press.say("Fill in"), press.say("Write"), blocks, chosen))


@on_button("batch.without")
def write_without(press: Press, desk: Desk) -> Reply:
    """Write the drafts without it."""
    return _written(press.person, press.say, desk, json.loads(press.value), {})


@form("batch.fill")
def fill(sent: Sent, desk: Desk) -> Reply:
    """Write the drafts with what was filled in."""
    return _written(sent.person, sent.say, desk, sent.memory, values_given(sent.values))


def _written(
    person: Person, say: Speech, desk: Desk, chosen: Mapping[str, Any], given: Mapping[str, str | date]
) -> Reply:
    ids = _members(person, desk, str(chosen["filter"]))
    key, policy = str(chosen["template"]), desk.settings.outreach
    sorts = drafting.choices(key)
    purpose = "marketing" if any(each.purpose == "marketing" for each in sorts) else "service"
    channel = None if chosen["channel"] == EITHER else str(chosen["channel"])
    with desk.transaction() as db:
        campaign = campaigns.create(
            db, str(chosen["name"])[:LONGEST_NAME], key, purpose, policy.control_share, policy.outcome_days,
            person.id, desk.now,
        )  # fmt: skip
        wanted = Wanted(key, channel, given, segment=str(chosen["filter"]), campaign_id=campaign)
        made = drafting.propose(
            db, policy, wanted, ids, by=person.id, at=desk.now, today=desk.today, zone=desk.settings.zone
        )
    desk.looks.record_all(person.id, ids, "draft")
    reply = shown(person, say, desk, Spot(made.batch_id))
    return replace(reply, blocks=[*reply.blocks, context(say("Page through them before you submit them."))])


def _members(person: Person, desk: Desk, text: str) -> list[int]:
    """Those in a segment whom a person may write to; raises `BadInput` for none, and for more than a batch may hold."""
    refuse_hidden(desk)
    most, filter_ = desk.settings.outreach.batch_most, understood(text, person, desk)
    with desk.reading() as db:
        ids = segments.exportable(db, person, filter_, desk.today, most)
    if not ids:
        raise BadInput("No customer of yours is in this segment. Loosen the filter.")
    if len(ids) > most:
        raise BadInput(
            "A batch holds {most} messages at most, and this segment is larger. Narrow the filter.", most=most
        )
    return ids
