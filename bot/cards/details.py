"""The parts of a customer's card: its figures, its last orders, whom to talk to, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

import phonenumbers

from bot.blocks import capital, cut, safe
from customers import worth
from customers.loading import Seen
from words.speech import Speech
from words.terms import term

# Characters of one interaction in a list: a page of fifteen of them must fit into one paragraph.
WORDS = 140
# Characters of an order's id; some shops put a whole address there.
KEY = 40


def stage(seen: Seen, say: Speech) -> str:
    """The word for where in its life the customer is."""
    return capital(term(say, "stage", seen.facts.stage if seen.facts is not None else "prospect"))


def about(seen: Seen, say: Speech) -> str:
    """Who this is, in one line: id, place, industry, group, owner, how to reach it, tags."""
    one = seen.customer
    parts = [_place(one.city, one.country, say), one.industry, one.size]
    if seen.shown.get("parent"):
        parts.append(say("part of {parent}", parent=seen.shown["parent"]))
    parts.append(say("Owner: {name}", name=seen.owner_name or say("nobody yet")))
    parts += [_phone(one.phone), one.email, say.listing([f"#{tag}" for tag in seen.shown.get("tags", ())])]
    known = [f"`{safe(one.key)}`"] if one.key else []
    return "  ·  ".join(known + [safe(part) for part in parts if part])


def figures(
    facts: Any, stage_word: str, say: Speech, today: date, currency: str, outlook: Any | None
) -> list[tuple[str, str]]:
    """The labelled figures of a row of customer_facts and one of outlooks, those first that matter most."""
    value = capital(term(say, "value", facts.value))
    if facts.rfm:
        value += f"  ·  RFM {facts.rfm}"
    if facts.price_only:
        value += "  ·  " + say("buys only at a discount")
    if facts.stage_since and facts.purchases:  # a prospect has been one ever since it was known: no day of its own
        stage_word = say("{stage} since {day}", stage=stage_word, day=say.date(facts.stage_since))
    pairs = [(say("Value"), value), (say("Lifecycle"), stage_word)]
    if not facts.purchases:
        return pairs
    average = say.money(facts.average_order, currency) if facts.average_order is not None else "–"
    pairs += [
        (say("Spend in 365 days"), say.money(facts.spend_year, currency)),
        (say("Total spend"), say.money(facts.spend, currency)),
        (say("Purchases"), say("{count}, on average {amount}", count=say.number(facts.purchases), amount=average)),
        (say("Last purchase"), _last(facts.last_day, say, today)),
    ]
    pairs += _expected(facts, outlook, say, today, currency)
    if facts.main_channel:
        pairs.append((say("Buys mostly"), capital(term(say, "channel", facts.main_channel))))
    if facts.group_customers > 1:
        whole = say.count("{n} customer", "{n} customers", facts.group_customers)
        own = say("{group} added up; its own spend: {amount}", group=whole, amount=say.money(facts.own_spend, currency))
        pairs.append((say("Group"), own))
    if facts.gap_mean is not None:  # last: where a card is full, the sentence above has said it
        gap, spread = say.number(facts.gap_mean, digits=0), say.number(facts.gap_spread or 0, digits=0)
        pairs.append((say("Rhythm"), say("every {gap} ± {spread} days", gap=gap, spread=spread)))
    return pairs


def _expected(facts: Any, outlook: Any | None, say: Speech, today: date, currency: str) -> list[tuple[str, str]]:
    """When the next order is due and what is to be expected; nothing where too little is known, or only of a past day.

    Of whom is lost no order is due.
    """
    if outlook is None or not worth.counts(outlook) or outlook.judged_on != today:
        return []
    number, spend = round(outlook.expected_orders, 1), say.money(outlook.expected_spend, currency)
    brings = say("{n} orders, {amount}", n=say.number(number), amount=spend)
    if number == 1:
        brings = say("1 order, {amount}", amount=spend)
    pairs = [(say("Expected within {days}", days=say.days(outlook.horizon)), brings)]
    if facts.loyalty != "lost":
        low, high = say.day_of_year(outlook.due_from), say.day_of_year(outlook.due_until)
        due = say("{day} ({low} to {high})", day=say.date(outlook.due_on), low=low, high=high)
        pairs.insert(0, (say("Next order due"), due))
    return pairs


def orders(shown: Sequence[dict[str, Any]], say: Speech) -> list[str]:
    """The last orders, newest first."""
    lines = []
    for order in shown:
        day, amount = date.fromisoformat(order["day"]), Decimal(order["amount"])
        line = "• " + say("{day}: {amount}", day=say.date(day), amount=say.money(amount, order["currency"]))
        if order.get("status"):
            line += f"  _{safe(term(say, 'status', order['status']))}_"
        lines.append(f"{line}  `{safe(cut(order['key'], KEY))}`")
    return lines


def products(shown: Sequence[dict[str, Any]], say: Speech, currency: str) -> list[str]:
    """What the customer spends most on."""
    return [
        "• "
        + say("{product}: {amount}", product=safe(each["name"]), amount=say.money(Decimal(each["spend"]), currency))
        for each in shown
    ]


def contacts(shown: Sequence[dict[str, Any]]) -> list[str]:
    """Whom to talk to, and how."""
    return [
        "• "
        + "  ·  ".join(
            safe(part) for part in (each["name"], each["title"], _phone(each["phone"]), each["email"]) if part
        )
        for each in shown
    ]


def interactions(shown: Sequence[dict[str, Any]], zone: tzinfo, say: Speech) -> list[str]:
    """What was said and done, newest first: when, what, who, in which words, and what came of it."""
    return [
        "• "
        + interaction(
            say.date(datetime.fromisoformat(each["at"]).astimezone(zone).date()),
            each["kind"],
            each.get("rep"),
            each["text"],
            each.get("outcome"),
            say,
        )
        for each in shown
    ]


def interaction(when: str, kind: str, rep: str | None, text: str, outcome: str | None, say: Speech) -> str:
    """One interaction in one line."""
    what = term(say, "interaction", kind)
    by = say("{kind} by {rep}", kind=what, rep=safe(rep)) if rep else what
    line = say("{day}, {kind}: {text}", day=when, kind=by, text=safe(cut(text, WORDS)))
    return f"{line}  → {safe(cut(term(say, 'outcome', outcome), WORDS))}" if outcome else line


def open_points(seen: Seen, say: Speech, today: date) -> list[str]:
    """What waits: complaints, promises, orders without a rate, a missing owner; `today` is the reader's."""
    points = []
    for each in seen.shown.get("complaints", ()):
        since = say.date(date.fromisoformat(each["on"]))
        points.append("⚠️ " + say("Open complaint since {day}: {text}", day=since, text=safe(each["text"])))
    points += [_promise(each, say, today) for each in seen.shown.get("follow_ups", ())]
    facts = seen.facts
    if facts is not None and facts.unpriced_orders:
        waiting = say.count(
            "{n} order waits for an exchange rate ({currencies}) and is left out of the sums.",
            "{n} orders wait for an exchange rate ({currencies}) and are left out of the sums.",
            facts.unpriced_orders,
            currencies=safe(facts.unpriced_currencies or ""),
        )
        points.append(f"💱 {waiting}")
    if seen.customer.owner_id is None:
        points.append("👤 " + say("Nobody owns this customer yet."))
    return points


def _promise(shown: dict[str, Any], say: Speech, today: date) -> str:
    """A follow-up that waits: when, who promised it, what."""
    due = date.fromisoformat(shown["due"])
    who = safe(shown["rep"] or say("nobody"))
    if due < today:
        line = "⏰ " + say("Follow-up of {rep}, overdue since {day}", rep=who, day=say.weekday(due))
    else:
        line = "📌 " + say("Follow-up of {rep} on {day}", rep=who, day=say.weekday(due))
    what = shown["what"] or (term(say, "rule", shown["rule"]) if shown["rule"] else "")
    return say("{point}: {what}", point=line, what=safe(what)) if what else line


def consent(shown: dict[str, Any], say: Speech) -> str:
    """What may be sent to the customer, by channel and purpose."""
    given = [term(say, "consent", what) for what, state in sorted(shown.items()) if state["given"]]
    unwanted = [term(say, "consent", what) for what, state in sorted(shown.items()) if not state["given"]]
    if not given and unwanted:
        words = say.listing(unwanted)
        return "✉️ " + say("Consent: none. Nothing may be sent; the customer does not want {what}.", what=words)
    if not given:
        return "✉️ " + say("Consent: none. Nothing may be sent.")
    return "✉️ " + say("Consent: {allowed}", allowed=say.listing(given))


def _place(city: str | None, country: str | None, say: Speech) -> str:
    """City and country, the country by its name where its code is a known one."""
    name = say.locale.territories.get(country, country) if country else None
    if city and name:
        return say("{city}, {country}", city=city, country=name)
    return city or name or ""


def _phone(stored: str | None) -> str | None:
    """A phone number with its country code in groups that one can read out; any other text as it is."""
    if not stored or not stored.startswith("+"):
        return stored
    try:
        number = phonenumbers.parse(stored)
    except phonenumbers.NumberParseException:
        return stored
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _last(day: date, say: Speech, today: date) -> str:
    silence = (today - day).days
    if not silence:
        return say("today")
    return say("{day}, {silence} ago", day=say.date(day), silence=say.days(silence))
