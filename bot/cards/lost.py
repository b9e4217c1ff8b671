"""The customers who were lost: by month, class and owner, and why."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from bot.blocks import actions, bar_chart, bold, button, capital, context, header, menu, safe, section
from bot.desk import Block, Reply
from care.losses import Cause, Causes, Count, Losses
from words.speech import Speech
from words.terms import term

# More owners than a team would not be read; the list of each one's losses is a menu away.
OWNERS = 10


def overview(found: Losses, say: Speech, shows: str) -> Reply:
    """The losses of a year with a chart, and the ways to the lists."""
    title = say("Lost customers")
    if not found.total.lost:
        hint = say(
            "No customer of yours was lost since {month}. Who may be next: {command}",
            month=say.month(found.first),
            command="`/segment swing`",
        )
        return Reply(title, [header(title), section(hint)])
    summary = _summary(found, say)
    chart = bar_chart(
        say("Lost customers by month"),
        {
            say("still lost"): {say.short_month(first): float(count.gone) for first, count in found.months},
            say("came back"): {say.short_month(first): float(count.back) for first, count in found.months},
        },
    )
    blocks: list[Block] = [header(title), context(summary), chart, _months(found, say), _tiers(found, say)]
    if shows != "ids":
        blocks.append(_owners(found, say))
    why = button(say("Why they left"), "lost.why")
    everybody = button(say("All who are lost now"), "digest.list:lost", "loyalty:lost")
    blocks += [actions(everybody, why), context(_what_counts(say))]
    return Reply(say("{title}: {state}", title=title, state=summary), blocks)


def why(found: Causes, say: Speech, shows: str) -> Reply:
    """The causes that reps gave, by class, with a chart; what they wrote; and how many answers are still missing."""
    title = say("Why customers left")
    since = say("since {month}", month=say.month(found.first))
    back = actions(button(say("Lost customers"), "lost.show", "all"))
    if not found.causes:
        hint = say(
            "Nobody has said yet why a customer left. The alerts ask for it: “Lost because” on each counts here."
        )
        return Reply(title, [header(title), section(hint), *_missing(found, say), back])
    total = sum(each.number for each in found.causes)
    answers = say.count("{n} answer", "{n} answers", total)
    summary = say("{title}: {state}", title=since, state=answers)
    values = {capital(term(say, "cause", each.cause)): float(each.number) for each in found.causes}
    lines = [_cause(each, total, say) for each in found.causes]
    blocks: list[Block] = [
        header(title), context(summary), bar_chart(say("Why customers left"), {say("Customers"): values}),
        section("\n".join(lines)),
    ]  # fmt: skip
    if found.quotes and shows == "full":
        quotes = [
            "• " + say("{point}: {what}", point=f"*{safe(each.name)}*, {term(say, 'cause', each.cause)}",
                       what=safe(each.words))
            for each in found.quotes
        ]  # fmt: skip
        blocks.append(section("\n".join([bold(say("In the words of reps")), *quotes])))
    return Reply(f"{title}, {summary}", [*blocks, *_missing(found, say), back])


def _cause(each: Cause, total: int, say: Speech) -> str:
    share = say.percent(each.number / total)
    tiers = [f"{term(say, 'tier', name)} {say.number(number)}" for name, number in each.tiers]
    first = f"*{capital(term(say, 'cause', each.cause))}*   {say.number(each.number)}  ·  {share}"
    return f"{first}  ·  {say.listing(tiers)}"


def _missing(found: Causes, say: Speech) -> list[Block]:
    parts = []
    if found.unanswered:
        parts.append(say.count("{n} alert waits for an answer", "{n} alerts wait for an answer", found.unanswered))
    if found.not_lost:
        parts.append(say.count("{n} was answered with “not lost”", "{n} were answered with “not lost”", found.not_lost))
    return [context("  ·  ".join(parts))] if parts else []


def _summary(found: Losses, say: Speech) -> str:
    lost = say.count("{n} customer lost", "{n} customers lost", found.total.lost)
    back = say.count("{n} came back", "{n} came back", found.total.back)
    since = say("since {month}", month=say.month(found.first))
    return say("{title}: {state}", title=since, state=f"{lost}  ·  {back}")


def _months(found: Losses, say: Speech) -> Block:
    rows = [(first, count) for first, count in reversed(found.months) if count.lost]
    lines = [f"*{say.month(first)}*   {_counted(count, say)}" for first, count in rows]
    still = [(first, count) for first, count in rows if count.gone]
    choices = [
        (f"{say.month(first)} ({say.number(count.gone)})", _within(first, min(_last(first), found.today)))
        for first, count in still
    ]
    return _part(say("By month"), lines, "digest.list:lost-month", choices, say)


def _tiers(found: Losses, say: Speech) -> Block:
    lines = [
        f"*{capital(term(say, 'tier', name))}*   {_counted(count, say)}" for name, count in found.tiers if count.lost
    ]
    return section("\n".join([bold(say("By class")), *lines]))


def _owners(found: Losses, say: Speech) -> Block:
    # The line of the others would take the place of the one.
    most = OWNERS + 1 if len(found.owners) == OWNERS + 1 else OWNERS
    shown = found.owners[:most]
    lines = [f"*{safe(each.name or say('no owner'))}*   {_counted(each.count, say)}" for each in shown]
    rest = sum(each.count.lost for each in found.owners[most:])
    if rest:
        lines.append(say.count("{n} more of other owners", "{n} more of other owners", rest))
    within = _within(found.first, found.today)
    choices = [
        (f"{each.name or say('no owner')} ({say.number(each.count.gone)})", f"{within} owner:{each.email or 'none'}")
        for each in found.owners
        if each.count.gone
    ]
    return _part(say("By owner"), lines, "digest.list:lost-owner", choices, say)


def _part(heading: str, lines: Sequence[str], action: str, choices: Sequence[tuple[str, str]], say: Speech) -> Block:
    opener = menu(action, say("Open"), choices) if choices else None
    return section("\n".join([bold(heading), *lines]), opener)


def _counted(count: Count, say: Speech) -> str:
    parts = [say("{n} lost", n=say.number(count.lost))]
    if count.back:
        parts.append(say("{n} of them back", n=say.number(count.back)))
    return "  ·  ".join(parts)


def _what_counts(say: Speech) -> str:
    return say(
        "Lost: silent for so long, against the customer's own rhythm, that an order is not to be expected. "
        "The class of somebody who has bought nothing for a year is that of all they spent."
    )


def _within(first: date, last: date) -> str:
    """The filter for those who became lost between two days, both included, and are to this day."""
    return f"loyalty:lost loyalty_since:{first.isoformat()}..{last.isoformat()}"


def _last(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])
