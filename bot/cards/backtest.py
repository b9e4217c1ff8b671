"""What the lost-customer alerts would have been worth in the past, before any is sent."""

from __future__ import annotations

from bot.blocks import bar_chart, context, header, safe, section
from bot.desk import Block, Reply
from customers.shadowing import Backtest
from words.speech import Speech

# Owners that are named; the others are added up.
OWNERS = 8
# Within a year a day and its month are enough to name a span; of more, a span is longer than a month.
SHORT_LABELS = 366


def card(found: Backtest, say: Speech, *, names: bool) -> Reply:
    """The sentence, the figures beside it and a picture; `names` says whether owners may be named."""
    title = say("Lost-customer alerts, run over the past")
    first, *others = lines(found, say, names=names)
    blocks: list[Block] = [header(title), section(safe(first))]
    if not found.is_empty:
        blocks.append(section("\n".join(f"• {safe(line)}" for line in others)))
        blocks.append(_picture(found, say))
    blocks.append(context(safe(_meaning(found, say))))
    return Reply(first, blocks)


def lines(found: Backtest, say: Speech, *, names: bool) -> list[str]:
    """The same as plain lines, for the program: first the sentence, then the figures beside it."""
    if found.is_empty:
        hint = say(
            "No silences with a known outcome yet between {first} and {last}: they need customers with three purchases "
            "or more, and {horizon} after that to see what became of them. Import older orders, or look further back.",
            first=say.date(found.first),
            last=say.date(found.last),
            horizon=say.days(found.horizon),
        )
        return [hint]
    return [_sentence(found, say, names=names), *_figures(found, say, names=names)]


def _sentence(found: Backtest, say: Speech, *, names: bool) -> str:
    whole = {
        "alerts": say.count("{n} alert", "{n} alerts", found.alerts),
        "days": say.days((found.last - found.first).days + 1),
        "first": say.date(found.first),
        "last": say.date(found.last),
        "lapsed": say.number(found.lapsed),
        "unseen": say.count("{n} lapse", "{n} lapses", found.unseen),
    }
    most = next(((name, count) for name, count in found.by_owner if name), None)
    if not names or most is None:
        return say(
            "Would have posted {alerts} in the newest {days} whose outcome is known ({first} to {last}); {lapsed} of "
            "those customers really lapsed; {unseen} went unseen.",
            **whole,
        )
    return say(
        "Would have posted {alerts} in the newest {days} whose outcome is known ({first} to {last}), {count} of them "
        "to {rep}; {lapsed} of those customers really lapsed; {unseen} went unseen.",
        rep=most[0],
        count=say.number(most[1]),
        **whole,
    )


def _figures(found: Backtest, say: Speech, *, names: bool) -> list[str]:
    figures = []
    if found.reached is not None and found.stated is not None:
        stated, reached = say.percent(found.stated), say.percent(found.reached)
        figures.append(say("Precision: {reached} reached, {stated} stated.", reached=reached, stated=stated))
    if found.recall_two is not None and found.recall_three is not None:
        lapses = say.count("{n} lapse", "{n} lapses", found.lapses)
        two, three = say.percent(found.recall_two), say.percent(found.recall_three)
        figures.append(
            say(
                "Of {lapses} that began in these days, {two} were named within two own gaps, {three} within three.",
                lapses=lapses,
                two=two,
                three=three,
            )
        )
    regular = say.count("{n} customer", "{n} customers", found.customers)
    yearly = say.number(found.yearly)
    figures.append(
        say("{yearly} alerts per customer and year, of {customers} with a rhythm.", yearly=yearly, customers=regular)
    )
    if names and len(found.by_owner) > 1:
        figures.append(say("By owner: {owners}.", owners=say.listing(_owners(found, say))))
    if found.waiting:
        waiting = say.count("{n} alert", "{n} alerts", found.waiting)
        figures.append(say("{alerts} of these days: outcome not known yet.", alerts=waiting))
    if found.sampled > 1:
        figures.append(say("Counted on a sample: one in {n} customers.", n=say.number(found.sampled)))
    return figures


def _owners(found: Backtest, say: Speech) -> list[str]:
    nobody, others = say("no owner"), say("others")
    counted = [(name or nobody, count) for name, count in found.by_owner[:OWNERS]]
    rest = sum(count for _, count in found.by_owner[OWNERS:])
    return [f"{name} {say.number(count)}" for name, count in [*counted, *([(others, rest)] if rest else [])]]


def _picture(found: Backtest, say: Speech) -> Block:
    short = (found.last - found.first).days < SHORT_LABELS - 1
    labels = [say.day_of_year(span.first) if short else say.month(span.first) for span in found.spans]
    lapsed = {label: float(span.lapsed) for label, span in zip(labels, found.spans, strict=True)}
    returned = {label: float(span.returned) for label, span in zip(labels, found.spans, strict=True)}
    return bar_chart(
        say("Alerts by what became of them"), {say("Really lapsed"): lapsed, say("Bought again"): returned}
    )


def _meaning(found: Backtest, say: Speech) -> str:
    return say(
        "Nothing was posted: every day knew only what came before. A customer has lapsed who buys nothing for "
        "{horizon} and three own gaps or more; an alert is right if nothing is bought for {horizon} after it either.",
        horizon=say.days(found.horizon),
    )
