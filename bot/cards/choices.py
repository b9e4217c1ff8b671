"""`Did you mean`: the customers that a name could stand for, each with a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks import actions, bold, button, context, cut, safe, section
from bot.desk import Block, Reply
from customers.search import Hit
from words.speech import Speech

# Characters of what was asked that are named back; enough to recognise it.
NAMED_BACK = 80
# What the buttons do: show the customer's card.
OPEN = "customer.show"


def did_you_mean(asked: str, hits: Sequence[Hit], say: Speech, *, action: str = OPEN, more: str = "") -> Reply:
    """Several customers fit, or none quite: a button for each, with city and owner to tell them apart.

    `action` is what the buttons do, each with the customer's id and `more` as its value.
    """
    if len(hits) == 1 or all(hit.how == "close" for hit in hits):
        title = say("No customer fits “{asked}” exactly. Did you mean:", asked=cut(asked, NAMED_BACK))
    else:
        title = say("Several customers fit “{asked}”. Did you mean:", asked=cut(asked, NAMED_BACK))
    return Reply(title, [section(safe(title)), *_buttons(hits, say, action, more)])


def nothing_found(asked: str, closest: Sequence[Hit], say: Speech, *, action: str = OPEN) -> Reply:
    """Nobody fits: name it back and offer the closest."""
    title = say("No customer fits “{asked}”.", asked=cut(asked, NAMED_BACK))
    if not closest:
        hint = say("Try a part of the name, its pinyin or initials, an id, a phone number or an e-mail address.")
        return Reply(title, [section(f"{safe(title)}\n{hint}")])
    return Reply(title, [section(safe(title) + " " + say("The closest:")), *_buttons(closest, say, action)])


def usage(command: str, recent: Sequence[Any], say: Speech) -> Reply:
    """The command alone: how to use it, and the customers looked at last."""
    how = say(
        "Type {command} and a name, a part of it, pinyin, an id, a phone number or an e-mail address.",
        command=f"`{command}`",
    )
    blocks = [section(how)]
    if recent:
        blocks += [
            section(bold(say("You looked at last:"))),
            actions(*(button(each.name, f"customer.show:{place}", str(each.id)) for place, each in enumerate(recent))),
        ]
    else:
        blocks.append(context(say("You have not looked at any customer yet.")))
    return Reply(how, blocks)


def nobody_yet(say: Speech) -> Reply:
    """There are no customers at all: say what to do next."""
    text = say(
        "There are no customers yet. An operator imports them with: {command}",
        command="`rekindle import customers.csv orders.csv`",
    )
    return Reply(text, [section(text)])


def _buttons(hits: Sequence[Hit], say: Speech, action: str, more: str = "") -> list[Block]:
    blocks = []
    for place, hit in enumerate(hits):
        where = "  ·  ".join(safe(part) for part in (hit.city, hit.owner_name or say("no owner")) if part)
        blocks.append(
            section(f"*{safe(hit.name)}*\n{where}", button(say("Open"), f"{action}:{place}", f"{hit.id}{more}"))
        )
    return blocks
