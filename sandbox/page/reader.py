"""For whom a screen is drawn: that person's language, time zone, and the names they know people and channels by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_datetime, format_time


@dataclass(frozen=True)
class Reader:
    """Whoever looks at the page. `people` and `channels` map ids to names; `now` is an aware instant."""

    person: str
    locale: str
    tz: str
    now: datetime
    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)

    @property
    def chinese(self) -> bool:
        """Whether the page speaks Simplified Chinese to this person; everyone else reads English."""
        return self.locale.lower().startswith("zh")

    @property
    def language(self) -> Locale:
        """Babel's locale for dates and numbers."""
        return Locale.parse("zh_Hans_CN" if self.chinese else "en_US")

    @property
    def zone(self) -> tzinfo:
        """The person's time zone; UTC where its name is unknown to this machine."""
        try:
            return ZoneInfo(self.tz)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def local(self, seconds: float) -> datetime:
        """Turn Unix seconds into this person's wall clock."""
        return datetime.fromtimestamp(seconds, self.zone)

    def clock(self, seconds: float) -> str:
        """Show the time of day, as "9:41 AM" or "09:41"."""
        return format_time(self.local(seconds), format="HH:mm" if self.chinese else "h:mm a", locale=self.language)

    def day(self, seconds: float) -> str:
        """Show the day as one says it: today, yesterday, or the date with its weekday."""
        return self.near_day(self.local(seconds)) or format_date(
            self.local(seconds), "M月d日 EEEE" if self.chinese else "EEEE, MMMM d", locale=self.language
        )

    def full(self, seconds: float) -> str:
        """Show date and time with the zone, for the tooltip of a timestamp."""
        return format_datetime(self.local(seconds), "full", tzinfo=self.zone, locale=self.language)

    def near_day(self, moment: datetime) -> str:
        """Say today, yesterday or tomorrow, or nothing for any other day."""
        today = self.now.astimezone(self.zone).date()
        words = ("昨天", "今天", "明天") if self.chinese else ("Yesterday", "Today", "Tomorrow")
        for offset, word in zip((-1, 0, 1), words, strict=True):
            if moment.date() == today + timedelta(days=offset):
                return word
        return ""

    def date_words(self, seconds: float, pattern: str) -> str:
        """Fill Slack's date pattern, such as "{date_short_pretty} at {time}", for this person."""
        moment, language = self.local(seconds), self.language
        pretty = self.near_day(moment)
        if pretty and not self.chinese:
            pretty = pretty.lower()
        short, medium, long = (format_date(moment, size, locale=language) for size in ("medium", "long", "full"))
        filled = {
            "{date_num}": format_date(moment, "yyyy-MM-dd", locale=language),
            "{date}": medium,
            "{date_short}": short,
            "{date_long}": long,
            "{date_pretty}": pretty or medium,
            "{date_short_pretty}": pretty or short,
            "{date_long_pretty}": pretty or long,
            "{time}": self.clock(seconds),
            "{time_secs}": format_time(moment, "medium", locale=language),
        }
        for token, words in filled.items():
            pattern = pattern.replace(token, words)
        return pattern
