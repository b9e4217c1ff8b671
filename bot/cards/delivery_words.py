"""What jobs are called, and what the codes of reasons mean: for digests and for /rekindle health."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channel_words import why_not_taken
from bot.slack_words import WHAT_TO_DO
from words.speech import Speech, message

JOBS = {
    "follow_up_reminders": message("Follow-up reminders"),
    "lost_customer_alerts": message("Lost-customer alerts"),
    "manager_digest": message("Digest"),
    "order_decline": message("Falling orders"),
    "unanswered_complaints": message("Unanswered complaints"),
    "data_quality": message("Data quality"),
    "monthly_effectiveness": message("Monthly report on messages"),
    "occasions": message("Occasions"),
    "unreachable_people": message("People who cannot be reached"),
    "approvals_waiting": message("Reminders of approvals"),
    "approvals": message("Cards of messages to customers"),
    "outreach": message("Messages to customers"),
    "mornings": message("The whole morning"),
}
REASONS = {
    "too_late": message("It was too late: Rekindle was not running, or nobody took the message, in time."),
    "daily_cap": message("The person's limit of posts a day was reached; one line of a later post tells of it."),
    "deactivated": message("The person has left Slack: hand over their customers."),
    "erased": message("The customer was erased."),
    "contact_erased": message("The contact was erased."),
    "undone": message("Somebody took it back before it left."),
    "superseded": message("A newer version took its place."),
    "nothing_to_change": message("The message that it would have changed was never posted."),
    "looked_up_in_vain": message("Nobody can tell whether Slack took it: somebody must look, and decide."),
    "cannot_look_up": message(
        "Nobody can see whether it arrived: ask the reader, or look it up where it was sent, and decide."
    ),
    "was_sent": message("Somebody decided that it had been sent."),
    "jumped": message("The clock of the database jumped: check the time service of its machine."),
}
UNREACHABLE = {
    "unknown": message("not found in Slack by e-mail address"),
    "deactivated": message("deactivated in Slack"),
    "refused": message("a guest, or from another workspace"),
}
BROKEN = "broken:"
# Names of one reason that are read; the rest is counted.
NAMES = 12


def job_name(job: str, say: Speech) -> str:
    """What a job is called; one that nobody named here by the name operators know."""
    return say(JOBS[job]) if job in JOBS else job


def unreachable(people: Sequence[tuple[str, str]], say: Speech) -> list[tuple[str, str]]:
    """Why people cannot be reached, given as (name, code), and the names of those of whom that is true."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in people:
        by_reason.setdefault(reason, []).append(name)
    found = []
    for reason, names in sorted(by_reason.items()):
        shown = say.listing(names[:NAMES])
        if len(names) > NAMES:
            shown = say("{names} and {n} more", names=shown, n=say.number(len(names) - NAMES))
        found.append((say(UNREACHABLE.get(reason, reason)), shown))
    return found


def why(reason: str, say: Speech) -> str:
    """What a reason means, and what to do about it where something can be done."""
    if reason.startswith(BROKEN):
        return say("It failed; the log of Rekindle has the reference {reference}.", reference=reason[len(BROKEN) :])
    known = REASONS.get(reason) or WHAT_TO_DO.get(reason)
    told = say(known) if known else why_not_taken(reason, say)
    return told or say("Slack's answer was: {word}", word=reason or "–")
