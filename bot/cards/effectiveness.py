"""Whether messages worked: the lines of a digest, and the report of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.blocks import CHART_LABEL, CHART_POINTS, actions, bar_chart, bold, button, context, cut, header, safe, section
from bot.cards.draft_words import template_title
from bot.desk import Block, Reply
from care.comparing import Comparison, Estimate
from care.effectiveness import Effect
from care.ordered import LATE
from words.speech import Speech

MINUS = "\u2212"
# Campaigns of one month that are told one by one; the year holds them all.
CAMPAIGNS = 10


def campaign_line(found: Effect, say: Speech, shows: str) -> str:
    """One campaign in a line of mrkdwn: who came back in both groups, and what that shows."""
    return say("{name}: {facts}", name=bold(safe(campaign_name(found, say, shows))), facts=safe(_facts(found, say)))


def year_line(found: Effect, say: Speech) -> str:
    """All campaigns of a year in a line, with rates that differ by the uplift."""
    compared = found.comparison
    if compared is None:
        return _facts(found, say)
    values = {
        "sent": _sent(found, say),
        "rate": _rate(compared.rate, say),
        "control": say.number(compared.control.customers),
        "control_rate": _rate(compared.control_rate, say),
        "verdict": _verdict(compared, say),
    }
    plain = (_rate(group.back / group.customers, say) for group in (found.treated, found.control))
    if tuple(plain) == (values["rate"], values["control_rate"]):
        return say("{sent}, {rate} came back; control {control}, {control_rate}; {verdict}", **values)
    return say(
        "{sent}, {back} came back; control {control}, {control_back} came back; weighted by campaign {rate} and "
        "{control_rate}; {verdict}",
        back=say.number(found.treated.back),
        control_back=say.number(found.control.back),
        **values,
    )


def money_line(found: Effect, say: Speech, currency: str) -> str | None:
    """What customers of both groups spent, and what the messages earned; None where there is too little to say."""
    compared = found.comparison
    if compared is None or compared.difference is None or compared.earned is None:
        return None
    number = compared.treated.customers
    line = say(
        "Money: {mean} a customer, {control_mean} in the control group; difference {difference}; "
        "for all {n} together {earned}",
        mean=_money(compared.mean, say, currency),
        control_mean=_money(compared.control_mean, say, currency),
        difference=_money_interval(compared.difference, say, currency),
        n=say.number(number),
        earned=_money_interval(compared.earned, say, currency),
    )
    return line if compared.earned.shows_effect else say("{what}: no gain is shown", what=line)


def left_out(found: Effect, say: Speech) -> list[str]:
    """What is left out: those of whom nobody knows yet what they will do, and campaigns that compare nothing."""
    lines = []
    if found.open:
        lines.append(
            say.count(
                "{n} customer whose days are not over is left out",
                "{n} customers whose days are not over are left out",
                found.open,
            )
        )
    if found.alone:
        lines.append(
            say.count(
                "{n} campaign of which the lot left one group empty is left out",
                "{n} campaigns of which the lot left one group empty are left out",
                found.alone,
            )
        )
    return lines


def campaign_name(found: Effect, say: Speech, shows: str) -> str:
    """What a campaign is called; its maker's words may name a customer, so with ids alone it is the text's title."""
    return template_title(found.template, say) if shows == "ids" else found.name


def digest_part(found: Sequence[Effect], year: Effect | None, say: Speech, currency: str, shows: str) -> list[Block]:
    """What a digest says: a line for each campaign that ended, the year where it is told, and what numbers mean."""
    if not found and year is None:
        return []
    lines = [campaign_line(each, say, shows) for each in found[:CAMPAIGNS]]
    if len(found) > CAMPAIGNS:
        rest = len(found) - CAMPAIGNS
        lines.append(say.count("and {n} more", "and {n} more", rest))
    if year is not None:
        all_of_it = say("All of a year")
        lines.append(say("{name}: {facts}", name=bold(all_of_it), facts=safe(year_line(year, say))))
        lines += _money_part(year, say, currency, shows)
    told = section("\n".join([bold(say("Did messages work?")), *(f"• {line}" for line in lines)]))
    return [told, context(how(say))]


def how(say: Speech) -> str:
    """What the numbers mean, in small print."""
    return say(
        "The lot leaves some customers of each campaign without a message: the control group. Everybody counts where "
        "the lot put them, whatever became of the message. Came back: bought within the campaign's days after the lot; "
        "told {days} later, so that late imports count. 95% intervals: of 20 texts that do nothing, about one looks as "
        "if it did something.",
        days=say.days(LATE),
    )


def report(
    month: date, year: Effect | None, campaigns: Sequence[Effect], say: Speech, currency: str, shows: str
) -> Reply:
    """The report of a month: the year until its end with a chart, and the campaigns that ended within it."""
    title = say("Did messages work? {month}", month=say.month(month))
    blocks: list[Block] = [header(title)]
    summary = title
    if year is not None:
        line = year_line(year, say)
        summary = f"{title}. {line}"
        told = [bold(say("The year until the end of the month")), safe(line)]
        blocks.append(section("\n".join([*told, *_money_part(year, say, currency, shows)])))
        counted = say.count("{n} campaign", "{n} campaigns", year.campaigns)
        blocks.append(context("  ·  ".join([counted, *left_out(year, say)])))
    blocks += _chart(year, campaigns, say, shows)
    if campaigns:
        blocks.append(section(bold(say("Campaigns that ended in the month"))))
    for each in campaigns[:CAMPAIGNS]:
        lines = [bold(safe(campaign_name(each, say, shows))), safe(_facts(each, say))]
        blocks.append(section("\n".join([*lines, *_money_part(each, say, currency, shows)])))
    if len(campaigns) > CAMPAIGNS:
        rest = len(campaigns) - CAMPAIGNS
        blocks.append(context(say.count("and {n} more", "and {n} more", rest)))
    if shows == "full":
        blocks.append(context(_heavy_tailed(say)))
    blocks += [context(how(say)), actions(button(say("Messages"), "digest.messages"))]
    return Reply(summary, blocks)


def _money_part(found: Effect, say: Speech, currency: str, shows: str) -> list[str]:
    """The line of money, where amounts may be shown at all and there is enough to say."""
    line = money_line(found, say, currency) if shows == "full" else None
    return [safe(line)] if line else []


def _facts(found: Effect, say: Speech) -> str:
    """The numbers of both groups, and what they show."""
    treated, control, compared = found.treated, found.control, found.comparison
    if not treated.customers:
        return say("nobody was to get it")
    ours = say(
        "{sent}, {back} came back ({rate})",
        sent=_sent(found, say),
        back=say.number(treated.back),
        rate=_rate(treated.back / treated.customers, say),
    )
    if not control.customers:
        return say("{ours}; nobody in the control group: too few to say", ours=ours)
    theirs = say(
        "control {n}, {back} came back ({rate})",
        n=say.number(control.customers),
        back=say.number(control.back),
        rate=_rate(control.back / control.customers, say),
    )
    verdict = say("too few to say") if compared is None else _verdict(compared, say)
    return say("{ours}; {theirs}: {verdict}", ours=ours, theirs=theirs, verdict=verdict)


def _sent(found: Effect, say: Speech) -> str:
    """To how many it was sent; where that is not everybody who was to get it, both numbers are told."""
    number = found.treated.customers
    if found.sent == number:
        return say("{n} sent", n=say.number(number))
    if not found.sent:  # the drafts themselves were forgotten
        return say("{n} were to get it", n=say.number(number))
    return say("{n} were to get it ({sent} sent)", n=say.number(number), sent=say.number(found.sent))


def _verdict(compared: Comparison, say: Speech) -> str:
    uplift = compared.uplift
    if uplift is None:
        return say("too few to say")
    words = say(
        "uplift {points} points (95% interval {low} to {high})",
        points=_points(uplift.value),
        low=_points(uplift.low),
        high=_points(uplift.high),
    )
    return words if uplift.shows_effect else say("{what}, so no effect is shown", what=words)


def _rate(share: float, say: Speech) -> str:
    return say.percent(share, digits=1)


def _points(share: float) -> str:
    """A difference of shares in percentage points with one digit behind the point, never "-0.0"."""
    return _with_minus(f"{round(100 * share, 1) + 0:.1f}")


def _money(amount: float, say: Speech, currency: str) -> str:
    return _with_minus(say.money(Decimal(str(round(amount, 4))), currency))


def _with_minus(number: str) -> str:
    """A true minus in place of the hyphen, behind which a line might end."""
    return f"{MINUS}{number[1:]}" if number.startswith("-") else number


def _money_interval(found: Estimate, say: Speech, currency: str) -> str:
    return say(
        "{amount} (95% interval {low} to {high})",
        amount=_money(found.value, say, currency),
        low=_money(found.low, say, currency),
        high=_money(found.high, say, currency),
    )


def _heavy_tailed(say: Speech) -> str:
    return say(
        "Money: a few large orders decide such sums, so read the interval and not its middle. Refunds are taken off; "
        "orders that wait for a rate are left out."
    )


def _chart(year: Effect | None, campaigns: Sequence[Effect], say: Speech, shows: str) -> list[Block]:
    """The uplifts with the ends of their intervals; none where there is too little to say."""
    shown: dict[str, Estimate] = {}
    rows = [(say("A year"), year)] if year is not None else []
    rows += [(campaign_name(each, say, shows), each) for each in campaigns]
    for name, each in rows:
        uplift = each.comparison.uplift if each.comparison is not None else None
        if uplift is not None:
            shown.setdefault(cut(name, CHART_LABEL), uplift)  # Slack refuses two bars of one name
    chosen = list(shown.items())[:CHART_POINTS]
    if not chosen:
        return []
    ends = {say("at least"): "low", say("uplift"): "value", say("at most"): "high"}
    series = {
        name: {label: round(100 * float(getattr(uplift, end)), 1) for label, uplift in chosen}
        for name, end in ends.items()
    }
    return [bar_chart(say("Uplift in points, with its 95% interval"), series)]
