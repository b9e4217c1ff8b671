"""Where message templates are run: a sandbox that knows nothing but fields and ways to say them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

import jinja2
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from words.customer_words import CustomerWords

_ONLY_TAGS = re.compile(r"\s*(?:\{%(?:(?!%\}).)*%\}\s*)+")


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox of Jinja, in which not even a harmless attribute or method of a value can be reached."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Only what a dictionary holds."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same; templates have no other way to ask."""
        return self.getattr(obj, str(argument))


@lru_cache
def environment(language: str) -> jinja2.Environment:
    """The sandbox for one language."""
    words = CustomerWords(language)
    # `finalize` is the escape of plain text: nothing is changed but what is no text at all. HTML comes later, from it.
    made = _Environment(
        undefined=jinja2.StrictUndefined, finalize=as_text, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()

    @jinja2.pass_context
    def day(context: Context, value: date) -> str:
        return words.day(value, context["today"])

    made.filters.update(
        day=day,
        weekday=words.weekday,
        more_than=words.more_than,
        rhythm=words.rhythm,
        listing=words.listing,
        first=lambda items: items[0],
        money=lambda amount: words.money(amount["amount"], amount["currency"]),
        percent=words.percent,
        plural=words.plural,
        ended=words.ended,
    )
    return made


def line_ends_kept(source: str) -> str:
    """A source in which only lines of nothing but conditions vanish: Jinja would eat every line end after one."""
    lines = source.split("\n")
    return "\n".join(
        f"{line.rstrip()[:-2]}+%}}" if line.rstrip().endswith("%}") and not _ONLY_TAGS.fullmatch(line) else line
        for line in lines
    )


@lru_cache(maxsize=1_000)
def compiled(language: str, source: str) -> jinja2.Template:
    """A source that was found harmless, ready to be written; there are a few dozen of them."""
    return environment(language).from_string(source)


def as_text(value: Any) -> str:
    """What stands in the text for a value; anything but words and whole numbers shows that a filter is missing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"a {type(value).__name__} cannot stand in a message as it is")
    return str(value)
