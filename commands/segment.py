"""`/segment`: who the customers are by value, loyalty and lifecycle, and lists of them by any filter."""

from __future__ import annotations

from bot.blocks import capital, cut
from bot.cards import segment as cards
from bot.desk import Ask, Attachment, Desk, Press, Reply
from customers import exporting, segments
from customers.filter_hidden import refuse_hidden
from customers.filter_language import parse
from customers.filter_tree import Filter
from customers.filter_words import describe
from customers.reps import Person
from plugins import button, command
from words.errors import NotAllowed
from words.speech import Speech

# Characters of a file's title; a longer one would fill the DM.
TITLE = 100


@command("/segment", usage="[name or filter, such as lost, or value:high silent:>60d]", words=("细分",))
def segment(ask: Ask, desk: Desk) -> Reply:
    """Show every segment, or the customers in one, those with most at stake first."""
    if ask.text.lower() in ("help", "帮助"):
        return cards.filter_help(ask.say)
    if ask.text:
        return _list(ask.person, ask.say, desk, ask.text, 0)
    with desk.reading() as db:
        overview = segments.overview(db, ask.person)
    return cards.overview(overview, ask.say, desk.settings.home_currency, amounts=desk.shows_amounts)


@button("segment.open")
def open_segment(press: Press, desk: Desk) -> Reply:
    """Open one of the segments of the overview."""
    return _list(press.person, press.say, desk, press.value, 0)


@button("segment.page")
def turn(press: Press, desk: Desk) -> Reply:
    """Turn to another page of a segment."""
    number, _, text = press.value.partition(":")
    return _list(press.person, press.say, desk, text, int(number))


@button("segment.overview")
def back_to_overview(press: Press, desk: Desk) -> Reply:
    """Go back to all segments."""
    reply: Reply = segment.handler(Ask(press.person, press.say, ""), desk)
    return reply


@button("segment.export")
def export(press: Press, desk: Desk) -> Reply:
    """Hand the customers of a segment to the asker as a CSV file, in the DM."""
    if not desk.shows_amounts:
        raise NotAllowed("This installation does not let lists leave for Slack (SLACK_SHOWS).")
    filter_ = understood(press.value, press.person, desk)
    with desk.reading() as db:
        content = b"".join(exporting.write_csv(segments.export(db, press.person, filter_, desk.today)))
    desk.looks.record(press.person.id, None, f"export {press.value}"[:200])
    title = cut(capital(describe(filter_, press.say)), TITLE)
    name = f"customers-{desk.today.isoformat()}.csv"
    if press.person.exports == press.person.sight:
        text = press.say("The file {name} is in your DM with Rekindle.", name=f"`{name}`")
    else:
        text = press.say(
            "The file {name} is in your DM with Rekindle. It holds your own customers only.", name=f"`{name}`"
        )
    return Reply(text, beside=True, attachment=Attachment(name, title, content))


def understood(text: str, person: Person, desk: Desk) -> Filter:
    """The filter that a text means: a saved one by its name, else the text itself. Raises `BadInput`."""
    with desk.reading() as db:
        saved = segments.saved(db, text)
    filter_ = parse(saved if saved is not None else text)
    refuse_hidden(filter_, desk.settings.slack_shows)
    return filter_


def _list(person: Person, say: Speech, desk: Desk, text: str, number: int) -> Reply:
    filter_ = understood(text, person, desk)
    with desk.reading() as db:
        page = segments.members(db, person, filter_, desk.today, page=number)
    desk.looks.record_all(person.id, [member.id for member in page.members], "list")
    return cards.listing(page, filter_, text, say, desk.settings.home_currency, shows=desk.settings.slack_shows)
