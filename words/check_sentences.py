"""The sentences that say how the checks of a message to a customer came out."""

from __future__ import annotations

from words.speech import message

CHECKS = {
    "check.channel": message("This channel is set up."),
    "check.channel_not": message("This channel is not set up: ask your operator."),
    "check.channel_nameless": message("Your company has no name yet: ask your operator to set COMPANY_NAME."),
    "check.address": message("The address can be written to."),
    "check.address_none": message("No address is known for this channel."),
    "check.address_bounced": message("This address is closed: an earlier message came back."),
    "check.address_unsubscribed": message("This address has unsubscribed from everything."),
    "check.address_complained": message("The customer reported an earlier message as unwanted."),
    "check.address_invalid": message("This address does not exist, as its provider says."),
    "check.address_erased": message("This customer was erased on request."),
    "check.address_test_mode": message("Test mode: this address is not on the list of those that may be written to."),
    "check.recipient": message("It is still the customer's address."),
    "check.recipient_not": message(
        "It is not the customer's address any more. Whoever edits and saves the message has it go to the new one."
    ),
    "check.consent": message("The customer allows this, since {day}."),
    "check.consent_none": message("The customer has not allowed this: no entry is no consent."),
    "check.consent_withdrawn": message("The customer withdrew this on {day}."),
    "check.unsubscribe": message("The message says how to unsubscribe."),
    "check.unsubscribe_not": message(
        "No way to unsubscribe is set up, so no offer is sent: ask your operator (PUBLIC_URL or UNSUBSCRIBE_MAILTO)."
    ),
    "check.frequency": message("{recent} other messages within 30 days; {most} are allowed."),
    "check.frequency_not": message("{recent} other messages within 30 days, which is as many as are allowed ({most})."),
    "check.frequency_offer": message("The last offer went on {day}; {least_days} must lie between two."),
    "check.same_text": message("Not the same text within {window_days}."),
    "check.same_text_not": message("The same text went on {day}."),
    "check.complaint": message("No open complaint."),
    "check.complaint_not": message("A complaint has been open since {day}: no offers before it is settled."),
    "check.complaint_service": message("A complaint has been open since {day}: does this text fit?"),
    "check.overdue": message("No balance is overdue."),
    "check.overdue_not": message("{amount} is overdue."),
    "check.quiet": message("It is {wall} where the customer is ({zone})."),
    "check.quiet_later": message("It is night where the customer is ({zone}): it leaves at {wall} there."),
    "check.occasion": message("It leaves while its day ({day}) is not over."),
    "check.occasion_not": message("It would come after its day ({day}), which is too late."),
    "check.length": message("{units} characters, sent in parts: {parts}."),
    "check.length_priced": message("{units} characters, sent in parts: {parts}; costs {cost}."),
}
