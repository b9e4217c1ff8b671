"""Rich text as Slack stores what people write: sections, lists, quotes and code, turned into HTML."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from sandbox.page.emoji import drawn_signs
from sandbox.page.mrkdwn import link, mention
from sandbox.page.reader import Reader

Json = dict[str, Any]


def rich_text(block: Json, reader: Reader) -> Markup:
    """Draw a rich_text block, or a table cell that holds one."""
    return Markup("").join(_part(part, reader) for part in block.get("elements", []))


def _part(part: Json, reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list(part, reader)
    inside = Markup("").join(_element(element, reader) for element in part.get("elements", []))
    if kind == "rich_text_preformatted":
        return Markup("<pre>{}</pre>").format(inside)
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(inside)
    return Markup("<p>{}</p>").format(inside)


def _list(part: Json, reader: Reader) -> Markup:
    """Draw a list; `indent` shifts it and `offset` is the number of items that came before it."""
    items = Markup("").join(
        Markup("<li>{}</li>").format(Markup("").join(_element(element, reader) for element in item.get("elements", [])))
        for item in part.get("elements", [])
    )
    # Slack knows eight levels of indentation.
    indent = min(max(int(part.get("indent") or 0), 0), 8)
    if part.get("style") == "ordered":
        return Markup('<ol class="indent{}" start="{}">{}</ol>').format(indent, int(part.get("offset") or 0) + 1, items)
    return Markup('<ul class="indent{}">{}</ul>').format(indent, items)


def _element(element: Json, reader: Reader) -> Markup:
    """Draw one run of text, a link, a mention, an emoji, a date or a colour."""
    kind = element.get("type")
    match kind:
        case "text":
            lines = str(element.get("text", "")).split("\n")
            drawn = Markup("<br>").join(drawn_signs(line) for line in lines)
        case "link":
            drawn = link(str(element.get("url", "")), str(element.get("text") or element.get("url", "")))
        case "user":
            drawn = mention("@", reader.people.get(str(element.get("user_id")), str(element.get("user_id"))))
        case "channel":
            drawn = mention("#", reader.channels.get(str(element.get("channel_id")), str(element.get("channel_id"))))
        case "usergroup":
            drawn = mention("@", str(element.get("usergroup_id", "")))
        case "broadcast":
            drawn = mention("@", str(element.get("range", "")))
        case "emoji":
            name = str(element.get("name", ""))
            drawn = drawn_signs(f":{name}:")
        case "date":
            words = escape(reader.date_words(int(element.get("timestamp") or 0), str(element.get("format", ""))))
            drawn = link(str(element["url"]), words) if element.get("url") else words
        case "color":
            drawn = Markup("<code>{}</code>").format(str(element.get("value", "")))
        case _:
            drawn = escape(str(element.get("text", "")))
    return _styled(drawn, element.get("style") or {})


def _styled(drawn: Markup, style: Json) -> Markup:
    tags = (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s"), ("underline", "u"))
    for name, tag in tags:
        if style.get(name):
            drawn = Markup("<{0}>{1}</{0}>").format(Markup(tag), drawn)
    return drawn
