"""A message to a customer as its author and its approver see it: the words, the checks, what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import actions, bold, button, capital, context, divider, header, safe, section
from bot.cards import draft_content
from bot.cards.draft_buttons import Spot, buttons_of
from bot.cards.draft_words import template_title
from bot.desk import Block, Reply
from care.draft_life import STATES
from care.draft_views import View
from care.sending import AMBIGUOUS
from customers.filter_language import parse
from customers.filter_words import describe
from words.errors import BadInput
from words.speech import Speech, message
from words.terms import term

FOUR_EYES = message("A second person must approve this: the customer is of high value.")
FOUR_EYES_FOR_MANY = message("A second person must approve this: high value, or many customers.")
LANGUAGE_NAMES = {"en": "English", "zh_CN": "简体中文"}


def card(view: View, spot: Spot, say: Speech, currency: str, done: Sequence[Block] = ()) -> Reply:
    """Draw the card; `done` is what was just done."""
    title = title_of(view, say)
    blocks: list[Block] = [*done, header(title), context(_about(view, say)), section(_standing(view, say, currency))]
    blocks += draft_content.words(view, say)
    if view.checks:
        blocks += draft_content.checks(view.checks, say, currency)
    blocks += draft_content.exceptions(view, say)
    buttons = buttons_of(view, spot, say)
    if buttons:
        blocks += [divider(), actions(*buttons)]
    return Reply(say("{title}: {state}", title=title, state=_state(view, say)), blocks)


def rejection(view: View, spot: Spot, say: Speech) -> Reply:
    """What the author of a rejected message reads: the reason, and the way on."""
    text = say("{title}: {state}", title=title_of(view, say), state=_state(view, say))
    ways = [button(say("Show"), "draft.open", spot.value())]
    if view.total == 1:
        ways.insert(0, button(say("Write anew"), "draft.anew", spot.value(), style="primary"))
    return Reply(text, [section(f"🚫 {bold(safe(title_of(view, say)))}\n{capital(_state(view, say))}"), actions(*ways)])


def submitted(view: View, say: Speech) -> Reply:
    """What is left of the card where it was submitted: the copy in the author's DM goes on from here."""
    text = say("{title}: {state}", title=title_of(view, say), state=_state(view, say))
    where = say("The card is in your DM with me, and shows what becomes of it.")
    return Reply(text, [section(f"⏳ {bold(safe(title_of(view, say)))}\n{capital(_state(view, say))}"), context(where)])


def title_of(view: View, say: Speech) -> str:
    """For whom the message is."""
    if view.total == 1:
        return say("Message to {customer}", customer=view.customer)
    return say("Messages to {n} customers", n=say.number(view.total))


def _about(view: View, say: Speech) -> str:
    draft, batch = view.draft, view.batch
    language = LANGUAGE_NAMES.get(draft.language, draft.language)
    parts = [template_title(draft.template, say), capital(term(say, "channel", draft.channel)), language]
    if draft.recipient:
        parts.append(safe(draft.recipient))
    if view.author:
        parts.append(say("written by {person}", person=safe(view.author)))
    if batch.segment:
        parts.append(say("segment “{filter}”", filter=safe(_segment(batch.segment, say))))
    if view.campaign:
        parts.append(say("campaign {name}", name=safe(view.campaign)))
    return "  ·  ".join(parts)


def _segment(text: str, say: Speech) -> str:
    """The filter in the reader's words; as it was typed, where it cannot be read any more."""
    try:
        return describe(parse(text), say)
    except BadInput:
        return text


def _state(view: View, say: Speech) -> str:
    batch = view.batch
    who, asked = safe(view.decided_by or "–"), safe(view.asked_of or "–")
    match batch.state:
        case "making":
            return say("not submitted yet")
        case "asked":
            return say("waits for {person}", person=asked)
        case "rejected":
            return say("rejected by {person}: {reason}", person=who, reason=safe(batch.reason or "–"))
        case "expired":
            return say("expired: nobody approved it in time")
    if view.states.get(AMBIGUOUS) and view.total == 1:
        return say("nobody can say whether it was sent: see {command}", command=draft_content.in_health(view.draft))
    if view.states.get("held"):
        leaves = say.moment(view.leaves_at or batch.send_at)
        return say("approved by {person}, leaves on {moment}", person=who, moment=leaves)
    if view.states.get("sent"):
        return say("approved by {person} and sent", person=who)
    return say("approved by {person}, not sent", person=who)


def _standing(view: View, say: Speech, currency: str) -> str:
    """Where it stands, and what came of it."""
    marks = {"making": "✏️", "asked": "⏳", "approved": "✅", "rejected": "🚫", "expired": "⌛"}
    lines = [f"{marks.get(view.batch.state, '•')} {bold(capital(_state(view, say)))}"]
    if view.total > 1 and view.batch.state == "approved":
        told = [
            say("{state}: {n}", state=term(say, "draft", state), n=say.number(number))
            for state, number in sorted(view.states.items(), key=lambda each: (*STATES, AMBIGUOUS).index(each[0]))
        ]
        lines.append(capital("  ·  ".join(told)))
    doubtful = view.states.get(AMBIGUOUS, 0)
    if doubtful and view.total > 1:
        lines.append("⚠️ " + say("Nobody can say whether these were sent: {n}. See {command}.", n=say.number(doubtful),
                                  command="`/rekindle health`"))  # fmt: skip
    if view.batch.state in ("making", "asked") and view.going < view.total > 1:
        lines.append("✉️ " + say("{n} of {total} can go; who is left out, and why, stands below.",
                                 n=say.number(view.going), total=say.number(view.total)))  # fmt: skip
    if view.batch.second_person and view.batch.state in ("making", "asked"):
        lines.append("👥 " + say(FOUR_EYES if view.total == 1 else FOUR_EYES_FOR_MANY))
    if view.control_share and view.batch.state in ("making", "asked"):
        share = say.percent(view.control_share)
        lines.append("🎲 " + say("By lot {share} of them get nothing: only that shows what it earned.", share=share))
    lines += _came_of(view, say, currency)
    return "\n".join(lines)


def _came_of(view: View, say: Speech, currency: str) -> list[str]:
    found, parts = view.outcome, []
    single = view.total == 1
    for number, mark, one, many in (
        (found.sent if single else 0, "📨", say("sent"), ""),  # of many, the line of the states says it
        (found.delivered, "📬", say("delivered"), say("delivered: {n}", n=say.number(found.delivered))),
        (found.bounced, "↩️", say("bounced"), say("bounced: {n}", n=say.number(found.bounced))),
        (found.unsubscribed, "✋", say("unsubscribed"), say("unsubscribed: {n}", n=say.number(found.unsubscribed))),
        (found.replied, "💬", say("replied"), say("replied: {n}", n=say.number(found.replied))),
    ):
        if number:
            parts.append(f"{mark} {one if single else many}")
    if found.ordered:
        amount = say.money(found.spend, currency)
        day = view.draft.ordered_on
        parts.append(
            "🛒 "
            + (
                say("ordered on {day}: {amount}", day=say.date(day), amount=amount)
                if single and day
                else say("ordered: {n}, {amount}", n=say.number(found.ordered), amount=amount)
            )
        )
    return ["  ·  ".join(parts)] if parts else []
