"""Refuses to search by what this installation hides from Slack, since a list would give it away all the same."""

from __future__ import annotations

from customers.fields import Field, by_any_name
from customers.filter_tree import All, Either, Filter, Is, Node, Not, Where
from words.errors import NotAllowed


def refuse_hidden(filter_: Filter, shows: str) -> None:
    """Raise `NotAllowed` for the first field that is hidden where SLACK_SHOWS is `shows`: full, masked or ids.

    Where only ids are shown, `owner:me`, `owner:none` and `parent:none` stay allowed: they name nobody.
    """
    if shows == "full":
        return
    _refuse(filter_.root, shows)


def _refuse(node: Node, shows: str) -> None:
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                _refuse(part, shows)
        case Not(part):
            _refuse(part, shows)
        case Where(name, conditions):
            field = by_any_name()[name]
            names_somebody = any(isinstance(one, Is) for one in conditions)
            if _is_hidden(field, shows) and (field.hidden == "masked" or names_somebody):
                raise NotAllowed(
                    "“{field}” may not be searched here: this installation hides it from Slack (SLACK_SHOWS).",
                    field=field.typed,
                )


def _is_hidden(field: Field, shows: str) -> bool:
    return field.hidden == "masked" or (field.hidden == "ids" and shows == "ids")
