"""What the value of a setting may be, and how it is said that it may not."""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies
from pydantic import AfterValidator
from pydantic_core import ErrorDetails

A_FOLDER, AN_ADDRESS, PUBLIC = "^https?://.+/$", "^(https?://.+)?$", "^(https?://[^?#]+)?$"
CHANNELS = "^((email|sms)(,(email|sms))?)?$"
PATTERNS = {
    A_FOLDER: "must begin with https:// and end with a slash",
    AN_ADDRESS: "must begin with https://",
    PUBLIC: "must begin with https://, without ? and #",
    CHANNELS: "must be email, sms, or email,sms",
}
"""What a value must be like, and how that is said."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Berlin or Asia/Shanghai")
    return name


def _currency(code: str) -> str:
    if code.upper() not in list_currencies():
        raise ValueError("must be an ISO 4217 currency such as USD, EUR or CNY")
    return code.upper()


def _region(code: str) -> str:
    if code.upper() not in Locale("en").territories or len(code) != 2 or not code.isalpha():
        raise ValueError("must be a country of two letters such as US, DE or CN")
    return code.upper()


def _wall_time(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("must be a time of day such as 08:30")
    return text


def listed(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def what_is_wrong(fault: ErrorDetails) -> str:
    """What pydantic says of a value, in our words."""
    pattern = fault.get("ctx", {}).get("pattern")
    if pattern in PATTERNS:
        return PATTERNS[pattern]
    words = fault["msg"].removeprefix("Value error, ").split(", unable to parse")[0]
    return words.replace("Input should be", "must be")


Zone = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, AfterValidator(_currency)]
Region = Annotated[str, AfterValidator(_region)]
WallTime = Annotated[str, AfterValidator(_wall_time)]
