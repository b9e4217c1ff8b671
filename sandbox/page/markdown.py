"""The Markdown that apps may send in a markdown block, its common part, turned into safe HTML."""

from __future__ import annotations

import re

from markupsafe import Markup

from sandbox.page.emoji import drawn_signs
from sandbox.page.mrkdwn import link

INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?P<url>[^()\s]+)\)"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|(?<![\w*])\*(?P<star>[^*\n]+)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
    r"|~~(?P<strike>[^~\n]+)~~"
)
FENCE = re.compile(r"^```[^\n]*\n(.*?)(?:\n```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#{1,6}) +(.+)$")
ITEM = re.compile(r"^ *(?:[-*+]|(\d+)[.)]) +(.*)$")
RULE = re.compile(r"^ *(?:-{3,}|\*{3,}|_{3,}) *$")
TABLE_RULE = re.compile(r"^ *\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$")


def markdown(text: str) -> Markup:
    """Draw headings, lists, quotes, tables, code, links and emphasis; HTML in the text stays text."""
    drawn = Markup("")
    position = 0
    for fence in FENCE.finditer(text):
        drawn += _blocks(text[position : fence.start()]) + Markup("<pre>{}</pre>").format(fence[1])
        position = fence.end()
    return drawn + _blocks(text[position:])


def _blocks(text: str) -> Markup:
    """Draw each run of lines of one kind as one block."""
    drawn = Markup("")
    lines = text.split("\n")
    while lines:
        kind = _kind(lines[0])
        run = [lines.pop(0)]
        while lines and kind in ("quote", "list", "numbers", "table", "text") and _kind(lines[0]) == kind:
            run.append(lines.pop(0))
        drawn += _run(kind, run)
    return drawn


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if RULE.match(line):
        return "rule"
    if HEADING.match(line):
        return "heading"
    if item := ITEM.match(line):
        return "numbers" if item[1] else "list"
    if line.startswith(">"):
        return "quote"
    return "table" if line.lstrip().startswith("|") else "text"


def _run(kind: str, lines: list[str]) -> Markup:
    match kind:
        case "blank":
            return Markup("")
        case "rule":
            return Markup("<hr>")
        case "heading":
            found = HEADING.match(lines[0])
            level, words = (len(found[1]), found[2]) if found else (1, lines[0])
            # The page's own headings stand above those of a message.
            return Markup("<h{0}>{1}</h{0}>").format(min(level + 2, 6), _inline(words))
        case "list" | "numbers":
            items = Markup("").join(Markup("<li>{}</li>").format(_inline(_item_words(line))) for line in lines)
            return Markup("<{0}>{1}</{0}>").format(Markup("ol" if kind == "numbers" else "ul"), items)
        case "quote":
            inside = Markup("<br>").join(_inline(line.lstrip("> ")) for line in lines)
            return Markup("<blockquote>{}</blockquote>").format(inside)
        case "table":
            return _table(lines)
        case _:
            return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in lines))


def _item_words(line: str) -> str:
    found = ITEM.match(line)
    words = found[2] if found else line
    return words.replace("[ ] ", "☐ ", 1).replace("[x] ", "☑ ", 1) if words.startswith("[") else words


def _table(lines: list[str]) -> Markup:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if not TABLE_RULE.match(line)
    ]
    head, *body = rows or [[]]
    titles = Markup("").join(Markup('<th scope="col">{}</th>').format(_inline(cell)) for cell in head)
    cells = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row))
        for row in body
    )
    return Markup('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>').format(
        titles, cells
    )


def _inline(text: str) -> Markup:
    drawn = Markup("")
    position = 0
    for found in INLINE.finditer(text):
        drawn += drawn_signs(text[position : found.start()])
        position = found.end()
        if found["code"]:
            drawn += Markup("<code>{}</code>").format(found["code"])
        elif found["url"]:
            drawn += link(found["url"], found["label"] or found["url"])
        elif found["bold"]:
            drawn += Markup("<strong>{}</strong>").format(_inline(found["bold"]))
        elif found["strike"]:
            drawn += Markup("<s>{}</s>").format(_inline(found["strike"]))
        else:
            drawn += Markup("<em>{}</em>").format(_inline(found["star"] or found["italic"]))
    return drawn + drawn_signs(text[position:])
