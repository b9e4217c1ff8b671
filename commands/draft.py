"""`/draft`: a message to a customer, written from a text, checked, and submitted for approval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from bot.blocks import actions, button, context, entry, menu, safe, section, text_field
from bot.blocks import header as headline
from bot.cards import choices
from bot.cards import draft as cards
from bot.cards.draft import Spot, spotted
from bot.cards.draft_form import entries, values_given
from bot.desk import Ask, Desk, Press, Reply, Sent, Sheet
from bot.draft_messages import redraw, shown, tell
from bot.looking import see_in_full
from care import approving, draft_views, drafting, outcomes
from care.drafting import Wanted
from customers import search
from customers.alert_tables import alerts
from customers.loading import Seen
from customers.outreach_tables import batches, drafts
from customers.reps import Person
from customers.search import Hit
from plugins import button as on_button
from plugins import command, form
from words.errors import BadInput, NotAllowed
from words.rendering import LONGEST_SUBJECT, MissingFields
from words.speech import Speech, message
from words.template_fields import FIELDS
from words.templates import EMAIL, templates

# What is proposed to whoever named no text, by what a rep said of a lost customer, else by where the customer stands.
BY_CAUSE = {cause: f"win_back/{cause}" for cause in ("price", "quality", "service", "process", "competitor")}
WIN_BACK, NURTURE, WELCOME, VISIT = (
    "win_back/generic", "swing_nurture/check_in", "welcome/first_order", "regular_visit/arrange",
)  # fmt: skip
APOLOGY = "apology/apology"
# Characters of a text that Slack lets one edit in a form.
EDITABLE = 3_000


@command("/draft", usage="<customer> [text, such as price or win_back/price]", words=("草稿",))
def draft(ask: Ask, desk: Desk) -> Reply:
    """Write a message to a customer, for approval."""
    if not ask.text:
        return _usage(ask.say)
    if not desk.shows_amounts:
        raise NotAllowed(
            "This installation hides customers' details from Slack (SLACK_SHOWS), so this is not done here."
        )
    name, key = _taken_apart(ask.text)
    with desk.reading() as db:
        found = search.find(db, ask.person.sight, name, region=desk.settings.default_region)
    if found.exact is not None:
        return _made(ask.person, ask.say, desk, found.exact, key)
    if found.hits:
        return _did_you_mean(name, found.hits, key, ask.say)
    return choices.nothing_found(name, found.closest, ask.say)


@on_button("draft.make")
def make(press: Press, desk: Desk) -> Reply:
    """Write a draft to the customer of a card, of an alert or of a choice; it comes beside what was pressed."""
    customer_id, key, alert_id = _packed(press.value)
    return _made(press.person, press.say, desk, customer_id, key, alert_id=alert_id, beside=True)


@on_button("draft.open")
def open_draft(press: Press, desk: Desk) -> Reply:
    """Open a draft beside the list in which it stands."""
    reply = shown(press.person, press.say, desk, spotted(press.value))
    return Reply(reply.text, reply.blocks, beside=True)


@on_button("draft.other")
def choose_other(press: Press, desk: Desk) -> Reply:
    """Write the draft anew from another text."""
    key, _, value = press.value.partition("|")
    spot = spotted(value)
    with desk.reading() as db:
        before = _own(db, press.person, spot)
    return _made(press.person, press.say, desk, before.customer_id, key, before=before, given=before.given)


@on_button("draft.fill")
def open_fields(press: Press, desk: Desk) -> Reply:
    """Open the form for what the text can say and only its author knows."""
    if not cards.is_spot(press.value):
        customer_id, key, alert_id = _packed(press.value)
        given: Mapping[str, Any] = {}
    else:
        with desk.reading() as db:
            before = _own(db, press.person, spotted(press.value))
        customer_id, key, alert_id, given = before.customer_id, before.template, before.alert_id, before.given
    say, memory = press.say, {"customer": customer_id, "key": key, "alert": alert_id, "spot": press.value}
    return Reply(sheet=Sheet("draft.fill", say("Fill in"), say("Write"), entries(str(key), given, say), memory))


@form("draft.fill")
def fill(sent: Sent, desk: Desk) -> Reply:
    """Write the draft with what was filled in."""
    given = {name: value for name, value in sent.values.items() if value}
    memory, before = sent.memory, None
    if cards.is_spot(memory["spot"]):
        with desk.reading() as db:
            before = _own(db, sent.person, spotted(memory["spot"]))
    return _made(
        sent.person, sent.say, desk, int(memory["customer"]), memory["key"], alert_id=memory["alert"], before=before,
        given=given,
    )  # fmt: skip


@on_button("draft.edit")
def open_words(press: Press, desk: Desk) -> Reply:
    """Open the words of a draft in a form."""
    say, spot = press.say, spotted(press.value)
    with desk.reading() as db:
        row = _editable(db, press.person, spot)
    if len(row.text) > EDITABLE:
        raise BadInput("This text is too long to be edited in Slack. Choose another text.")
    blocks = [entry("subject", say("Subject"), text_field(row.subject, longest=LONGEST_SUBJECT))]
    blocks = blocks if row.channel == EMAIL else []
    blocks.append(entry("text", say("Text of the message"), text_field(row.text, lines=True, longest=EDITABLE)))
    memory = {"spot": spot.value(), "draft": row.id}
    return Reply(sheet=Sheet("draft.edit", say("Edit the message"), say("Save"), blocks, memory))


@form("draft.edit")
def edit(sent: Sent, desk: Desk) -> Reply:
    """Keep the edited words; whoever is to approve them sees them at once."""
    spot, subject = spotted(sent.memory["spot"]), sent.values.get("subject") or ""
    try:
        with desk.transaction() as db:
            row = _editable(db, sent.person, spot)
            drafting.edit(
                db, desk.settings.outreach, row.id, subject, sent.values["text"], by=sent.person.id, at=desk.now
            )
            redraw(db, desk, [spot.batch])
    except approving.AlreadyDecided:
        raise
    except BadInput as wrong:
        return Reply(faults={"text": sent.say.error(wrong)})
    desk.wake()
    return shown(sent.person, sent.say, desk, spot)


@on_button("draft.submit")
def submit(press: Press, desk: Desk) -> Reply:
    """Ask for approval: the card goes to whoever is to approve it, and a copy to its author."""
    spot = spotted(press.value)
    with desk.transaction() as db:
        _own(db, press.person, spot)
        asked = approving.ask(
            db, desk.settings.outreach, spot.batch, by=press.person.id, at=desk.now, day=desk.today,
            zone=desk.settings.zone,
        )  # fmt: skip
        for rep_id in dict.fromkeys((asked, press.person.id)):
            tell(db, desk, spot.batch, rep_id)
    desk.wake()
    return shown(press.person, press.say, desk, spot)


@on_button("draft.discard")
def discard(press: Press, desk: Desk) -> Reply:
    """Throw a draft away that was not submitted."""
    spot = spotted(press.value)
    with desk.transaction() as db:
        _own(db, press.person, spot)
        drafting.discard(db, spot.batch)
    words = press.say("Thrown away: nothing was kept.")
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
        draft_views.may_see(db, approving.one(db, spot.batch), press.person)
        outcomes.replied(db, _row(db, spot).id, desk.now)
        redraw(db, desk, [spot.batch])
    desk.wake()
    return shown(press.person, press.say, desk, spot)


def _made(
    person: Person,
    say: Speech,
    desk: Desk,
    customer_id: int,
    key: str | None,
    *,
    alert_id: int | None = None,
    before: Any = None,
    given: Mapping[str, Any] | None = None,
    beside: bool = False,
) -> Reply:
    """Write a draft and show its card, in place of `before`, or of what its author had begun for this customer."""
    alert_id = alert_id if before is None else before.alert_id
    seen = see_in_full(desk, person, customer_id, "draft")
    wanted = [key] if key else _fitting(desk, seen, alert_id)
    trouble: BadInput = BadInput("This customer is not here any more.")
    for each in wanted:
        try:
            values = values_given(given or {})
            anew = Wanted(each, given=values, alert_id=alert_id)
            anew = anew if before is None else drafting.in_place_of(before, each, values)
            batch_id = _propose(desk, person, customer_id, anew, None if before is None else before.batch_id)
        except BadInput as wrong:
            trouble = wrong
            continue
        reply = shown(person, say, desk, Spot(batch_id))
        return Reply(reply.text, reply.blocks, beside=beside)
    return _unwritten(trouble, wanted[0], customer_id, alert_id, seen.customer.name, say, beside=beside)


def _propose(desk: Desk, person: Person, customer_id: int, wanted: Wanted, before: int | None) -> int:
    with desk.transaction() as db:
        for batch_id in _begun(db, person.id, customer_id) if before is None else [before]:
            drafting.discard(db, batch_id)
        made = drafting.propose(
            db, desk.settings.outreach, wanted, [customer_id], by=person.id, at=desk.now, today=desk.today,
            zone=desk.settings.zone,
        )  # fmt: skip
    return made.batch_id


def _begun(db: Connection, rep_id: int, customer_id: int) -> list[int]:
    """What a person has begun to write to a customer and not submitted; what an occasion proposed stays as it is."""
    b = batches.c
    own = select(b.id).join(drafts, drafts.c.batch_id == b.id)
    own = own.where(b.made_by == rep_id, b.state == "making", b.segment.is_(None), b.occasion.is_(None))
    return list(db.scalars(own.where(drafts.c.customer_id == customer_id)))


def _fitting(desk: Desk, seen: Seen, alert_id: int | None) -> list[str]:
    """The texts that fit where a customer stands, the most fitting one first."""
    cause = None
    if alert_id is not None:
        with desk.reading() as db:
            cause = db.scalar(select(alerts.c.cause).where(alerts.c.id == alert_id))
    facts = seen.facts
    found = [BY_CAUSE[cause]] if cause in BY_CAUSE else []
    if seen.shown.get("complaints"):
        found.append(APOLOGY)
    if facts is not None and facts.purchases == 1:
        found.append(WELCOME)
    if cause or (facts is not None and facts.loyalty == "lost"):
        found.append(WIN_BACK)
    elif alert_id is not None or (facts is not None and facts.loyalty == "swing"):
        found.append(NURTURE)
    return [*dict.fromkeys([*found, VISIT])]


def _unwritten(
    trouble: BadInput, key: str, customer_id: int, alert_id: int | None, name: str, say: Speech, *, beside: bool
) -> Reply:
    """Why a text cannot be written, with the form for what only its author knows, and the other texts."""
    why = trouble.said(say) if isinstance(trouble, MissingFields) else say.error(trouble)
    value = f"{customer_id}|{key}|{alert_id or ''}"
    buttons = [menu("draft.make:other", say("Another text"), _texts(customer_id, key, alert_id, say))]
    if isinstance(trouble, MissingFields) and all(FIELDS[field].source == "given" for field in trouble.fields):
        buttons.insert(0, button(say("Fill in"), "draft.fill", value, style="primary"))
    title = say("Message to {customer}", customer=name)
    return Reply(title, [headline(title), section(safe(why)), actions(*buttons)], beside=beside)


def _texts(customer_id: int, but: str, alert_id: int | None, say: Speech) -> list[tuple[str, str]]:
    keys = [key for key in dict.fromkeys(each.key for each in templates()) if key != but]
    return [(cards.template_title(key, say), f"{customer_id}|{key}|{alert_id or ''}") for key in keys]


def _own(db: Connection, person: Person, spot: Spot) -> Any:
    """The draft that stands on a card, with the alert it answers; raises `NotAllowed` where somebody else wrote it."""
    batch = approving.one(db, spot.batch)
    if batch.made_by != person.id:
        raise NotAllowed("Somebody else wrote this draft.")
    return _row(db, spot)


def _editable(db: Connection, person: Person, spot: Spot) -> Any:
    """The draft on a card, if a person may change its words: its author, or whoever may approve it."""
    batch = approving.one(db, spot.batch)
    draft_views.may_see(db, batch, person)
    if batch.made_by != person.id and "manager" not in person.roles:
        raise NotAllowed("Somebody else wrote this draft.")
    row = _row(db, spot)
    if row.state != "proposed":
        raise approving.AlreadyDecided(message("These words cannot be changed any more. Undo the sending first."))
    return row


def _row(db: Connection, spot: Spot) -> Any:
    rows = select(drafts, batches.c.alert_id, batches.c.occasion).join(batches, batches.c.id == drafts.c.batch_id)
    found = db.execute(rows.where(batches.c.id == spot.batch).order_by(drafts.c.id)).all()
    if not found:
        raise BadInput(approving.GONE)
    return found[min(spot.place, len(found) - 1)]


def _packed(value: str) -> tuple[int, str | None, int | None]:
    """The customer, the text and the alert in the value of a button; the latter two may be left out."""
    customer_id, _, rest = value.partition("|")
    key, _, alert_id = rest.partition("|")
    return int(customer_id), key or None, int(alert_id) if alert_id else None


def _taken_apart(text: str) -> tuple[str, str | None]:
    """Whom to write to, and the text where one is named at the end."""
    folded = " ".join(text.split())
    named: dict[str, str] = {}
    for each in templates():
        for name in (each.use, each.name, each.title.lower(), each.key):
            named.setdefault(name, each.key)
    for name in sorted(named, key=len, reverse=True):
        if folded.lower().endswith(f" {name}"):
            return folded[: -len(name) - 1].strip(), named[name]
    return folded, None


def _did_you_mean(name: str, hits: list[Hit] | tuple[Hit, ...], key: str | None, say: Speech) -> Reply:
    return choices.did_you_mean(name, hits, say, action="draft.make", more=f"|{key or ''}|")


def _usage(say: Speech) -> Reply:
    how = say(
        "Type {command} and a customer, and if you like a text: {example}",
        command="`/draft`",
        example="`/draft acme win_back/price`",
    )
    keys = dict.fromkeys(each.key for each in templates())
    lines = [f"• {cards.template_title(key, say)}  `{key}`" for key in keys]
    return Reply(how, [section(how), section("\n".join(lines))])
