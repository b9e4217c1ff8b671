"""The 360 card: who the customer is, where it stands and why, what it bought, what is open."""

from __future__ import annotations

from datetime import date, tzinfo

from bot.blocks import actions, bold, button, capital, context, divider, fields, header, overflow, safe, section
from bot.cards import details
from bot.desk import Block, Reply
from customers.explain import believed, expectation, judgement
from customers.loading import Seen
from words.sentences import joined
from words.speech import Speech
from words.terms import term

# The marks that let the eye find where a customer stands; the word always stands beside them.
MARKS = {"loyal": "🟢", "swing": "🟡", "lost": "🔴", "none": "⚪"}


def card(
    seen: Seen,
    say: Speech,
    *,
    today: date,
    own_day: date,
    zone: tzinfo,
    currency: str,
    theirs: bool,
    note: str = "",
    undo: tuple[str, str] | None = None,
) -> Reply:
    """Draw the card in full or masked; `note` is what was just done, `undo` the (button, value) that takes it back.

    `today` and `zone` are the tenant's, in which moments become days; `own_day` is the reader's, on which a promise is
    overdue or not, as in `/followups`; `theirs` says whether a masked customer is the reader's own.
    """
    name, done, shown = seen.customer.name, _done(note, undo, say), seen.shown
    if not seen.full:
        return Reply(name, [*done, header(name), *_masked(seen, say, theirs)])
    why = button(say("Why?"), "customer.why", str(seen.customer.id)) if seen.facts is not None else None
    blocks = [*done, header(name), context(details.about(seen, say))]
    blocks.append(section(_standing(seen, say, today, currency), why))
    waiting = details.open_points(seen, say, own_day)
    if waiting:  # before all figures: whoever calls the customer must know it first
        blocks.append(section("\n".join([bold(say("Open points")), *waiting])))
    if seen.facts is not None:
        outlook = believed(seen.facts, seen.outlook)
        figures = details.figures(seen.facts, details.stage(seen, say), say, today, currency, outlook)
        blocks.append(fields(figures))
    for title, lines in (
        (say("Last orders"), details.orders(shown.get("orders", ()), say)),
        (say("Top products"), details.products(shown.get("products", ()), say, currency)),
        (say("Contacts"), details.contacts(shown.get("contacts", ()))),
        (say("Last interactions"), details.interactions(shown.get("interactions", ()), zone, say)),
    ):
        if lines:
            blocks.append(section("\n".join([bold(title), *lines])))
    blocks += [context(details.consent(shown.get("consent", {}), say)), divider(), _buttons(seen, say)]
    return Reply(say("{name}: {stage}", name=name, stage=details.stage(seen, say)), blocks)


def shared(seen: Seen, say: Speech, sharer: str) -> list[Block]:
    """Draw what a whole channel may see: name, owner and stage, and who shared it."""
    return [
        header(seen.customer.name),
        _open_part(seen, say),
        context(say("Shared by {person}. Phone, e-mail, birthday and amounts are hidden.", person=safe(sharer))),
    ]


def _done(note: str, undo: tuple[str, str] | None, say: Speech) -> list[Block]:
    if not note:
        return []
    return [section(f"✅ {safe(note)}", button(say("Undo"), *undo) if undo else None)]


def _masked(seen: Seen, say: Speech, theirs: bool) -> list[Block]:
    if theirs:
        hidden = say(
            "Phone, e-mail, birthday and amounts are hidden: this installation does not let them leave for Slack."
        )
        return [_open_part(seen, say), context(hidden)]
    hint = say(
        "Phone, e-mail, birthday and amounts are hidden, since this customer belongs to another team. "
        "Its owner can tell you more."
    )
    return [_open_part(seen, say), context(hint)]


def _open_part(seen: Seen, say: Speech) -> Block:
    pairs = [(say("Lifecycle"), details.stage(seen, say))]
    if seen.owner_name or seen.customer.owner_id is None:  # a name that may not leave for Slack is left out
        pairs.insert(0, (say("Owner"), safe(seen.owner_name or say("nobody yet"))))
    return fields(pairs)


def _standing(seen: Seen, say: Speech, today: date, currency: str) -> str:
    if seen.facts is None:
        return say("Nothing is known about what this customer buys yet.")
    loyalty = seen.facts.loyalty
    word = capital(term(say, "loyalty", loyalty)) if loyalty != "none" else details.stage(seen, say)
    expected = expectation(seen.facts, believed(seen.facts, seen.outlook), today)
    because = joined(say, [judgement(seen.facts, today), *([expected] if expected else [])], currency)
    return f"{MARKS[loyalty]} *{word}*  {safe(because)}"


def _buttons(seen: Seen, say: Speech) -> Block:
    chosen = str(seen.customer.id)
    question = say(
        "Everybody in this channel will see name, owner and stage. Phone, e-mail, birthday and amounts stay hidden."
    )
    seldom = [
        (say("Consent"), f"consent|{chosen}"),
        (say("Tags"), f"tags|{chosen}"),
        (say("Correct"), f"correct|{chosen}"),
    ]
    return actions(
        button(say("Log an interaction"), "customer.log", chosen, style="primary"),
        button(say("Follow up"), "customer.follow_up", chosen),
        button(say("Write"), "draft.make", chosen),
        *_resolve(seen, say),
        button(say("Timeline"), "customer.timeline", chosen),
        button(say("Share"), "customer.share", chosen, confirm=(question, say("Share"), say("Cancel"))),
        overflow("customer.more", seldom),
    )


def _resolve(seen: Seen, say: Speech) -> list[Block]:
    oldest = next(iter(seen.shown.get("complaints", ())), None)
    if oldest is None:
        return []
    question = say(
        "Is the complaint of {day} settled with the customer?", day=say.date(date.fromisoformat(oldest["on"]))
    )
    confirm = (question, say("Resolved"), say("Cancel"))
    return [button(say("Complaint resolved"), "complaint.resolved", str(oldest["id"]), confirm=confirm)]
