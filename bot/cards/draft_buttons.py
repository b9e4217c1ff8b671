"""What one can do with a message to a customer, from its card: buttons, and what their values say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.blocks import button, menu
from bot.cards.draft_words import template_title
from bot.desk import Block
from care.checks import blocking
from care.draft_views import View
from care.suppressions import MAY_BE_LIFTED
from words.speech import Speech
from words.templates import templates

AUTHOR, APPROVER = "author", "approver"
# What the form about consent can mend: that it is missing or withdrawn, or that the address came back.
MENDED_BY_CONSENT = (
    "check.consent_none",
    "check.consent_withdrawn",
    *(f"check.address_{why}" for why in MAY_BE_LIFTED),
)


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


def buttons_of(view: View, spot: Spot, say: Speech) -> list[Block]:
    """The buttons of a card as it stands now, for whose card it is."""
    value, found = replace(spot, seal="").value(), []
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
            if view.states.get("held"):
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
        if any(each.reason.code in MENDED_BY_CONSENT for each in blocking(view.checks)):
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
