"""What stands in the fields: which options there are, which are chosen, and how they are called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.page.emoji import with_signs
from sandbox.page.mrkdwn import SAFE_LINK, unescape
from sandbox.page.reader import Reader

Json = dict[str, Any]

INPUT_TYPES = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    # A number is typed as text, so that what is no number reaches the app's own words about it, as in Slack.
    "number_input": "text",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
"""Which HTML input draws which element."""


@dataclass(frozen=True)
class Group:
    """A heading (may be empty) and the choices below it."""

    label: str
    options: list[Choice]


@dataclass(frozen=True)
class Choice:
    """One thing to choose: the value that the app gets and the words that a person reads."""

    value: str
    text: str


def option_groups_of(element: Json, reader: Reader) -> list[Group]:
    """Return what a select offers: its own options, the people, or the channels that the reader knows."""
    kind = str(element.get("type", ""))
    if "users" in kind:
        return [Group("", [Choice(one, name) for one, name in reader.people.items()])]
    if "conversations" in kind or "channels" in kind:
        return [Group("", [Choice(one, f"# {name}") for one, name in reader.channels.items()])]
    if groups := element.get("option_groups"):
        return [Group(_words(group.get("label")), _choices(group.get("options", []))) for group in groups]
    return [Group("", _choices(element.get("options", [])))]


def chosen_options(element: Json, held: Json | None) -> list[Json]:
    """Return the options that are chosen now: what a person chose, or else what the app chose to begin with."""
    where, prefix = (held, "selected") if held is not None else (element, "initial")
    many = where.get(f"{prefix}_options")
    one = where.get(f"{prefix}_option")
    return list(many) if many else [one] if one else []


def chosen_values(element: Json, held: Json | None) -> list[str]:
    """Return what is chosen or typed now, as the plain values; an untouched text field gives an empty list."""
    where, prefix = (held, "selected") if held is not None else (element, "initial")
    found = [str(option.get("value", "")) for option in chosen_options(element, held)]
    for what in ("user", "conversation", "channel"):
        found += [str(one) for one in where.get(f"{prefix}_{what}s") or [where.get(f"{prefix}_{what}")] if one]
    for what in ("date", "time", "date_time"):
        if one := where.get(f"{prefix}_{what}"):
            found.append(str(one))
    typed = where.get("value" if held is not None else "initial_value")
    return [*found, str(typed)] if typed is not None else found


def chosen_names(element: Json, held: Json | None, reader: Reader) -> str:
    """Return the names of what is chosen, for the face of a closed list."""
    chosen = chosen_values(element, held)
    offered = [choice for group in option_groups_of(element, reader) for choice in group.options]
    return ", ".join(choice.text for choice in offered if choice.value in chosen)


def safe_url(url: str) -> str:
    """Return an address that a button may open, or nothing if it could run code."""
    return unescape(url) if SAFE_LINK.match(url) else ""


def image_url(image: Json) -> str:
    """Return where to load a picture from: the web over https, or a file of the workspace."""
    if file_id := (image.get("slack_file") or {}).get("id"):
        return f"/page/file/{file_id}"
    url = str(image.get("image_url", ""))
    return url if url.startswith("https://") else ""


def local_input(seconds: str, reader: Reader) -> str:
    """Turn Unix seconds into what a field for date and time shows, on the reader's clock."""
    return reader.local(float(seconds)).strftime("%Y-%m-%dT%H:%M") if seconds else ""


def confirmation(confirm: Json) -> str:
    """Return the words of a confirm dialog as JSON for the page's script: title, text, confirm, deny, style."""
    parts = {name: _words(confirm.get(name)) for name in ("title", "text", "confirm", "deny")}
    return json.dumps({**parts, "style": confirm.get("style", "")}, ensure_ascii=False)


def _words(text: Json | None) -> str:
    return with_signs(unescape(str((text or {}).get("text", ""))))


def _choices(options: list[Json]) -> list[Choice]:
    return [Choice(str(option.get("value", "")), _words(option.get("text"))) for option in options]
