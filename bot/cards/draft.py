"""A message to a customer as its author and its approver see it: the words, the checks, what became of it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.blocks import (
    actions,
    bold,
    button,
    capital,
    context,
    cut,
    divider,
    header,
    menu,
    quote,
    safe,
    section,
    verbatim,
)
from bot.cards.draft_words import reason_words
from bot.desk import Block, Reply
from care.checks import BLOCKS, OK, WARNS, Check, blocking
from care.draft_views import View
from words.sentences import sentence
from words.speech import Speech
from words.templates import EMAIL, templates
from words.terms import term

MARKS = {OK: "✅", WARNS: "⚠️", BLOCKS: "⛔"}
AUTHOR, APPROVER = "author", "approver"
# Names of one exception that are read; the rest is counted.
NAMES = 12
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
    blocks += _words(view, say)
    if view.checks:
        blocks += _checks(view.checks, say, currency)
    blocks += _exceptions(view, say)
    buttons = _buttons(view, spot, say)
    if buttons:
        blocks += [divider(), actions(*buttons)]
    return Reply(say("{title}: {state}", title=title, state=_state(view, say)), blocks)


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
            for state, number in sorted(view.states.items())
        ]
        lines.append("  ·  ".join(told))
    if view.batch.second_person and view.batch.state in ("making", "asked"):
        lines.append("👥 " + say("A second person must approve this: high value, or many customers."))
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


def _words(view: View, say: Speech) -> list[Block]:
    """The message exactly as it goes, and how it differs from what the template wrote."""
    draft = view.draft
    if not draft.text:
        return [context(say("The words of this message are not kept any more."))]
    head = [bold(safe(draft.subject))] if draft.channel == EMAIL else []
    if view.total > 1:
        place = say("{place} of {total}: {customer}", place=say.number(view.place + 1),
                    total=say.number(view.total), customer=safe(view.customer))  # fmt: skip
        head.insert(0, place)
    blocks: list[Block] = [section("\n".join(head))] if head else []
    blocks.append(quote(draft.text))
    changed = _difference(draft)
    if changed:
        blocks += [context(say("Changed from the template:")), verbatim(changed)]
    return blocks


def _difference(draft: object) -> str:
    """The lines that differ from what the template wrote, - before and + now."""
    written, now = getattr(draft, "written", {}), draft
    before = [written.get("subject", ""), *str(written.get("text", "")).split("\n")]
    after = [getattr(now, "subject", ""), *str(getattr(now, "text", "")).split("\n")]
    lines = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ") and line[2:].strip()]
    return "\n".join(lines)


def _checks(made: Sequence[Check], say: Speech, currency: str) -> list[Block]:
    """What stands in the way first, in sentences; what holds in small print."""
    telling = [each for each in made if each.verdict != OK]
    holding = [sentence(say, each.reason, currency) for each in made if each.verdict == OK]
    blocks: list[Block] = [divider(), section(bold(say("Checks")))]
    if telling:
        lines = [f"{MARKS[each.verdict]} {safe(sentence(say, each.reason, currency))}" for each in telling]
        blocks.append(section("\n".join(lines)))
    if holding:
        blocks.append(context(f"{MARKS[OK]} " + safe("  ".join(holding))))
    return blocks


def _exceptions(view: View, say: Speech) -> list[Block]:
    """Whoever cannot be written to, by the reason; of one draft the checks say it already, until it has failed."""
    if not view.exceptions or (view.total == 1 and view.checks):
        return []
    number = sum(len(names) for names in view.exceptions.values())
    if view.total == 1:
        return [section("⛔ " + say("Not sent: {reason}", reason=reason_words(next(iter(view.exceptions)), say)))]
    lines = [bold(say.count("{n} customer is left out", "{n} customers are left out", number))]
    for why, names in view.exceptions.items():
        shown = say.listing([safe(cut(name, 60)) for name in names[:NAMES]])
        if len(names) > NAMES:
            shown = say("{names} and {n} more", names=shown, n=say.number(len(names) - NAMES))
        lines.append(f"⛔ {reason_words(why, say)} ({say.number(len(names))}): {shown}")
    return [section("\n".join(lines))]


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
        case "asked" if view.total == 1:
            found.append(button(say("Edit"), "draft.edit", value))
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
