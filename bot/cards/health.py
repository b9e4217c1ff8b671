"""How Rekindle is doing: what waits for a person's decision, what was not said and why, what nobody can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.blocks import actions, bold, button, capital, context, divider, fields, header, safe, section
from bot.cards.delivery_words import job_name, unreachable, why
from bot.desk import Block, Reply
from delivery.health import Health, Held, decidable
from words.speech import Speech, message

# Rows that are shown with their buttons: two blocks each.
LINES = 8
STATES = {
    "pending": message("To be sent"),
    "leased": message("Being sent"),
    "unknown": message("Being looked for"),
    "waiting": message("Waiting for a decision"),
    "sent": message("Sent"),
    "dead": message("Refused"),
    "skipped": message("Not sent any more"),
}
# From this many minutes on a message that is due is late.
LATE = 5


@dataclass(frozen=True)
class Setup:
    """What an operator should mend in the data: people who cannot be reached, orders without a rate by currency."""

    unreachable: Sequence[tuple[str, str]]  # (name, why)
    unpriced: Mapping[str, int]


def card(found: Health, setup: Setup, days: int, say: Speech, note: str = "") -> Reply:
    """The health of delivery over some days, with buttons on what a person must decide."""
    title = say("Health")
    well = not (found.waiting or found.refused or found.troubles or setup.unreachable or setup.unpriced)
    late = found.oldest is not None and found.oldest.total_seconds() > LATE * 60
    if late and found.oldest is not None:
        minutes = say.number(int(found.oldest.total_seconds() // 60))
        state = "🟠 " + say("The oldest message that is due has waited for {n} minutes.", n=minutes)
    elif well:
        state = "🟢 " + say("All is well: nothing waits for you.")
    else:
        state = "🟠 " + say("Something waits for you.")
    blocks: list[Block] = [header(title)]
    if note:
        blocks.append(section(f"✅ {safe(note)}"))
    blocks.append(section(state))
    counted = [(say(STATES[name]), say.number(found.states[name])) for name in STATES if found.states.get(name)]
    if counted:
        blocks += [fields(counted), context(say("Messages of the last {days}", days=say.days(days)))]
    for heading, lines in (
        (say("What keeps messages back"), [why(reason, say) for reason, _ in found.troubles.values()]),
        (say("Not sent, and why"), [*_reasons(found.dead, say), *_reasons(found.skipped, say)]),
        (say("People who cannot be reached"), _people(setup.unreachable, say)),
        (say("Orders without an exchange rate"), _unpriced(setup.unpriced, say)),
    ):
        if lines:
            blocks.append(section("\n".join([bold(heading), *(f"• {safe(line)}" for line in lines[:LINES])])))
    held = [*found.waiting, *found.refused]
    if held:
        blocks += [divider(), section(bold(say("For you to decide")))]
        blocks += [block for row in held[:LINES] for block in _held(row, say)]
        if len(held) > LINES:
            blocks.append(context(say.count("and {n} more", "and {n} more", len(held) - LINES)))
    return Reply(say("{title}: {state}", title=title, state=state), blocks)


def _held(row: Held, say: Speech) -> list[Block]:
    words = say("{job}, due {moment}", job=job_name(row.job, say), moment=say.moment(row.due))
    line = f"`#{row.id}`  *{safe(words)}*\n{safe(why(row.reason or '', say))}"
    if not decidable(row):
        return [
            section(line),
            context(say("What a customer's channel refused is over: write it anew if it is wanted.")),
        ]
    question = say("If it did arrive, that person reads it twice.")
    again = button(
        say("Send again"),
        f"health.resend:{row.id}",
        str(row.id),
        confirm=(question, say("Send again"), say("Cancel")) if row.state == "waiting" else None,
    )
    return [section(line), actions(again, button(say("It was sent"), f"health.sent:{row.id}", str(row.id)))]


def _reasons(counted: Mapping[str, int], say: Speech) -> list[str]:
    ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [say("{n}: {why}", n=say.number(number), why=why(reason, say)) for reason, number in ordered]


def _people(found: Sequence[tuple[str, str]], say: Speech) -> list[str]:
    return [say("{what}: {people}", what=capital(reason), people=names) for reason, names in unreachable(found, say)]


def _unpriced(counted: Mapping[str, int], say: Speech) -> list[str]:
    lines = [say("{currencies}: {n}", currencies=name, n=say.number(number)) for name, number in counted.items()]
    if lines:
        lines.append(say("Import the rates: {command}", command="rekindle import rates.csv --kind rates"))
    return lines
