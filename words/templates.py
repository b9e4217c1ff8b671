"""Finds the texts for customers in message_templates/, and refuses those that could not be written or sent."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from words.errors import FixSetup
from words.speech import CHINESE, LANGUAGES
from words.template_environment import compiled, environment, line_ends_kept
from words.template_fields import FIELDS
from words.template_grammar import Fault, read

TEMPLATES = Path(__file__).resolve().parent.parent / "message_templates"
EMAIL, SMS = "email", "sms"
CHANNELS = (EMAIL, SMS)
PURPOSES = ("service", "marketing")
_HEAD = re.compile(r"\+\+\+\n(.*?\n)\+\+\+\n", re.DOTALL)
_HEAD_KEYS = {"title": str, "subject": str, "purpose": str, "cause": str, "fields": list}
_NAME = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.(?P<channel>[a-z]+)\.(?P<language>[A-Za-z_]+)\.j2")
# How a text message says who sends it and how to be left alone: the law in China, and the networks elsewhere, ask it.
_SIGNATURE, _CHINESE_OPT_OUT, _OPT_OUT = "【{{ company }}】", "拒收请回复R", "Reply STOP to opt out"


@dataclass(frozen=True)
class Template:
    """A text for customers: what for (`use`, `name`), by which channel, in which language.

    `cause` is the loss cause that it answers, or empty; `fields` are those without which it cannot be written, `asks`
    all that it can make use of. `title` is what people call it, in the template's own language. `subject` (of an
    e-mail) and `body` are Jinja sources.
    """

    use: str
    name: str
    channel: str
    language: str
    purpose: str
    cause: str
    subject: str
    fields: tuple[str, ...]
    title: str
    body: str
    asks: frozenset[str]

    @property
    def key(self) -> str:
        """What names the text in whichever channel and language: `win_back/price`."""
        return f"{self.use}/{self.name}"

    @property
    def given(self) -> tuple[str, ...]:
        """The fields that whoever makes the draft can give, in the order of `FIELDS`."""
        return tuple(name for name, field in FIELDS.items() if name in self.asks and field.source == "given")


@cache
def templates(folder: Path = TEMPLATES) -> tuple[Template, ...]:
    """Every template of a folder, by key, channel and language; raises `FixSetup` that names file, line and remedy.

    They are read once in the life of a program, which takes up to a second.
    """
    found = [load(path, folder) for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]
    return tuple(sorted(found, key=lambda each: (each.key, each.channel, each.language)))


def load(path: Path, folder: Path = TEMPLATES) -> Template:
    """Read and check one template, `<use>/<name>.<email|sms>.<en|zh_CN>.j2`; raises `FixSetup`."""
    where = path.relative_to(folder)
    named = _NAME.fullmatch(path.name)
    if named is None or len(where.parts) != 2 or named["channel"] not in CHANNELS or named["language"] not in LANGUAGES:
        raise _fault(where, 1, "its place must be <use>/<name>.<email|sms>.<en|zh_CN>.j2: move or rename it")
    try:
        source = path.read_text("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _fault(where, 1, "it is not written in UTF-8: save it as UTF-8") from None
    split = _HEAD.match(source)
    if split is None:
        raise _fault(where, 1, "it must begin with a head between two lines of +++: add one")
    head = _head(where, split[1], named["channel"])
    body, first = line_ends_kept(source[split.end() :]), source.count("\n", 0, split.end()) + 1
    required = frozenset(head["fields"])
    language, channel = named["language"], named["channel"]
    asks = _checked(where, _line_of(source, "subject"), language, head["subject"], required, in_line=0)
    asks |= _checked(where, first, language, body, required)
    template = Template(
        where.parts[0], named["name"], channel, language, head["purpose"], head["cause"], head["subject"],
        tuple(head["fields"]), head["title"], body, asks,
    )  # fmt: skip
    unused = sorted(required - asks)
    if unused:
        raise _fault(where, _line_of(source, "fields"), f"it never uses `{unused[0]}`: take it out of `fields`")
    _says_who_and_how_to_stop(where, template)
    return template


def _head(where: Path, text: str, channel: str) -> dict[str, Any]:
    """The head of a template with every key, checked."""
    try:
        head = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        at = re.search(r"line (\d+)", str(wrong))
        raise _fault(where, 1 + int(at[1]) if at else 1, f"its head is no TOML ({wrong}): mend it") from None
    source = f"+++\n{text}"
    for key, value in head.items():
        if key not in _HEAD_KEYS:
            raise _fault(where, _line_of(source, key), f"the head knows no `{key}`; it knows {', '.join(_HEAD_KEYS)}")
        if not isinstance(value, _HEAD_KEYS[key]) or (key == "fields" and not all(isinstance(f, str) for f in value)):
            raise _fault(
                where, _line_of(source, key), f"`{key}` must be {'a list of names' if key == 'fields' else 'a text'}"
            )
    head = {"subject": "", "cause": "", "fields": [], "title": "", "purpose": ""} | head
    if not head["title"].strip():
        raise _fault(where, 1, "the head has no `title`: say what people call this text")
    if head["purpose"] not in PURPOSES:
        raise _fault(where, _line_of(source, "purpose"), "`purpose` must be service or marketing")
    if bool(head["subject"].strip()) != (channel == EMAIL):
        raise _fault(where, _line_of(source, "subject"), "an e-mail must have a `subject`, and a text message has none")
    for name in head["fields"]:
        if name not in FIELDS:
            known = "docs/a-new-template.md lists all of them"
            raise _fault(where, _line_of(source, "fields"), f"there is no field `{name}`; {known}")
    return head


def _checked(
    where: Path, first: int, language: str, source: str, required: frozenset[str], *, in_line: int = 1
) -> frozenset[str]:
    """The fields that a source asks for, once it has been found harmless; `first` is the line where it begins."""
    try:
        asks = read(environment(language), source, required)
        compiled(language, source)
    except Fault as fault:
        raise _fault(where, first + (fault.line - 1) * in_line, fault.what) from None
    except (jinja2.TemplateError, SyntaxError, RecursionError) as wrong:
        raise _fault(where, first, f"it cannot be read ({wrong}): mend it") from None
    return asks


def _says_who_and_how_to_stop(where: Path, template: Template) -> None:
    """Every text message names its sender and the way out; every e-mail with an offer has the link to unsubscribe."""
    body = template.body.strip()
    if template.channel == SMS and template.language == CHINESE:
        if not body.startswith(_SIGNATURE) or not body.endswith(_CHINESE_OPT_OUT):
            raise _fault(where, 1, f"a Chinese text message begins with {_SIGNATURE} and ends with {_CHINESE_OPT_OUT}")
    elif template.channel == SMS and ("company" not in template.asks or not body.endswith(_OPT_OUT)):
        raise _fault(where, 1, f"a text message names {{{{ company }}}} and ends with “{_OPT_OUT}”")
    if template.channel == EMAIL and template.purpose == "marketing" and "unsubscribe" not in template.fields:
        raise _fault(where, 1, "an e-mail with an offer needs {{ unsubscribe }}, also named under `fields`")


def _fault(where: Path, line: int, what: str) -> FixSetup:
    return FixSetup("message_templates/{where}, line {line}: {what}.", where=where.as_posix(), line=line, what=what)


def _line_of(source: str, key: str) -> int:
    """The line of a key in the head, 1 where it is not there."""
    found = re.search(rf"^{re.escape(key)}\s*=", source, re.MULTILINE)
    return 1 if found is None else source.count("\n", 0, found.start()) + 1
