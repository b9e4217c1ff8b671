"""The 360 card: who the customer is, where it stands and why, what it bought, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.blocks import actions, button, context, divider, fields, header, safe, section
from bot.desk import Block, Reply
from customers.explain import judgement
from customers.loading import Seen
from words.sentences import sentence
from words.speech import Speech
from words.terms import term

# The marks that let the eye find where a customer stands; the word always stands beside them.
MARKS = {"loyal": "🟢", "swing": "🟡", "lost": "🔴", "none": "⚪"}


def card(
    seen: Seen, say: Speech, *, today: date, currency: str, note: str = "", undo: tuple[str, str] | None = None
) -> Reply:
    """Draw the card in full or masked; `note` is what was just done, `undo` the (button, value) that takes it back."""
    name, done = seen.customer.name, _done(note, undo, say)
    if not seen.full:
        return Reply(name, [*done, header(name), *_masked(seen, say)])
    blocks = [
        *done,
        header(name),
        context(_about(seen, say)),
        section(_standing(seen, say, today, currency)),
    ]
    if seen.facts is not None:
        blocks.append(fields(_numbers(seen, say, today, currency)))
    for title, lines in (
        (say("Last orders"), _orders(seen.shown.get("orders", ()), say)),
        (say("Buys most"), _products(seen.shown.get("products", ()), say, currency)),
        (say("Contacts"), _contacts(seen)),
        (say("Last interactions"), interaction_lines(seen.shown.get("interactions", ()), say)),
        (say("Open points"), _open_points(seen, say)),
    ):
        if lines:
            blocks.append(section(f"*{title}*\n" + "\n".join(lines)))
    blocks += [context(_consent(seen.shown.get("consent", {}), say)), divider(), _buttons(seen, say)]
    return Reply(say("{name}: {stage}", name=name, stage=_stage(seen, say)), blocks)


def shared(seen: Seen, say: Speech, sharer: str) -> list[Block]:
    """Draw what a whole channel may see: name, owner and stage, and who shared it."""
    return [
        header(seen.customer.name),
        *_lines(seen, say),
        context(say("Shared by {person}. Phone, e-mail, birthday and amounts are hidden.", person=safe(sharer))),
    ]


def _done(note: str, undo: tuple[str, str] | None, say: Speech) -> list[Block]:
    if not note:
        return []
    return [section(f"✅ {safe(note)}", button(say("Undo"), *undo) if undo else None)]


def _masked(seen: Seen, say: Speech) -> list[Block]:
    hint = say(
        "Phone, e-mail, birthday and amounts are hidden, since this customer belongs to another team. "
        "Its owner can tell you more."
    )
    return [*_lines(seen, say), context(hint)]


def _lines(seen: Seen, say: Speech) -> list[Block]:
    owner = safe(seen.owner_name) if seen.owner_name else say("nobody yet")
    return [fields([(say("Owner"), owner), (say("Lifecycle"), _stage(seen, say))])]


def _about(seen: Seen, say: Speech) -> str:
    one = seen.customer
    parts = [f"`{safe(one.key)}`" if one.key else "", _comma(one.city, one.country), one.industry or "", one.size or ""]
    if seen.shown.get("parent"):
        parts.append(say("part of {parent}", parent=seen.shown["parent"]))
    if seen.shown.get("children"):
        parts.append(say.count("{n} company below it", "{n} companies below it", seen.shown["children"]))
    parts.append(say("Owner: {name}", name=seen.owner_name or say("nobody yet")))
    parts += [_comma(one.phone, one.email)]
    parts += [say.listing([f"#{tag}" for tag in seen.shown.get("tags", ())])]
    shown = [part if part.startswith("`") else safe(part) for part in parts if part]
    return "  ·  ".join(shown)


def _comma(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _standing(seen: Seen, say: Speech, today: date, currency: str) -> str:
    if seen.facts is None:
        return say("Nothing is known about what this customer buys yet.")
    word = term(say, "loyalty", seen.facts.loyalty) if seen.facts.loyalty != "none" else _stage(seen, say)
    because = sentence(say, judgement(seen.facts, today), currency)
    return f"{MARKS[seen.facts.loyalty]} *{word}*  {safe(because)}"


def _stage(seen: Seen, say: Speech) -> str:
    return term(say, "stage", seen.facts.stage if seen.facts is not None else "prospect")


def _numbers(seen: Seen, say: Speech, today: date, currency: str) -> list[tuple[str, str]]:
    facts = seen.facts
    if facts is None:
        return []
    value = term(say, "value", facts.value) + (f"  ({facts.rfm})" if facts.rfm else "")
    if facts.price_only:
        value += " · " + say("buys only at a discount")
    stage = _stage(seen, say)
    if facts.stage_since:
        stage += " " + say("since {day}", day=say.date(facts.stage_since))
    pairs = [(say("Value"), value), (say("Lifecycle"), stage)]
    if not facts.purchases:
        return pairs
    pairs += [
        (say("Spend in 365 days"), say.money(facts.spend_year, currency)),
        (say("Spend in all"), say.money(facts.spend, currency)),
        (
            say("Purchases"),
            say(
                "{count}, on average {amount}", count=say.number(facts.purchases), amount=_average(seen, say, currency)
            ),
        ),
        (say("Last purchase"), _last(facts.last_day, say, today)),
    ]
    if facts.gap_mean is not None:
        pairs.append(
            (
                say("Rhythm"),
                say(
                    "every {gap} ± {spread} days",
                    gap=say.number(facts.gap_mean, digits=0),
                    spread=say.number(facts.gap_spread or 0, digits=0),
                ),
            )
        )
    if facts.main_channel:
        pairs.append((say("Buys mostly"), term(say, "channel", facts.main_channel)))
    return pairs


def _average(seen: Seen, say: Speech, currency: str) -> str:
    average = seen.facts.average_order if seen.facts is not None else None
    return say.money(average, currency) if average is not None else "–"


def _last(day: date, say: Speech, today: date) -> str:
    return say("{day}, {silence} ago", day=say.date(day), silence=say.days((today - day).days))


def _orders(orders: Sequence[dict[str, Any]], say: Speech) -> list[str]:
    return [
        "• "
        + say(
            "{day}: {amount}",
            day=say.date(date.fromisoformat(order["day"])),
            amount=say.money(Decimal(order["amount"]), order["currency"]),
        )
        + (f"  _{safe(term(say, 'status', order['status']))}_" if order.get("status") else "")
        + f"  `{safe(order['key'])}`"
        for order in orders
    ]


def _products(products: Sequence[dict[str, Any]], say: Speech, currency: str) -> list[str]:
    return [f"• {safe(each['name'])}: {say.money(Decimal(each['spend']), currency)}" for each in products]


def _contacts(seen: Seen) -> list[str]:
    return [
        "• " + "  ·  ".join(safe(part) for part in (each["name"], each["title"], each["phone"], each["email"]) if part)
        for each in seen.shown.get("contacts", ())
    ]


def interaction_lines(interactions: Sequence[dict[str, Any]], say: Speech) -> list[str]:
    """Draw interactions, newest first: when, what, who, in which words."""
    lines = []
    for each in interactions:
        head = say(
            "{day}: {kind}",
            day=say.date(datetime.fromisoformat(each["at"]).astimezone(say.zone).date()),
            kind=term(say, "interaction", each["kind"]),
        )
        by = f" ({safe(each['rep'])})" if each.get("rep") else ""
        outcome = f"  → {safe(each['outcome'])}" if each.get("outcome") else ""
        lines.append(f"• {head}{by}: {safe(each['text'])}{outcome}")
    return lines


def _open_points(seen: Seen, say: Speech) -> list[str]:
    points = [
        "⚠️ "
        + say(
            "Open complaint since {day}: {text}", day=say.date(date.fromisoformat(each["on"])), text=safe(each["text"])
        )
        for each in seen.shown.get("complaints", ())
    ]
    facts = seen.facts
    if facts is not None and facts.unpriced_orders:
        points.append(
            "💱 "
            + say.count(
                "{n} order waits for an exchange rate ({currencies}) and is left out of the sums.",
                "{n} orders wait for an exchange rate ({currencies}) and are left out of the sums.",
                facts.unpriced_orders,
                currencies=safe(facts.unpriced_currencies or ""),
            )
        )
    if seen.customer.owner_id is None:
        points.append("👤 " + say("Nobody owns this customer yet."))
    return points


def _consent(consent: dict[str, Any], say: Speech) -> str:
    allowed = [
        term(say, "consent", channel_and_purpose)
        for channel_and_purpose, state in sorted(consent.items())
        if state["given"]
    ]
    if not allowed:
        return "✉️ " + say("Consent: none. Nothing may be sent.")
    return "✉️ " + say("Consent: {allowed}", allowed=say.listing(allowed))


def _buttons(seen: Seen, say: Speech) -> Block:
    chosen = str(seen.customer.id)
    return actions(
        button(say("Log an interaction"), "customer.log", chosen, style="primary"),
        button(say("Timeline"), "customer.timeline", chosen),
        button(say("Why?"), "customer.why", chosen),
        *_resolve(seen, say),
        button(say("Tags"), "customer.tags", chosen),
        button(say("Correct"), "customer.correct", chosen),
        button(
            say("Share"),
            "customer.share",
            chosen,
            confirm=(
                say(
                    "Everybody in this channel will see name, owner and stage. "
                    "Phone, e-mail, birthday and amounts stay hidden."
                ),
                say("Share"),
                say("Cancel"),
            ),
        ),
    )


def _resolve(seen: Seen, say: Speech) -> list[Block]:
    oldest = next(iter(seen.shown.get("complaints", ())), None)
    return [button(say("Complaint resolved"), "complaint.resolved", str(oldest["id"]))] if oldest else []
