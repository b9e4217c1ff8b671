"""Segments: how many customers are where and what they bring, and lists of them, those with most at stake first."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import actions, bar_chart, button, capital, context, cut, divider, header, menu, safe, section
from bot.cards.customer import MARKS
from bot.desk import Block, Reply
from customers import fields
from customers.filter_tree import Filter
from customers.filter_words import describe
from customers.segments import Member, Overview, Page, Row
from words.speech import Speech
from words.terms import term

# A share below this would be rounded to 0% beside an amount that is not nothing.
SMALLEST_SHARE = 0.005


def overview(found: Overview, say: Speech, currency: str, *, amounts: bool) -> Reply:
    """All segments with count, spend, share and the change since last month, and a picture of the loyalty."""
    title = say("Your customers")
    if not found.customers:
        hint = say(
            "There are no customers yet that you may see in full. "
            "An operator imports them, with your e-mail address in the column “owner”."
        )
        return Reply(title, [header(title), section(hint)])
    sums = say.count("{n} customer", "{n} customers", found.customers)
    if amounts:
        sums += " · " + say("{amount} in the last 365 days", amount=say.money(found.spend, currency))
    blocks: list[Block] = [header(title), context(sums)]
    for dimension, heading in (("value", say("Value")), ("loyalty", say("Loyalty")), ("stage", say("Lifecycle"))):
        rows = [row for row in found.rows if row.dimension == dimension]
        lines = [_segment_line(row, say, currency, amounts=amounts) for row in rows]
        choices = [
            (f"{capital(term(say, dimension, row.name))} ({say.number(row.customers)})", f"{dimension}:{row.name}")
            for row in rows
            if row.customers
        ]
        opener = menu(f"segment.open:{dimension}", say("Open"), choices)
        blocks.append(section(f"*{heading}*\n" + "\n".join(lines), opener if choices else None))
    loyal = {
        capital(term(say, "loyalty", row.name)): float(row.customers)
        for row in found.rows
        if row.dimension == "loyalty"
    }
    blocks.append(bar_chart(say("Customers by loyalty"), {say("Customers"): loyal}))
    example = safe(say("value:high silent:>60d"))
    hint = say(
        "Lists by any filter: {example}. All fields: {help}", example=f"`/segment {example}`", help="`/segment help`"
    )
    blocks.append(context(hint))
    return Reply(say("{title}: {state}", title=title, state=sums), blocks)


def listing(page: Page, filter_: Filter, text: str, say: Speech, currency: str, *, shows: str) -> Reply:
    """One page of the customers in a segment."""
    title = capital(describe(filter_, say))
    if not page.total:
        hint = say(
            "No customer of yours is in this segment. Loosen the filter; {help} shows every field.",
            help="`/segment help`",
        )
        told = say("{title}: {state}", title=title, state=hint)
        return Reply(told, [header(cut(title, 140)), section(hint), actions(_back(say))])
    sums = say.count("{n} customer", "{n} customers", page.total)
    if shows == "full":
        sums += " · " + say("{amount} in the last 365 days", amount=say.money(page.spend, currency))
    blocks: list[Block] = [header(cut(title, 140)), context(sums + " · " + say("most at stake first"))]
    for place, member in enumerate(page.members):
        open_card = button(say("Open"), f"customer.show:{place}", str(member.id))
        blocks.append(section(member_line(member, say, currency, shows), open_card))
    blocks += [divider(), actions(*_turns(page, text, say))]
    if shows == "full":
        blocks[-1]["elements"].append(button(say("Export CSV"), "segment.export", text))
        blocks[-1]["elements"].append(button(say("Write to all"), "batch.open", text))
    blocks[-1]["elements"].append(_back(say))
    last = (page.total - 1) // page.size + 1
    if last > 1:
        blocks.append(context(say("Page {page} of {pages}", page=say.number(page.page + 1), pages=say.number(last))))
    return Reply(say("{title}: {state}", title=title, state=sums), blocks)


def filter_help(say: Speech) -> Reply:
    """The filter language: every field with its values, and examples."""
    title = say("Filters for /segment")
    examples = [
        say("lost"),
        say("value:high loyalty:swing"),
        say("region:华东 silent:>60d spend:>10000"),
        say("bought:coffee -tag:vip OR (stage:new orders:2..5)"),
    ]
    quoted = [f"`{safe(example)}`" for example in examples]
    blocks: list[Block] = [header(title), section(say("For example:") + "\n" + "\n".join(quoted))]
    lines = [
        f"• *{safe(name)}*" + (f" — {safe(meaning)}" if meaning.casefold() != name.casefold() else "")
        for name, meaning in fields.listing(say)
    ]
    # A section holds 3,000 characters: some fifteen fields are well below that in both languages.
    blocks += [section("\n".join(lines[start : start + 15])) for start in range(0, len(lines), 15)]
    blocks.append(
        context(say("Words in quotes or alone search the name; a minus in front means “not”; OR and brackets work."))
    )
    return Reply(title, blocks)


def _segment_line(row: Row, say: Speech, currency: str, *, amounts: bool) -> str:
    parts = [say.number(row.customers)]
    if amounts and row.customers:
        small = row.spend > 0 and row.share < SMALLEST_SHARE
        parts += [say.money(row.spend, currency), safe("<1%") if small else say.percent(row.share)]
    if row.change:
        change = say("{change} since last month", change=f"{row.change:+d}".replace("-", "−"))
        parts.append(change)
    mark = f"{MARKS[row.name]} " if row.dimension == "loyalty" else ""
    return f"{mark}*{capital(term(say, row.dimension, row.name))}*   {'  ·  '.join(parts)}"


def member_line(member: Member, say: Speech, currency: str, shows: str) -> str:
    """Two lines about a customer in a list: who it is, and how long it has been silent."""
    name = member.name if shows != "ids" else (member.key or f"#{member.id}")
    where = [
        member.city or "",
        term(say, "tier", member.value) if member.value != "none" else "",
        term(say, "stage", member.stage),
    ]
    if shows != "ids":
        where.append(member.owner_name or say("no owner"))
    first = f"{MARKS[member.loyalty]} *{safe(name)}*  " + "  ·  ".join(safe(part) for part in where if part)
    second = []
    if member.silent_days is not None:
        second.append(say("silent for {days}", days=say.days(member.silent_days)))
    if shows == "full" and member.at_stake:
        second.append(say("{amount} a year at stake", amount=say.money(member.at_stake, currency)))
    return first + ("\n" + "  ·  ".join(second) if second else "")


def _turns(page: Page, text: str, say: Speech) -> Sequence[Block]:
    turns = []
    if page.page > 0:
        turns.append(button(say("Previous"), "segment.page:previous", f"{page.page - 1}:{text}"))
    if (page.page + 1) * page.size < page.total:
        turns.append(button(say("Next"), "segment.page:next", f"{page.page + 1}:{text}"))
    return turns


def _back(say: Speech) -> Block:
    return button(say("All segments"), "segment.overview", "all")
