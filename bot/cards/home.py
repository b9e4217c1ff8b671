"""The parts of the Home tab: greeting, follow-ups that are due, alerts, customers who slip away, settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.blocks import actions, bold, button, context, divider, header, menu, safe, section
from bot.cards import alert, follow_ups, work_settings
from bot.cards.approvals import lines
from bot.cards.follow_ups import Place, Reader
from bot.cards.segment import member_line
from bot.desk import Block
from bot.settings import Settings
from care.alerts import Alert
from care.follow_ups import Listing
from customers.deputies import Away
from customers.preferences import Preferences
from customers.reps import Person
from customers.segments import Page
from words.speech import CHINESE, ENGLISH, Speech

HOME = Place("home")
# Lines of what waits for approval: the queue has all of them.
APPROVALS = 5


def greeting(name: str, day: str, say: Speech, *, leads: bool) -> list[Block]:
    """Whose day it is, and the ways to all the rest."""
    ways = [
        button(say("All follow-ups"), "home.followups", "mine"),
        button(say("All segments"), "segment.overview", "all"),
        button(say("Digest"), "digest.show", "week"),
        button(say("Lost customers"), "lost.show", "all"),
    ]
    title = say("Your day and your team's, {name}", name=name) if leads else say("Your day, {name}", name=name)
    return [header(title), context(day), actions(*ways)]


def due(found: Listing, coming: int, reader: Reader) -> list[Block]:
    """The follow-ups that are due, with their buttons."""
    say = reader.say
    blocks: list[Block] = [divider(), header(say("Due today"))]
    if found.lines:
        blocks += follow_ups.lines(found.lines, HOME, reader)
        rest = found.total - len(found.lines)
        if rest:
            more = say.count("{n} more is due", "{n} more are due", rest)
            blocks.append(section(f"_{more}_", button(say("Show all"), "home.followups:due", "due")))
    else:
        blocks.append(section(say("Nothing is due. Well done.") if coming else say("You have promised nothing yet.")))
    if coming:
        blocks.append(context(say.count("{n} more comes up later.", "{n} more come up later.", coming)))
    elif not found.total:
        example = say("/followups acme in 2 weeks: call about the price")
        blocks.append(
            context(say("A new one: {example}, or “Follow up” on a customer's card.", example=f"`{example}`"))
        )
    return blocks


def approvals(waiting: Sequence[Any], say: Speech, shows: str) -> list[Block]:
    """The messages to customers that wait for the person's decision; nothing where there is none."""
    if not waiting:
        return []
    drawn = lines(waiting[:APPROVALS], say, shows)
    if len(waiting) > APPROVALS:
        drawn.append(context(say.count("{n} more waits", "{n} more wait", len(waiting) - APPROVALS)))
    return [divider(), header(say("Waiting for your approval")), *drawn]


def alerts(shown: Sequence[Alert], reader: Reader, today: date) -> list[Block]:
    """The open alerts with most at stake, with their buttons; nothing where there is none. `today` is the tenant's."""
    if not shown:
        return []
    spot = alert.Spot(alert.HOME)
    drawn = [block for each in shown for block in alert.one(each, spot, reader, today)]
    return [divider(), header(reader.say("Open alerts")), *drawn]


def slipping(page: Page, filter_: str, say: Speech, settings: Settings, *, leads: bool) -> list[Block]:
    """The customers who are silent for longer than usual, most at stake first."""
    title = say("Your team's customers who are slipping away") if leads else say("Customers who are slipping away")
    blocks: list[Block] = [divider(), header(title)]
    if not page.members:
        return [*blocks, section(say("Nobody is silent for longer than usual."))]
    sums, order = say.count("{n} customer", "{n} customers", page.total), say("most at stake first")
    blocks.append(context(f"{sums}  ·  {order}"))
    for place, member in enumerate(page.members):
        opener = button(say("Open"), f"customer.show:slipping{place}", str(member.id))
        blocks.append(section(member_line(member, say, settings.home_currency, settings.slack_shows), opener))
    if page.total > len(page.members):
        blocks.append(actions(button(say("Show all"), "segment.open:slipping", filter_)))
    return blocks


def settings(person: Person, chosen: Preferences, absence: Away | None, say: Speech) -> list[Block]:
    """The person's own settings, each with the way to change it."""
    choices = [(say("As in Slack"), work_settings.SLACK), ("English", ENGLISH), ("简体中文", CHINESE)]
    language = menu("home.language", say("Language"), choices, person.language or work_settings.SLACK)
    day = section("\n".join((bold(say("Your day")), work_settings.day(chosen, say))), button(say("Change"), "home.day"))
    away = work_settings.absence_of(absence, say, opens="home.away", ends="home.back")
    return [divider(), header(say("Your settings")), section(bold(say("Language")), language), day, away]


def saved(words: str) -> list[Block]:
    """That something was done, on top of the Home."""
    return [section(f"✅ {safe(words)}")]
