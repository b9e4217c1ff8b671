"""Slack's way of marking up text (*bold*, <links|labels>, > quotes), turned into safe HTML."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from sandbox.page.emoji import drawn_signs
from sandbox.page.reader import Reader

# Marks count only at the edge of a word, as in Slack: 2*3*4 stays as it is, and so do marks glued to Chinese words.
INLINE = re.compile(
    r"<(?P<token>[^<>\n]+)>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|(?P<url>https?://[^\s<>|\"]+[^\s<>|\".,;:!?)\]'，。；：！？）】])"
)
FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
QUOTE = re.compile(r"^(?:&gt;|>) ?")
SAFE_LINK = re.compile(r"^(?:https?|mailto|tel|slack):", re.IGNORECASE)
DATE = re.compile(r"^!date\^(-?\d{1,12})\^([^^|]*)(?:\^([^|]*))?$")


def mrkdwn(text: str, reader: Reader) -> Markup:
    """Turn mrkdwn as an app sends it (with &amp; &lt; &gt; escaped) into HTML; nothing else in it is trusted."""
    pieces: list[Markup] = []
    position = 0
    for fence in FENCE.finditer(text):
        pieces.append(_lines(text[position : fence.start()].removesuffix("\n"), reader))
        pieces.append(Markup("<pre>{}</pre>").format(unescape(fence[1])))
        position = fence.end()
    pieces.append(_lines(text[position:].removeprefix("\n") if position else text, reader))
    return Markup("").join(pieces)


def plain(text: str) -> Markup:
    """Show plain text: emoji names become signs, lines break, all else stands as written."""
    return Markup("<br>").join(drawn_signs(line) for line in unescape(text).split("\n"))


def link(url: str, label: Markup | str) -> Markup:
    """Make a link that opens beside the page, or only its label where the address could run code."""
    url = unescape(url)
    if not SAFE_LINK.match(url):
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(url, label)


def mention(kind: str, name: str) -> Markup:
    """Mark a person, channel or group: `kind` is "@" or "#"."""
    return Markup('<span class="mention">{}{}</span>').format(kind, name)


def unescape(text: str) -> str:
    """Undo the three escapes that Slack asks of apps."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(text: str, reader: Reader) -> Markup:
    """Draw lines, gathering those that begin with > into quotes; >>> quotes all that follows."""
    shown: list[Markup] = []
    quoted: list[Markup] = []
    rest_is_quote = False
    for line in text.split("\n"):
        if not rest_is_quote and line.startswith((">>>", "&gt;&gt;&gt;")):
            rest_is_quote, line = True, re.sub(r"^(?:>>>|&gt;&gt;&gt;) ?", "", line)
            quoted.append(_inline(line, reader))
        elif rest_is_quote or QUOTE.match(line):
            quoted.append(_inline(line if rest_is_quote else QUOTE.sub("", line), reader))
        else:
            if quoted:
                shown.append(_quote(quoted))
                quoted = []
            shown.append(_inline(line, reader))
    if quoted:
        shown.append(_quote(quoted))
    # A quote is a block of its own and needs no line break after it.
    drawn = Markup("")
    for index, piece in enumerate(shown):
        after_quote = index > 0 and shown[index - 1].startswith("<blockquote>")
        breaks = index > 0 and not after_quote and not piece.startswith("<blockquote>")
        drawn += Markup("<br>") + piece if breaks else piece
    return drawn


def _quote(lines: list[Markup]) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(Markup("<br>").join(lines))


def _inline(text: str, reader: Reader) -> Markup:
    """Draw one line. Each mark excludes itself from its inside, so the depth is at most three."""
    drawn = Markup("")
    position = 0
    for found in INLINE.finditer(text):
        drawn += drawn_signs(unescape(text[position : found.start()]))
        position = found.end()
        inside = found[found.lastgroup or 0]
        match found.lastgroup:
            case "token":
                drawn += _token(inside, reader)
            case "code":
                drawn += Markup("<code>{}</code>").format(unescape(inside))
            case "url":
                drawn += link(inside, unescape(inside))
            case "bold":
                drawn += Markup("<strong>{}</strong>").format(_inline(inside, reader))
            case "italic":
                drawn += Markup("<em>{}</em>").format(_inline(inside, reader))
            case _:
                drawn += Markup("<s>{}</s>").format(_inline(inside, reader))
    return drawn + drawn_signs(unescape(text[position:]))


def _token(inside: str, reader: Reader) -> Markup:
    """Draw what stands between < and >: a person, a channel, a group, a date, or a link."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return mention("@", reader.people.get(target[1:]) or label.lstrip("@") or target[1:])
    if target.startswith("#"):
        return mention("#", reader.channels.get(target[1:]) or label or target[1:])
    if date := DATE.match(target):
        words = escape(reader.date_words(int(date[1]), unescape(date[2])))
        return link(date[3], words) if date[3] else words
    if target.startswith("!"):
        name = label.lstrip("@") or target[1:].split("^")[-1]
        return mention("@", unescape(name))
    if SAFE_LINK.match(target):
        return link(target, unescape(label or target.removeprefix("mailto:")))
    return escape(f"<{unescape(inside)}>")
