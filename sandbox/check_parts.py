"""The small parts of which Slack's rules for blocks are made: texts, lists, options, and what is too long."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.records import Json

Rule = Callable[[Any, str, list[str]], None]
"""Looks at (value, JSON pointer) and adds to the list what Slack would say."""


def say(wrong: list[str], words: str, at: str) -> None:
    """Add one complaint, as Slack words it with the place where it is."""
    wrong.append(f"{words} [json-pointer:{at}]")


def string(most: int, least: int = 1) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if not isinstance(value, str):
            say(wrong, "must provide a string", at)
        elif len(value) > most:
            say(wrong, f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            say(wrong, f"must be more than {least - 1} characters", at)

    return rule


def whole(least: int, most: int) -> Rule:
    """A whole number from `least` to `most`."""

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            say(wrong, "must provide an integer", at)
        elif not least <= value <= most:
            say(wrong, f"must be between {least} and {most}", at)

    return rule


def number(value: Any, at: str, wrong: list[str]) -> None:
    """Any number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        say(wrong, "must provide a number", at)


def flag(value: Any, at: str, wrong: list[str]) -> None:
    """True or false."""
    if not isinstance(value, bool):
        say(wrong, "must provide a boolean", at)


def one_of(*words: str) -> Rule:
    """One of a few words."""

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if value not in words:
            say(wrong, f"must be one of: {', '.join(words)}", at)

    return rule


def items(each: Rule, least: int, most: int) -> Rule:
    """A list of `least` to `most` things, each under the rule `each`."""

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if not isinstance(value, list):
            say(wrong, "must provide an array", at)
            return
        if len(value) > most:
            say(wrong, f"no more than {most} items allowed", at)
        if len(value) < least:
            say(wrong, f"no fewer than {least} items allowed", at)
        for index, item in enumerate(value):
            each(item, f"{at}/{index}", wrong)

    return rule


def shape(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    """An object with exactly these fields; `type` is always allowed, its word is checked where it decides."""
    known = {**required, **(optional or {})}

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if not isinstance(value, dict):
            say(wrong, "must provide an object", at)
            return
        for name in required:
            if name not in value:
                say(wrong, f"missing required field: {name}", at)
        for name, inner in value.items():
            if name in known:
                if inner is not None or name in required:
                    known[name](inner, f"{at}/{name}", wrong)
            elif name != "type":
                say(wrong, f"invalid additional property: {name}", at)

    return rule


def text(most: int, least: int = 1, *, plain_only: bool = False) -> Rule:
    """A text object of `least` to `most` characters."""
    rules = {
        "plain_text": shape({"text": string(most, least)}, {"emoji": flag}),
        "mrkdwn": shape({"text": string(most, least)}, {"verbatim": flag}),
    }
    if plain_only:
        del rules["mrkdwn"]
    return by_type(rules)


def plain(most: int, least: int = 1) -> Rule:
    """A plain_text object of `least` to `most` characters."""
    return text(most, least, plain_only=True)


def by_type(rules: dict[str, Rule]) -> Rule:
    """An object whose `type` names the rule that it is under."""

    def rule(value: Any, at: str, wrong: list[str]) -> None:
        if not isinstance(value, dict):
            say(wrong, "must provide an object", at)
        elif "type" not in value:
            say(wrong, "missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in rules:
            say(wrong, f"unsupported type: {value['type']}", f"{at}/type")
        else:
            rules[value["type"]](value, at, wrong)

    return rule


def web_address(value: Any, at: str, wrong: list[str]) -> None:
    """An address to open, at most 3,000 characters."""
    string(3000)(value, at, wrong)
    if isinstance(value, str) and not value.startswith(("http://", "https://", "mailto:", "slack://")):
        say(wrong, "must be a valid URL", at)


def picture_address(value: Any, at: str, wrong: list[str]) -> None:
    """An image that Slack can load from where it is: https, and not on this machine or a private network."""
    string(3000)(value, at, wrong)
    if not isinstance(value, str):
        return
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        say(wrong, "must be a valid URL", at)
        return
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = "." in host and not host.endswith((".local", ".localhost", ".internal"))
    if parts.scheme != "https" or not public:
        say(wrong, "downloading image failed", at)


def anything(value: Any, at: str, wrong: list[str]) -> None:
    """Whatever it is."""
    del value, at, wrong


option = shape({"text": text(75), "value": string(150)}, {"description": text(75), "url": web_address})
"""One entry of a menu."""
plain_option = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": web_address})
"""One entry of a drop-down menu, where only plain text is allowed."""
group = shape({"label": plain(75), "options": items(plain_option, 1, 100)})
"""A labelled group of entries."""
confirm = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
"""The question before an action is done."""


def menu(value: Json, at: str, wrong: list[str]) -> None:
    """Either options or groups of options, at most 100 of each, and no value twice."""
    if ("options" in value) == ("option_groups" in value):
        say(wrong, "must define either `options` or `option_groups`", at)
