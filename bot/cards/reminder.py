"""What a rep reads in the morning: the promises that are due, those with most at stake first, with buttons on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.blocks import context, header
from bot.cards.follow_ups import Place, Reader, listing
from bot.desk import Reply
from care.follow_ups import PAGE, Line, Listing


def reminder(due: Sequence[Line], name: str, reader: Reader) -> Reply:
    """The reminder with what is `due`, in this order; `name` is the reader's."""
    say = reader.say
    total = len(due)
    late = sum(line.due < reader.today for line in due)
    drawn = listing(Listing(tuple(due[:PAGE]), total, total, 0, PAGE), Place("due"), reader)
    words = say.count("{n} follow-up is due", "{n} follow-ups are due", total)
    if late:
        words = say("{due}, {late} of them overdue", due=words, late=say.number(late))
    greeting = say("Good morning, {name}", name=name)
    top = [header(greeting), context(say("{words}  ·  most at stake first", words=words))]
    return replace(
        drawn, text=say("{greeting}: {words}", greeting=greeting, words=words), blocks=[*top, *drawn.blocks[2:]]
    )
