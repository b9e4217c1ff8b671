"""What the buttons of a customer's card open: the timeline, and why the judgement is what it is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import actions, button, context, cut, header, safe, section
from bot.cards.details import KEY, WORDS, interaction
from bot.desk import Block, Reply
from customers.timeline import Entry
from words.reasons import Reason
from words.sentences import sentence
from words.speech import Speech, message
from words.terms import term

CAME = {
    "bounced": message("bounced"),
    "unsubscribed": message("unsubscribed"),
    "replied": message("replied"),
    "ordered": message("ordered"),
}


def timeline(name: str, customer_id: int, entries: Sequence[Entry], page: int, more: bool, say: Speech) -> Reply:
    """Orders, interactions and messages, newest first, a page at a time."""
    title = say("{name}: timeline", name=name)
    lines = [_line(entry, say) for entry in entries]
    if not lines:
        lines = [say("Nothing has happened with this customer yet. Log the first call or visit on the card.")]
    turns = []
    if page > 0:
        turns.append(button(say("Newer"), "customer.timeline:newer", f"{customer_id}:{page - 1}"))
    if more:
        turns.append(button(say("Older"), "customer.timeline:older", f"{customer_id}:{page + 1}"))
    return Reply(title, [header(title), section("\n".join(lines)), actions(*turns, back(customer_id, say))])


def why(name: str, customer_id: int, reasons: Sequence[Reason], currency: str, say: Speech) -> Reply:
    """Each judgement in a sentence with its numbers."""
    title = say("{name}: why?", name=name)
    lines = "\n".join(f"• {safe(sentence(say, reason, currency))}" for reason in reasons)
    hint = say("Computed from the orders and interactions that were imported or logged, nothing else.")
    return Reply(title, [header(title), section(lines), context(hint), actions(back(customer_id, say))])


def back(customer_id: int, say: Speech) -> Block:
    """The way back to the card."""
    return button(say("Back to the card"), "customer.show", str(customer_id))


def _line(entry: Entry, say: Speech) -> str:
    when = say.date(entry.day)
    if entry.kind == "order":
        status = f"  _{safe(term(say, 'status', entry.text))}_" if entry.text else ""
        amount = say.money(entry.amount, entry.currency) if entry.amount is not None else "–"
        order = say("{day}, order {key}: {amount}", day=when, key=safe(cut(entry.key or "", KEY)), amount=amount)
        return f"🧾 {order}{status}"
    if entry.kind == "message":
        channel, who = term(say, "channel", entry.key or ""), safe(entry.rep or "–")
        words = safe(cut(" ".join((entry.text or "").split()), WORDS))
        sent = say("{day}, {channel} by {person}: {words}", day=when, channel=channel, person=who, words=words)
        came = say.listing([say(CAME[what]) for what in entry.came])
        return f"📨 {sent} → {came}" if came else f"📨 {sent}"
    return "💬 " + interaction(when, entry.kind, entry.rep, entry.text or "", entry.outcome, say)
