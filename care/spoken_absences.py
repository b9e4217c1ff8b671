"""Understands who is away and who stands in: `away until 5 Dec, Li takes over`, `我休假到12月5日，李娜代班`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from care import plain_dates
from words.errors import BadInput, WrongUsage
from words.speech import message

_ENGLISH = re.compile(
    r"(?:i\s+am|i['’]m|i\s+will\s+be)?\s*(?:away|on\s+leave|on\s+holiday|on\s+vacation|out\s+of\s+office)\b"
    r"(?:\s+from\s+(?P<first>.+?))?\s+(?:until|till|through|to)\s+(?P<last>.+?)"
    r"\s*(?:[,;，]\s*(?:and\s+)?|\s+and\s+)(?:(?P<who>[^\W\d].*?)\s+(?:takes\s+over|stands\s+in|covers(?:\s+for\s+me)?|is\s+my\s+deputy))[.!]?",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"我?\s*(?:从?\s*(?P<first>\S.*?)\s*(?:起|开始))?\s*(?:休假|请假|不在|外出|出差|放假)?\s*(?:到|至)\s*(?P<last>\S.*?)\s*"
    r"(?:休假|请假|不在|外出|出差|放假)?\s*[,，、\s]\s*(?:由|请|让)?\s*(?P<who>[^\s,，]+?)\s*(?:代班|接手|顶班|替我|代理|负责|代我)[。！]?"
)
_LEAVING = re.compile(
    r"\b(?:away|on\s+leave|on\s+holiday|on\s+vacation|out\s+of\s+office)\b.*\b(?:until|till|through|to)\b"
    r"|(?:休假|请假|不在|外出|出差|放假).*(?:到|至|代班|接手|顶班|替我|代理)|(?:到|至).*(?:休假|请假|出差).*(?:代班|接手|顶班|替我|代理)",
    re.IGNORECASE,
)

HOW = message("I understand this: away until 5 December, Li takes over. Or use the form under {command}.")


@dataclass(frozen=True)
class Leaving:
    """Who says so is away from `first` to `last`, both included; `deputy` is the name that was said."""

    first: date
    last: date
    deputy: str


def recognises(text: str) -> bool:
    """Whether a sentence says that somebody will be away."""
    return _LEAVING.search(text) is not None


def understood(text: str, today: date) -> Leaving:
    """Take a sentence apart. Raises `WrongUsage` where it cannot be, `BadInput` for days that cannot be."""
    plain = " ".join(text.split())
    match = _ENGLISH.fullmatch(plain) or _CHINESE.fullmatch(plain)
    if match is None:
        raise WrongUsage(HOW, command="`/rekindle settings`")
    first = plain_dates.understood(match["first"], today) if match["first"] else today
    last = plain_dates.understood(match["last"], today)
    if last < first:
        raise BadInput("{last} is before {first}.", last=last, first=first)
    return Leaving(first, last, match["who"])
