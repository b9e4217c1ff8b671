"""`/draft`: a message to a customer, written from a text, checked, and submitted for approval."""

from __future__ import annotations

import re
from collections import Counter

from bot.blocks import context, cut, section
from bot.cards import choices
from bot.cards.draft_buttons import spotted
from bot.cards.draft_words import template_title
from bot.desk import Ask, Desk, Press, Reply
from bot.draft_making import draft_on, made, made_again, own, packed
from bot.draft_messages import allowed, left_over, overtaken, redraw, see_all_in_full, shown, tell
from bot.looking import refuse_hidden
from care import approving, drafting, outcomes
from care.approving import AlreadyDecided, Overtaken
from customers import search
from customers.search import Hit
from plugins import button as on_button
from plugins import command
from words.errors import BadInput
from words.speech import Speech, message
from words.templates import templates

# "Win back: price", 挽回：价格: what stands behind it is enough to name the text.
COLON = re.compile(r"[:：]\s*")


@command("/draft", usage="<customer> [text, such as price]", words=("草稿",))
def draft(ask: Ask, desk: Desk) -> Reply:
    """Write a message to a customer, for approval."""
    if not ask.text:
        return _usage(ask.say)
    refuse_hidden(desk)
    name, key = _taken_apart(ask.text)
    with desk.reading() as db:
        found = search.find(db, ask.person.sight, name, region=desk.settings.default_region)
    if found.exact is not None:
        return made(ask.person, ask.say, desk, found.exact, key)
    if key is None and all(hit.how == "close" for hit in found.hits):
        _refuse_unknown_text(ask, desk, name)
    if found.hits:
        return _did_you_mean(name, found.hits, key, ask.say)
    return choices.nothing_found(name, found.closest, ask.say, action="draft.make")


@on_button("draft.make")
def make(press: Press, desk: Desk) -> Reply:
    """Write a draft to the customer of a card, of an alert or of a choice; it comes beside what was pressed."""
    customer_id, key, alert_id = packed(press.value)
    return made(press.person, press.say, desk, customer_id, key, alert_id=alert_id, beside=True)


@on_button("draft.open")
def open_draft(press: Press, desk: Desk) -> Reply:
    """Open a draft beside the list in which it stands."""
    reply = shown(press.person, press.say, desk, spotted(press.value))
    return Reply(reply.text, reply.blocks, beside=True)


@on_button("draft.submit")
def submit(press: Press, desk: Desk) -> Reply:
    """Ask for approval: the card goes to whoever is to approve it, and a copy to its author."""
    person, say, spot = press.person, press.say, spotted(press.value)
    try:
        with desk.transaction() as db:
            own(db, person, spot)
            see_all_in_full(db, desk, person, spot.batch)
            asked = approving.ask(
                db, desk.settings.outreach, spot.batch, by=person.id, at=desk.now, day=desk.today,
                zone=desk.settings.zone,
            )  # fmt: skip
            told = {rep_id: tell(db, desk, spot.batch, rep_id) for rep_id in dict.fromkeys((asked, person.id))}
    except Overtaken as late:
        return overtaken(person, say, desk, spot, late)
    desk.wake()
    return left_over(person, say, desk, spot) if told[person.id] else shown(person, say, desk, spot)


@on_button("draft.take_back")
def take_back(press: Press, desk: Desk) -> Reply:
    """Take a draft back that waits for approval; it is its author's again."""
    person, say, spot = press.person, press.say, spotted(press.value)
    try:
        with desk.transaction() as db:
            own(db, person, spot)
            approving.unask(db, spot.batch, by=person.id, at=desk.now)
            redraw(db, desk, [spot.batch])
    except Overtaken as late:
        return overtaken(person, say, desk, spot, late)
    desk.wake()
    return shown(person, say, desk, spot)


@on_button("draft.anew")
def write_anew(press: Press, desk: Desk) -> Reply:
    """Write once more what was rejected or has expired, in the words that it had; it comes beside what was pressed."""
    with desk.reading() as db:
        before = own(db, press.person, spotted(press.value))
    return made_again(press.person, press.say, desk, before)


@on_button("draft.discard")
def discard(press: Press, desk: Desk) -> Reply:
    """Throw a draft away that was not submitted."""
    person, say, spot = press.person, press.say, spotted(press.value)
    with desk.transaction() as db:
        own(db, person, spot)
        gone = drafting.discard(db, spot.batch)
    if not gone:
        late = AlreadyDecided(message("This was submitted meanwhile, or some of it was sent: it stays."))
        return overtaken(person, say, desk, spot, late)
    words = say("Thrown away: nothing was kept.")
    return Reply(words, [context(words)])


@on_button("draft.page")
def turn(press: Press, desk: Desk) -> Reply:
    """Show another draft of a batch."""
    return shown(press.person, press.say, desk, spotted(press.value))


@on_button("draft.replied")
def replied(press: Press, desk: Desk) -> Reply:
    """Write down that the customer answered."""
    spot = spotted(press.value)
    with desk.transaction() as db:
        allowed(db, desk, press.person, spot.batch)
        sent = draft_on(db, spot)
        if sent.state != "sent":
            raise BadInput("This was not sent, so nobody can have answered it.")
        outcomes.replied(db, sent.id, desk.now)
        redraw(db, desk, [spot.batch])
    desk.wake()
    return shown(press.person, press.say, desk, spot)


def _taken_apart(text: str) -> tuple[str, str | None]:
    """Whom to write to, and the text where one is named at the end: by its key, a part of that, or its title."""
    folded = " ".join(text.split())
    named: dict[str, str] = {}
    for each in templates():
        for name in (each.use, each.name, each.title.lower(), COLON.split(each.title.lower())[-1], each.key):
            named.setdefault(name, each.key)
    for name in sorted(named, key=len, reverse=True):
        if folded.lower().endswith(f" {name}"):
            return folded[: -len(name) - 1].strip(), named[name]
    return folded, None


def _refuse_unknown_text(ask: Ask, desk: Desk, name: str) -> None:
    """Raise `BadInput` where the last word of what fits no customer stands behind the name of one."""
    shorter, _, word = name.rpartition(" ")
    if shorter:
        with desk.reading() as db:
            found = search.find(db, ask.person.sight, shorter, region=desk.settings.default_region)
        if found.exact is not None:
            raise BadInput("There is no text “{text}”. {command} lists all.", text=cut(word, 60), command="`/draft`")


def _did_you_mean(name: str, hits: list[Hit] | tuple[Hit, ...], key: str | None, say: Speech) -> Reply:
    return choices.did_you_mean(name, hits, say, action="draft.make", more=f"|{key or ''}|")


def _usage(say: Speech) -> Reply:
    example = say("/draft acme price")
    how = say(
        "Type {command} and a customer, and if you like a text: {example}", command="`/draft`", example=f"`{example}`"
    )
    keys = dict.fromkeys(each.key for each in templates())
    names = Counter(key.partition("/")[2] for key in keys)
    lines = []
    for key in keys:
        name = key.partition("/")[2]
        lines.append(f"• {template_title(key, say)}  `{name if names[name] == 1 else key}`")
    return Reply(how, [section(how), section("\n".join(lines))])
