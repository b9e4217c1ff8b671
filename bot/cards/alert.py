"""Lost-customer alerts as a rep reads them: who is slipping away, how one can tell, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from bot.blocks import actions, bold, button, capital, context, divider, header, menu, safe, section
from bot.cards import details
from bot.cards.customer import MARKS
from bot.cards.follow_ups import Reader
from bot.desk import Block, Reply
from care.alerts import CAUSES, NOT_LOST, PAGE, Alert, advice
from care.working_days import next_working_day, on_working_day
from customers.explain import judgement
from customers.loading import Seen
from words.sentences import sentence
from words.speech import Speech, message
from words.terms import term

HOME = "home"
"""The place of alerts that stand on the App Home instead of in a message."""
# Orders named in one line; the card has more.
ORDERS = 3
# How long one click puts an alert off, beside the next working day.
WEEK, MONTH = timedelta(days=7), timedelta(days=30)

WHAT_TO_DO = {
    "complaint": message("Settle the complaint first: call, and only then speak about an order."),
    "price": message("This customer buys at a discount: ask what a fair price would be before offering one."),
    "valuable": message("Among your most valuable customers: call or visit in person, and ask what has changed."),
    "usual": message("Call and ask what has changed. If they have left, say here why."),
}


@dataclass(frozen=True)
class Spot:
    """Where an alert is shown: the message's id, or HOME, and the page."""

    message: str
    page: int = 0

    def value(self, of: int | str) -> str:
        """The value of a button that acts on something here."""
        return f"{of}|{self.message}|{self.page}"


def spotted(value: str) -> tuple[str, Spot]:
    """Take the value of a button apart again: on what it acts, and where it stands."""
    of, message_id, page = value.rsplit("|", 2)
    return of, Spot(message_id, int(page))


def message_of(shown: Sequence[Alert], spot: Spot, reader: Reader, today: date, done: Sequence[Block] = ()) -> Reply:
    """The message with these alerts, one page of it; `done` is what was just done. `today` is the tenant's."""
    say = reader.say
    if not shown:
        moved = say("Nothing is left here: it is told in a newer message, or was erased.")
        return Reply(moved, [*done, context(moved)])
    if all(alert.state == "recovered" for alert in shown):
        title = say.count("{n} customer has bought again", "{n} customers have bought again", len(shown))
    else:
        title = say.count("{n} customer is slipping away", "{n} customers are slipping away", len(shown))
    waiting = sum(alert.state == "open" for alert in shown)
    last = max(0, len(shown) - 1) // PAGE
    page = min(spot.page, last)
    here = Spot(spot.message, page)
    parts = [say("most at stake first")] if len(shown) > 1 else []
    if waiting < len(shown) > 1:
        parts.append(say("{open} of {all} still open", open=say.number(waiting), all=say.number(len(shown))))
    if last:
        parts.append(say("Page {page} of {pages}", page=say.number(page + 1), pages=say.number(last + 1)))
    blocks: list[Block] = [header(title), *done]
    if parts:
        blocks.append(context("  ·  ".join(parts)))
    for alert in shown[page * PAGE : (page + 1) * PAGE]:
        blocks += [divider(), *one(alert, here, reader, today)]
    turns = []
    if page:
        turns.append(button(say("Previous"), "alert.page:previous", Spot(spot.message, page - 1).value("page")))
    if page < last:
        turns.append(button(say("Next"), "alert.page:next", Spot(spot.message, page + 1).value("page")))
    if turns:
        blocks += [divider(), actions(*turns)]
    names = say.listing([name_of(alert, reader) for alert in shown[:ORDERS]])
    return Reply(say("{title}: {names}", title=title, names=names), blocks)


def one(alert: Alert, spot: Spot, reader: Reader, today: date) -> list[Block]:
    """One alert with its buttons, or in a line what became of it."""
    say = reader.say
    if alert.state in ("found", "open"):
        lines = [_name(alert, reader), *_evidence(alert, reader, today)]
        card = button(say("Open the card"), f"alert.card:{alert.id}", spot.value(alert.id))
        return [section("\n".join(lines), card), context(_stated(alert, say)), _buttons(alert, spot, reader)]
    undo = button(say("Undo"), f"alert.reopen:{alert.id}", spot.value(alert.id))
    if alert.state == "snoozed" and alert.snoozed_until is not None:
        return [
            section(
                f"💤 {_name(alert, reader)}\n" + say("comes back on {day}", day=say.weekday(alert.snoozed_until)), undo
            )
        ]
    if alert.state == "recovered":
        return [section(f"🎉 {_name(alert, reader)}\n{_recovered(alert, say)}")]
    if alert.cause == NOT_LOST:
        return [section(f"☑️ {_name(alert, reader)}\n" + say("not lost, as you said"), undo)]
    because = say("lost: {cause}", cause=term(say, "cause", alert.cause or "other"))
    words = f"\n> {safe(alert.words)}" if alert.words and _full(alert, reader) else ""
    more = button(say("In words"), f"alert.words:{alert.id}", spot.value(alert.id))
    write = button(say("Write to them"), f"draft.make:{alert.id}", f"{alert.customer_id}||{alert.id}")
    # What a rep wrote about a customer leaves for Slack as little as the rest of what is known.
    buttons = (write, more, undo) if _full(alert, reader) else (write, undo)
    return [section(f"☑️ {_name(alert, reader)}\n{because}{words}"), actions(*buttons)]


def just_done(words: str, undo: tuple[str, str] | None, say: Speech) -> list[Block]:
    """What was just done, with the (button, value) that takes it back."""
    return [section(f"✅ {safe(words)}", button(say("Undo"), *undo) if undo else None)]


def name_of(alert: Alert, reader: Reader) -> str:
    """The customer's name, or the id where no names may leave for Slack."""
    return alert.customer_name if reader.shows != "ids" else alert.customer_key or f"#{alert.customer_id}"


def snoozes(reader: Reader) -> list[tuple[str, str]]:
    """Until when one click puts an alert off: (words, day)."""
    say, today, country = reader.say, reader.today, reader.country
    days = (
        (say("Tomorrow"), next_working_day(today, country)),
        (say("In a week"), on_working_day(today + WEEK, country)),
        (say("In a month"), on_working_day(today + MONTH, country)),
    )
    return [(say("{when}: {day}", when=when, day=say.short_day(day)), day.isoformat()) for when, day in days]


def _name(alert: Alert, reader: Reader) -> str:
    say, facts = reader.say, alert.facts
    loyalty = facts.loyalty if facts is not None else alert.loyalty
    # A customer who is still called loyal is told of all the same: the silence speaks sooner than the class.
    mark = "" if alert.state not in ("found", "open") else MARKS["swing" if loyalty not in ("lost",) else "lost"] + " "
    name = f"{mark}*{safe(name_of(alert, reader))}*"
    parts = [name]
    if _full(alert, reader) and facts is not None and facts.at_stake:
        amount = say.money(facts.at_stake, reader.currency)
        back = alert.state == "recovered"
        parts.append(say("{amount} a year", amount=amount) if back else say("{amount} a year at stake", amount=amount))
    if alert.owner_id != reader.rep_id and alert.owner_name and reader.shows != "ids":
        parts.append(safe(alert.owner_name))
    return "  ·  ".join(parts)


def _evidence(alert: Alert, reader: Reader, today: date) -> list[str]:
    """How one can tell, what is open, the last orders, and what to do."""
    say, shown = reader.say, alert.shown
    if alert.facts is None:
        return []
    lines = []
    if reader.shows != "ids" and reader.sight.full(alert.owner_id):
        lines.append(safe(sentence(say, judgement(alert.facts, today), reader.currency)))
        if alert.is_parent:
            lines.append("🏢 " + say("What it buys itself; those that belong to it have alerts of their own."))
    if not _full(alert, reader):
        if not reader.sight.full(alert.owner_id):
            lines.append(say("This customer belongs to another team: you see name, owner and stage only."))
        return lines
    about: Any = SimpleNamespace(owner_id=alert.owner_id)
    lines += details.open_points(Seen(about, alert.facts, shown, alert.owner_name, full=True), say, today)
    orders = [
        say("{day}: {amount}", day=say.date(date.fromisoformat(each["day"])),
            amount=say.money(Decimal(each["amount"]), each["currency"]))
        for each in shown.get("orders", ())[:ORDERS]
    ]  # fmt: skip
    if orders:
        lines.append("🧾 " + "  ·  ".join(orders))
    return [*lines, f"👉 _{say(WHAT_TO_DO[advice(alert)])}_"]


def _stated(alert: Alert, say: Speech) -> str:
    if alert.stated is None:
        return say("By the first rules: too little has happened here yet to say how often such an alert is right.")
    return say("Of 100 alerts like this one about {n} are right.", n=say.number(round(alert.stated * 100)))


def _recovered(alert: Alert, say: Speech) -> str:
    if alert.ended_on is None:
        return say("has bought again")
    return say(
        "bought again on {day}, after {silence}",
        day=say.date(alert.ended_on),
        silence=say.days((alert.ended_on - alert.began).days),
    )


def _buttons(alert: Alert, spot: Spot, reader: Reader) -> Block:
    say, this = reader.say, spot.value(alert.id)
    later = [(words, f"{day}|{this}") for words, day in snoozes(reader)]
    causes = [(capital(term(say, "cause", cause)), f"{cause}|{this}") for cause in CAUSES]
    useful, noise = say("Useful"), say("Noise")
    return actions(
        button(say("Follow up"), f"alert.follow_up:{alert.id}", this, style="primary"),
        button(say("Write to them"), f"draft.make:{alert.id}", f"{alert.customer_id}||{alert.id}"),
        menu(f"alert.snooze:{alert.id}", say("Snooze"), later),
        button(say("Not lost"), f"alert.not_lost:{alert.id}", this),
        menu(f"alert.lost:{alert.id}", say("Lost because …"), causes),
        button(f"👍 {useful} ✓" if alert.useful is True else f"👍 {useful}", f"alert.useful:{alert.id}", this),
        button(f"👎 {noise} ✓" if alert.useful is False else f"👎 {noise}", f"alert.noise:{alert.id}", this),
    )


def _full(alert: Alert, reader: Reader) -> bool:
    return reader.shows == "full" and reader.sight.full(alert.owner_id)


def about(alert: Alert, reader: Reader) -> Block:
    """The customer's name, on top of a form."""
    return section(bold(safe(name_of(alert, reader))))
