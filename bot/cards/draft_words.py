"""What people call a text for customers, and the words for why a message was not sent."""

from __future__ import annotations

from bot.blocks import safe
from care.drafting import SAME_ADDRESS, UNWRITTEN
from words.speech import Speech, message
from words.template_fields import meaning
from words.templates import templates

REASONS = {
    "check_channel": message("this channel is not set up"),
    "check_address": message("no address that may be written to"),
    SAME_ADDRESS: message("another customer of this batch has the same address, and gets it there"),
    "check_recipient": message("the address has changed since it was written"),
    "check_consent": message("no consent"),
    "check_unsubscribe": message("no way to unsubscribe is set up"),
    "check_frequency": message("written to lately"),
    "check_same_text": message("got the same text lately"),
    "check_complaint": message("open complaint"),
    "check_overdue": message("overdue balance"),
    "check_occasion": message("its day is over"),
    "consent_withdrawn": message("consent was withdrawn"),
    "altered": message("differs from what was approved"),
    "taken_back": message("taken back"),
    "too_late": message("could not leave in time"),
    "erased": message("the customer was erased"),
    "contact_erased": message("the contact was erased"),
    "suppressed:bounced": message("the address is closed"),
    "suppressed:unsubscribed": message("the customer has unsubscribed"),
    "suppressed:invalid": message("the address does not exist"),
}


def template_title(key: str, say: Speech) -> str:
    """What people call the text of a key, in the reader's language where there is such a text; else the key."""
    titles = {each.language: each.title for each in reversed(templates()) if each.key == key}
    return titles.get(say.language) or next(iter(titles.values()), key)


def reason_words(code: str, say: Speech) -> str:
    """Why a message was not sent; a code of the channel that nobody translated is shown as it is."""
    if code.startswith(UNWRITTEN) and code not in REASONS:
        missing = [meaning(say, field) for field in code.removeprefix(UNWRITTEN).strip(":").split(",") if field]
        if missing:
            return say("the text needs what is not known: {fields}", fields=say.listing(missing))
        return say("the text is not there in the customer's language")
    known = REASONS.get(code)
    return say(known) if known else say("refused ({code})", code=f"`{safe(code)}`")
