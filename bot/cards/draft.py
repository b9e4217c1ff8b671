"""A message to a customer as its author and its approver see it: the words, the checks, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.blocks import actions, bold, button, capital, context, divider, header, menu, safe, section
from bot.cards import draft_content
from bot.desk import Block, Reply
from care.checks import blocking
from care.draft_life import STATES
from care.draft_views import View
from words.speech import Speech, message
from words.templates import templates
from words.terms import term

AUTHOR, APPROVER = "author", "approver"
FOUR_EYES = message("A second person must approve this: the customer is of high value.")
FOUR_EYES_FOR_MANY = message("A second person must approve this: high value, or many customers.")
LANGUAGE_NAMES = {"en": "English", "zh_CN": "简体中文"}


@dataclass(frozen=True)
class Spot:
    """Which batch a card shows, whose card it is, and which of its drafts stands there.

    `seal` is that of all its words, on the button that approves them.
    """

    batch: int
    role: str = AUTHOR
    place: int = 0
    seal: str = ""

    def value(self) -> str:
        """The value of the card's buttons."""
        return f"{self.batch}|{self.role}|{self.place}" + (f"|{self.seal}" if self.seal else "")


def is_spot(value: str) -> bool:
    """Whether the value of a button names a draft, and not only whom to write to."""
    return value.count("|") >= 2 and value.split("|")[1] in (AUTHOR, APPROVER)


def spotted(value: str) -> Spot:
    """Take the value of a button apart again."""
    batch, role, place, *seal = value.split("|")
    return Spot(int(batch), role, int(place), *seal)


def card(view: View, spot: Spot, say: Speech, currency: str, done: Sequence[Block] = ()) -> Reply:
    """Draw the card; `done` is what was just done."""
    title = title_of(view, say)
    blocks: list[Block] = [*done, header(title), context(_about(view, say)), section(_standing(view, say, currency))]
    blocks += draft_content.words(view, say)
    if view.checks:
        blocks += draft_content.checks(view.checks, say, currency)
    blocks += draft_content.exceptions(view, say)
    buttons = _buttons(view, spot, say)
    if buttons:
        blocks += [divider(), actions(*buttons)]
    return Reply(say("{title}: {state}", title=title, state=_state(view, say)), blocks)


def rejection(view: View, spot: Spot, say: Speech) -> Reply:
    """What the author of a rejected message reads: the reason, and the way on."""
    text = f"{title_of(view, say)}: {_state(view, say)}"
    ways = [button(say("Show"), "draft.open", spot.value())]
    if view.total == 1:
        ways.insert(0, button(say("Write anew"), "draft.anew", spot.value(), style="primary"))
    return Reply(text, [section(f"🚫 {bold(safe(title_of(view, say)))}\n{capital(_state(view, say))}"), actions(*ways)])


def submitted(view: View, say: Speech) -> Reply:
    """What is left of the card where it was submitted: the copy in the author's DM goes on from here."""
    text = f"{title_of(view, say)}: {_state(view, say)}"
    where = say("The card is in your DM with me, and shows what becomes of it.")
    return Reply(text, [section(f"⏳ {bold(safe(title_of(view, say)))}\n{capital(_state(view, say))}"), context(where)])


def title_of(view: View, say: Speech) -> str:
    """For whom the message is."""
    if view.total == 1:
        return say("Message to {customer}", customer=view.customer)
    return say("Messages to {n} customers", n=say.number(view.total))


def template_title(key: str, say: Speech) -> str:
    """What people call a text, in the reader's language if it is there in that language."""
    found = [each for each in templates() if each.key == key]
    spoken = [each for each in found if each.language == say.language] or found
    return spoken[0].title if spoken else key


def _about(view: View, say: Speech) -> str:
    draft, batch = view.draft, view.batch
    language = LANGUAGE_NAMES.get(draft.language, draft.language)
    parts = [template_title(draft.template, say), capital(term(say, "channel", draft.channel)), language]
    if draft.recipient:
        parts.append(safe(draft.recipient))
    if view.author:
        parts.append(say("written by {person}", person=safe(view.author)))
    if batch.segment:
        parts.append(say("segment {filter}", filter=f"`{safe(batch.segment)}`"))
    if view.campaign:
        parts.append(say("campaign {name}", name=safe(view.campaign)))
    return "  ·  ".join(parts)


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
    held, sent = view.states.get("held", 0), view.states.get("sent", 0)
    if held and view.draft.reason == "ambiguous" and view.total == 1:
        return say("nobody can say whether it was sent: see {command}", command="`/rekindle health`")
    if held:
        leaves = say.moment(view.leaves_at or batch.send_at)
        return say("approved by {person}, leaves at {moment}", person=who, moment=leaves)
    if sent:
        return say("approved by {person} and sent", person=who)
    return say("approved by {person}, not sent", person=who)


def _standing(view: View, say: Speech, currency: str) -> str:
    """Where it stands, and what came of it."""
    marks = {"making": "✏️", "asked": "⏳", "approved": "✅", "rejected": "🚫", "expired": "⌛"}
    lines = [f"{marks.get(view.batch.state, '•')} {bold(capital(_state(view, say)))}"]
    if view.total > 1 and view.batch.state == "approved":
        told = [
            say("{state}: {n}", state=term(say, "draft", state), n=say.number(number))
            for state, number in sorted(view.states.items(), key=lambda each: STATES.index(each[0]))
        ]
        lines.append(capital("  ·  ".join(told)))
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
        (found.sent, "📨", say("sent"), say("sent: {n}", n=say.number(found.sent))),
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


def _buttons(view: View, spot: Spot, say: Speech) -> list[Block]:
    value, found = spot.value(), []
    match view.batch.state:
        case "making" if spot.role == AUTHOR:
            found = _making(view, value, say)
        case "asked" if spot.role == APPROVER:
            stopped = view.total == 1 and blocking(view.checks)
            if not stopped:
                sealed = replace(spot, seal=view.seal).value()
                found.append(button(say("Approve"), "approval.approve", sealed, style="primary"))
            if view.total == 1:
                found.append(button(say("Edit"), "draft.edit", value))
            found.append(button(say("Reject"), "approval.reject", value, style="danger"))
        case "asked":
            if view.total == 1:
                found.append(button(say("Edit"), "draft.edit", value))
            found.append(button(say("Take back"), "draft.take_back", value))
        case "rejected" | "expired" if spot.role == AUTHOR and view.total == 1 and view.draft.text:
            found.append(button(say("Write anew"), "draft.anew", value))
        case "approved":
            if view.states.get("held") and view.draft.reason != "ambiguous":
                found.append(button(say("Undo send"), "approval.undo", value, style="danger"))
            if view.total == 1 and view.draft.state == "sent" and view.draft.replied_at is None:
                found.append(button(say("Customer replied"), "draft.replied", value))
    if view.total > 1:
        found += [
            button(words, f"draft.page:{name}", Spot(spot.batch, spot.role, place).value())
            for name, words, place in (
                ("previous", say("Previous"), view.place - 1),
                ("next", say("Next"), view.place + 1),
            )
            if 0 <= place < view.total
        ]
    return found


def _making(view: View, value: str, say: Speech) -> list[Block]:
    found = []
    if view.total > 1 or not blocking(view.checks):
        found.append(button(say("Submit for approval"), "draft.submit", value, style="primary"))
    if view.total == 1:
        if any(each.name == "consent" for each in blocking(view.checks)):
            found.append(button(say("Consent"), "draft.consent", value))
        found.append(button(say("Edit"), "draft.edit", value))
        given = {name for each in templates() if each.key == view.draft.template for name in each.given}
        if given - {"unsubscribe"}:
            found.append(button(say("Fill in"), "draft.fill", value))
        found.append(menu("draft.other", say("Another text"), other_texts(view.draft.template, value, say)))
    found.append(button(say("Throw away"), "draft.discard", value))
    return found


def other_texts(but: str | None, value: str, say: Speech) -> list[tuple[str, str]]:
    """Every text but one, as (title, its key and the value of the card)."""
    keys = dict.fromkeys(each.key for each in templates())
    return [(template_title(key, say), f"{key}|{value}") for key in keys if key != but]
