"""`/customer`: everything about one customer on one card, found by whatever you remember of it."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks import entry, search_menu
from bot.cards import choices, customer, history
from bot.desk import Ask, Desk, Press, Reply, Sent, Sheet, Typing
from bot.looking import see_in_full, show_card, showable
from commands import consent, correction
from customers import cut_points, explain, judging, search, timeline, weighing
from customers.sight import Sight
from plugins import button, command, form, shortcut, type_ahead
from words.errors import BadInput


@command("/customer", usage="<name, part, pinyin, initials, phone, e-mail or id>", words=("客户",))
def customer_command(ask: Ask, desk: Desk) -> Reply:
    """Show everything about a customer on one card."""
    if not ask.text:
        with desk.reading() as db:
            return choices.usage("/customer", showable(search.recent(db, ask.person.id), desk), ask.say)
    same = search.exact(desk.database, ask.text)
    if same is not None:
        return show_card(ask.person, ask.say, desk, same)
    # What is hidden from the asker, or from Slack altogether, must not be found by searching for it either.
    sight = ask.person.sight if desk.settings.slack_shows == "full" else Sight()
    with desk.reading() as db:
        found = search.find(db, sight, ask.text, region=desk.settings.default_region)
        nobody_yet = not (found.exact or found.hits or found.closest) and search.is_empty(db)
    if found.exact is not None:
        return show_card(ask.person, ask.say, desk, found.exact)
    if found.hits:
        return choices.did_you_mean(ask.text, showable(found.hits, desk), ask.say)
    if nobody_yet:
        return choices.nobody_yet(ask.say)
    return choices.nothing_found(ask.text, showable(found.closest, desk), ask.say)


@button("customer.show")
def show(press: Press, desk: Desk) -> Reply:
    """Open the card of a customer that was offered."""
    return show_card(press.person, press.say, desk, int(press.value))


@button("customer.timeline")
def show_timeline(press: Press, desk: Desk) -> Reply:
    """Show what happened with a customer, newest first."""
    customer_id, _, number = press.value.partition(":")
    seen = see_in_full(desk, press.person, int(customer_id), "timeline")
    with desk.reading() as db:
        entries, more = timeline.page(db, int(customer_id), desk.settings.zone, int(number or 0))
    return history.timeline(seen.customer.name, int(customer_id), entries, int(number or 0), more, press.say)


@button("customer.why")
def show_why(press: Press, desk: Desk) -> Reply:
    """Explain each judgement about a customer with its numbers."""
    seen = see_in_full(desk, press.person, int(press.value), "why")
    if seen.facts is None:
        raise BadInput("Nothing is known about what this customer buys yet.")
    with desk.reading() as db:
        limits, learnt = cut_points.load(db), judging.recall_learnt(db)
        recent = 0
        if seen.outlook is not None:
            recent = weighing.recent_purchases(db, seen.facts, seen.outlook.judged_on, seen.outlook.horizon)
    reasons = explain.why(
        seen.facts,
        limits,
        desk.today,
        desk.rules,
        outlook=seen.outlook,
        lines=None if learnt is None else learnt.bands,
        recent=recent,
    )
    return history.why(seen.customer.name, int(press.value), reasons, desk.settings.home_currency, press.say)


@button("customer.more")
def more(press: Press, desk: Desk) -> Reply:
    """Open what is done less often: consent, tags, a correction."""
    what, _, customer_id = press.value.partition("|")
    opens = {"consent": consent.open_consent, "tags": correction.open_tags, "correct": correction.open_correction}
    reply: Reply = opens[what].handler(replace(press, value=customer_id), desk)
    return reply


@button("customer.share")
def share(press: Press, desk: Desk) -> Reply:
    """Show name, owner and stage to everybody in the channel."""
    if not press.in_channel:
        raise BadInput("Only you read here. Use /customer in the channel where you want to share the card.")
    seen = see_in_full(desk, press.person, int(press.value), "share")
    return Reply(seen.customer.name, share=customer.shared(seen, press.say, press.person.name))


@shortcut("customer.look_up", title="Look up a customer")
def look_up(ask: Ask, desk: Desk) -> Reply:
    """Find a customer from anywhere in Slack; the card comes as a DM."""
    say = ask.say
    which = entry("customer", say("Customer"), search_menu("customer.look_up", say("Type a name")))
    return Reply(sheet=Sheet("customer.look_up", say("Look up a customer"), say("Open"), [which]))


@type_ahead("customer.look_up")
def offer_customers(typing: Typing, desk: Desk) -> list[tuple[str, str]]:
    """Offer the customers that fit what is typed, those of other teams too: their cards are masked."""
    return fitting(typing, desk, full_only=False)


@form("customer.look_up")
def looked_up(sent: Sent, desk: Desk) -> Reply:
    """Show the card of the customer that was chosen."""
    return show_card(sent.person, sent.say, desk, int(sent.values["customer"]))


def fitting(typing: Typing, desk: Desk, *, full_only: bool) -> list[tuple[str, str]]:
    """Customers that fit what is typed, as (name and city, id); `full_only` leaves out those whose card is masked."""
    sight = typing.person.sight
    searched = sight if desk.settings.slack_shows == "full" else Sight()
    with desk.reading() as db:
        found = search.find(db, searched, typing.text, region=desk.settings.default_region, limit=10)
        sure = None if found.exact is None else search.named(db, found.exact)
    hits = [*found.hits, *found.closest] if sure is None else [sure]
    return [
        (f"{hit.name} ({hit.city})" if hit.city else hit.name, str(hit.id))
        for hit in showable(hits, desk)
        if not full_only or sight.full(hit.owner_id)
    ]
