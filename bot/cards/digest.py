"""The digest: what happened to the customers of a team, what is at risk, and what was kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.blocks import actions, bar_chart, bold, button, capital, context, fields, header, safe, section
from bot.cards import effectiveness
from bot.cards.delivery_words import job_name, unreachable, why
from bot.cards.segment import member_line
from bot.desk import Block, Reply
from care.digest import Digest, Some
from words.speech import Speech, message
from words.terms import term

# Lines of a part: of what is more, the number is told.
LINES = 5
# From this many hours on days are easier to imagine.
IN_DAYS = 48
# The order in which loyalty is told, from well to ill.
LOYALTY = ("loyal", "swing", "lost")
RULES = {
    "silence": message("Alerts by the customer's own rhythm"),
    "loyalty": message("Alerts by the first rules"),
    "decline": message("Falling orders"),
    "complaint": message("Unanswered complaints"),
    "complaint_manager": message("Unanswered complaints, to managers"),
}


@dataclass(frozen=True)
class Look:
    """How a digest is drawn: for whom, in which currency, and what may be shown at all (SLACK_SHOWS)."""

    say: Speech
    currency: str
    shows: str
    leads: bool  # whether others report to the reader


def card(found: Digest, look: Look) -> Reply:
    """The digest with a chart, and the ways to the lists."""
    say = look.say
    first, last = found.period.since + timedelta(days=1), found.period.today
    days = say.date(last) if first == last else say("{first} to {last}", first=say.date(first), last=say.date(last))
    title = say("Your team's digest") if look.leads else say("Your digest")
    if found.is_empty:
        hint = say(
            "There is nothing to tell yet: no customer that you may see in full has bought anything. "
            "An operator imports orders and owners."
        )
        return Reply(say("{title}: {state}", title=title, state=hint), [header(title), context(days), section(hint)])
    blocks: list[Block] = [header(title), context(days), fields(_figures(found, look))]
    blocks += _chart(found, look)
    blocks += _customers("🔴", say("Newly lost"), found.lost, look, "lost")
    blocks += _customers("🟢", say("Came back"), found.recovered, look, "recovered")
    blocks += _customers("⏰", say("High value, and silent for longer than usual"), found.silent, look, "silent")
    blocks += _customers("📋", say("Lost before Rekindle came"), found.before, look, "before")
    for heading, lines in (
        (say("Moves"), _moves(found, say)),
        (say("Follow-ups"), _promises(found, look)),
        (say("Alerts"), _alerts(found, say)),
        (say("Not said, or not as planned"), _failed(found, look)),
    ):
        if lines:
            blocks.append(section("\n".join([bold(heading), *(f"• {safe(line)}" for line in lines)])))
    blocks += effectiveness.digest_part(found.effects, found.year, say, look.currency, look.shows)
    blocks += [actions(*_ways(say)), context(_how(say))]
    return Reply(say("{title}: {state}", title=f"{title}, {days}", state=_summary(found, say)), blocks)


def _summary(found: Digest, say: Speech) -> str:
    lost = say.count("{n} customer lost", "{n} customers lost", found.lost.number)
    back = say.count("{n} came back", "{n} came back", found.recovered.number)
    return f"{lost}, {back}" if say.language == "en" else f"{lost}，{back}"


def _figures(found: Digest, look: Look) -> list[tuple[str, str]]:
    say, amounts = look.say, look.shows == "full"
    pairs = [
        (say("Newly lost"), _with_stake(found.lost, look)),
        (say("Came back"), _with_stake(found.recovered, look, back=True)),
    ]
    if amounts and found.risk_of:
        share = say(
            "{amount} in the next {days}", amount=say.money(found.risk, look.currency), days=say.days(found.horizon)
        )
        pairs.append((say("Revenue at risk"), share))
    pairs.append((say("High value, silent"), _with_stake(found.silent, look)))
    kept = found.promises
    due = kept.kept + kept.late + kept.missed
    if due:
        pairs.append((say("Follow-ups kept"), say("{kept} of {due}", kept=say.number(kept.kept), due=say.number(due))))
    if found.hours is not None:
        pairs.append((say("From alert to first touch"), _span(found.hours, say)))
    return pairs


def _with_stake(some: Some, look: Look, *, back: bool = False) -> str:
    number = look.say.number(some.number)
    if look.shows != "full" or not some.at_stake:
        return number
    amount = look.say.money(some.at_stake, look.currency)
    year = look.say("{amount} a year", amount=amount) if back else look.say("{amount} a year at stake", amount=amount)
    return f"{number}  ·  {year}"


def _span(hours: float, say: Speech) -> str:
    if hours < 1:
        return say("less than an hour")
    if hours < IN_DAYS:
        return say.count("{n} hour", "{n} hours", round(hours))
    return say.days(round(hours / 24))


def _chart(found: Digest, look: Look) -> list[Block]:
    say = look.say
    named = [(name or say("no owner"), amount) for name, amount in found.risk_by_owner]
    # Slack refuses two bars of one name.
    if look.shows == "full" and look.leads and len(named) > 1 and len({name[:20] for name, _ in named}) == len(named):
        values = {name: float(round(amount)) for name, amount in named}
        return [bar_chart(say("Revenue at risk, by owner"), {look.currency: values})]
    if not found.moves:
        return []
    came = {capital(term(say, "loyalty", name)): float(_sum(found.moves, now=name)) for name in LOYALTY}
    left = {capital(term(say, "loyalty", name)): float(_sum(found.moves, before=name)) for name in LOYALTY}
    return [bar_chart(say("Who came to a loyalty, and left it"), {say("came"): came, say("left"): left})]


def _sum(moves: Mapping[tuple[str, str], int], *, before: str = "", now: str = "") -> int:
    return sum(number for (was, is_), number in moves.items() if was == before or is_ == now)


def _customers(mark: str, title: str, some: Some, look: Look, part: str) -> list[Block]:
    if not some.number:
        return []
    say = look.say
    blocks = [section(f"{mark} *{safe(title)}*   {_with_stake(some, look, back=part == 'recovered')}")]
    for place, member in enumerate(some.named):
        opener = button(say("Open"), f"digest.open:{part}{place}", str(member.id))
        blocks.append(section(member_line(member, say, look.currency, look.shows), opener))
    rest = some.number - len(some.named)
    if rest > 0:
        blocks.append(context(say.count("and {n} more", "and {n} more", rest)))
    return blocks


def _moves(found: Digest, say: Speech) -> list[str]:
    loyalty = _moved(found.moves, "loyalty", say)
    # What is nothing but loyalty stands in the line above already.
    told = {"lost", "at_risk"}
    stages = {pair: number for pair, number in found.stages.items() if not told & set(pair)}
    return [line for line in (loyalty, _moved(stages, "stage", say)) if line]


def _moved(moves: Mapping[tuple[str, str], int], kind: str, say: Speech) -> str:
    ordered = sorted(moves.items(), key=lambda each: (-each[1], each[0]))
    return "  ·  ".join(
        f"{term(say, kind, was)} → {term(say, kind, now)} {say.number(number)}"
        for (was, now), number in ordered[:LINES]
    )


def _promises(found: Digest, look: Look) -> list[str]:
    say, kept = look.say, found.promises
    lines = []
    if kept.kept or kept.late or kept.missed:
        lines.append(
            say(
                "{kept} kept in time, {late} late, {missed} not yet done",
                kept=say.number(kept.kept),
                late=say.number(kept.late),
                missed=say.number(kept.missed),
            )
        )
    if kept.overdue:
        line = say.count("{n} is overdue", "{n} are overdue", kept.overdue)
        if look.leads and look.shows != "ids":
            people = [say("{name} {n}", name=name, n=say.number(n)) for name, n in found.behind[:LINES]]
            line = say("{what}: {people}", what=line, people=say.listing(people))
        lines.append(line)
    return lines


def _alerts(found: Digest, say: Speech) -> list[str]:
    lines = []
    if found.alerts:
        line = say.count("{n} told", "{n} told", found.alerts)
        untouched = say.count("{n} not touched yet", "{n} not touched yet", found.untouched)
        lines.append(f"{line}  ·  {untouched}" if found.untouched else line)
    for record in found.records:
        parts = [say.count("{n} alert", "{n} alerts", record.alerts)]
        if record.useful + record.noise:
            votes = record.useful + record.noise
            share = say.percent(record.useful / votes)
            parts.append(say.count("{n} vote, {share} useful", "{n} votes, {share} useful", votes, share=share))
        else:
            parts.append(say("no votes yet"))
        if record.came_back + record.stayed_away:
            parts.append(
                say(
                    "{back} bought again, {away} did not",
                    back=say.number(record.came_back),
                    away=say.number(record.stayed_away),
                )
            )
        rule = say(RULES[record.rule]) if record.rule in RULES else record.rule
        lines.append(say("{rule}: {facts}", rule=rule, facts="  ·  ".join(parts)))
    return lines


def _failed(found: Digest, look: Look) -> list[str]:
    say = look.say
    lines = [
        say("{job}, {n} times: {why}", job=job_name(job, say), n=say.number(number), why=why(reason, say))
        if number > 1
        else say("{job}: {why}", job=job_name(job, say), why=why(reason, say))
        for job, reason, number in found.failed
    ]
    if look.shows != "ids":
        lines += [
            say("Cannot be reached, {why}: {names}", why=reason, names=names)
            for reason, names in unreachable(found.unreachable, say)
        ]
    return _at_most(lines, say)


def _at_most(lines: Iterable[str], say: Speech) -> list[str]:
    shown = list(lines)
    rest = len(shown) - LINES
    return shown if rest <= 0 else [*shown[:LINES], say.count("and {n} more", "and {n} more", rest)]


def _ways(say: Speech) -> list[Block]:
    return [
        button(say("All who are slipping away"), "digest.list:swing", "loyalty:swing"),
        button(say("All who are lost"), "digest.list:lost", "loyalty:lost"),
        button(say("Lost, by month"), "digest.lost", "all"),
        button(say("Messages"), "digest.messages"),
    ]


def _how(say: Speech) -> str:
    return say(
        "A group of customers is told once. Revenue at risk: what is expected of each customer, times the chance "
        "that nothing comes. Another time: {day}, {week}, {month}",
        day="`/digest day`",
        week="`/digest week`",
        month="`/digest month`",
    )
