"""Says in words which customers a filter means: `value: high, and silent: more than 60 days`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from customers.fields import Field, by_any_name, shown_name
from customers.filter_tree import (
    Ago,
    Ahead,
    All,
    Between,
    Compare,
    Condition,
    Either,
    Filter,
    Is,
    Me,
    Missing,
    Node,
    Not,
    Where,
)
from customers.filter_tree import Value as Typed
from words.speech import Speech


def describe(filter_: Filter, say: Speech) -> str:
    """The filter in words of the reader's language, for titles and confirmations."""
    return _said(filter_.root, say) or say("all customers")


def _said(node: Node, say: Speech) -> str:
    match node:
        case All(parts):
            return say("{both} and ", both="").join(_within(part, say) for part in parts)
        case Either(parts):
            return say("{either} or ", either="").join(_within(part, say) for part in parts)
        case Not(part):
            return say("not {part}", part=_within(part, say))
        case Where("name", (Is(value),)):
            return say("name contains “{text}”", text=value)
        case Where(name, conditions):
            field = by_any_name()[name]
            values = say("{either} or ", either="").join(_condition(one, field, say) for one in conditions)
            return say("{field}: {values}", field=shown_name(field, say.language).replace("_", " "), values=values)


def _within(part: Node, say: Speech) -> str:
    return f"({_said(part, say)})" if isinstance(part, (All, Either)) else _said(part, say)


def _condition(one: Condition, field: Field, say: Speech) -> str:
    match one:
        case Missing():
            return say("none")
        case Me():
            return say("me")
        case Compare(">", Ago(0)) if field.name == "follow_up":
            return say("overdue")
        case Between(low, high):
            return say("{low} to {high}", low=_value(low, field, say), high=_value(high, field, say))
        case Compare(sign, Ahead(days)) if days:
            return _ahead(sign, say.days(days), say)
        case Compare(sign, value):
            said = _value(value, field, say)
            if isinstance(value, date | Ahead):
                return _day(sign, said, say)
            match sign:
                case ">":
                    return say("more than {value}", value=said)
                case "<":
                    return say("less than {value}", value=said)
                case ">=":
                    return say("at least {value}", value=said)
            return say("at most {value}", value=said)
        case Is(value):
            return _value(value, field, say)


def _day(sign: str, said: str, say: Speech) -> str:
    match sign:
        case ">":
            return say("after {day}", day=said)
        case "<":
            return say("before {day}", day=said)
        case ">=":
            return say("from {day} on", day=said)
    return say("up to {day}", day=said)


def _ahead(sign: str, days: str, say: Speech) -> str:
    match sign:
        case ">":
            return say("in more than {days}", days=days)
        case "<":
            return say("in less than {days}", days=days)
        case ">=":
            return say("in {days} or more", days=days)
    return say("in at most {days}", days=days)


def _value(value: Typed, field: Field, say: Speech) -> str:
    match value:
        case bool():
            return say("yes") if value else say("no")
        case Ago(days):
            return say("{days} ago", days=say.days(days))
        case Ahead(days):
            return say("in {days}", days=say.days(days)) if days else say("today")
        case date():
            return say.date(value)
        case int() | Decimal():
            if field.kind == "share":
                return say.percent(value, digits=1)
            return say.days(int(value)) if field.kind == "days" else say.number(Decimal(value))
    word = next((choice.word for choice in field.choices if choice.code == value), None)
    return say(word) if word else f"“{value}”"
