"""What it means, and what a person can do about it, that a message to a customer was not taken."""

from __future__ import annotations

from collections.abc import Mapping

from words.speech import Speech, message

WHAT_TO_DO: Mapping[str, str] = {
    "suppressed:bounced": message("The mailbox is not there any more: correct the address."),
    "suppressed:invalid": message("That address or number takes no messages: correct it."),
    "suppressed:unsubscribed": message("The customer has stopped messages to that address or number."),
    "suppressed:complained": message("The customer reported a message as spam: nothing more is sent there."),
    "address_unsupported": message("The address holds letters that many mail servers do not take: use another one."),
    "broken_header": message("Subject, sender or a link held characters that must not stand there: write it anew."),
    "sender_refused": message("The mail server refuses the sender: check MAIL_FROM, then write it anew."),
    "mail_sign_in": message("The mail server refuses to let Rekindle sign in: check SMTP_USER and SMTP_PASSWORD."),
    "mail_tls": message(
        "The connection to the mail server cannot be encrypted: check SMTP_HOST, SMTP_PORT and SMTP_SECURITY."
    ),
    "mail_unreachable": message("The mail server cannot be reached: check SMTP_HOST and SMTP_PORT."),
    "twilio_sign_in": message("Twilio refuses the account: check TWILIO_ACCOUNT and TWILIO_TOKEN."),
    "twilio_sender": message("Twilio does not let the account send from that number: check TWILIO_FROM."),
    "twilio_unreachable": message("Twilio cannot be reached: check the network."),
    "webhook_sign_in": message("Your program at WEBHOOK_URL refuses the signature: check WEBHOOK_SECRET."),
    "webhook_unreachable": message("Your program at WEBHOOK_URL cannot be reached: is it running?"),
    "unreachable": message("Nobody answered: it is tried again by itself."),
    "ratelimited": message("Fewer messages at once were wanted: they go out more slowly."),
}
"""A reason to what can be done about it, to be said in a person's language."""
CODED: Mapping[str, str] = {
    "smtp_": message("The mail server did not take it; its code was {code}."),
    "twilio_": message("Twilio did not take it; look up its error {code} in Twilio's documentation."),
    "http_": message("It was not taken; the answer had the HTTP status {code}."),
}
"""The beginning of a reason that ends with a code."""


def why_not_taken(reason: str, say: Speech) -> str | None:
    """What a reason means; None where it is none of a message to a customer."""
    if reason in WHAT_TO_DO:
        return say(WHAT_TO_DO[reason])
    for beginning, words in CODED.items():
        if reason.startswith(beginning) and reason.removeprefix(beginning).isdigit():
            return say(words, code=reason.removeprefix(beginning))
    return None
