"""Everything that is said to people is said in both languages."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.joining import discovered
from customers import fields
from customers.lifecycle import BY_LOYALTY
from words.speech import CHINESE, TRANSLATIONS, Speech
from words.terms import TERMS

ROOT = TRANSLATIONS.parent
ROOMS = ("bot", "commands", "jobs", "care", "sources", "customers", "delivery", "words")
KEYWORDS = {"say": None, "message": None, "count": (1, 2)} | dict.fromkeys(
    ("BadInput", "WrongUsage", "NotAllowed", "TryLater")
)
# Names are the same in every language.
NAMES = {"English", "简体中文"}


def _said():
    found = {}
    for room in ROOMS:
        for path, line, texts, _comments, _context in extract_from_dir(ROOT / room, keywords=KEYWORDS):
            key = texts if isinstance(texts, tuple) else (texts,)
            if all(key):
                found.setdefault(key, f"{room}/{path}:{line}")
    plugs = discovered()
    for command in plugs.commands.values():
        found.setdefault((command.purpose,), command.name)
        if command.usage:
            found.setdefault((command.usage,), command.name)
    return found


def _translated():
    entries = {}
    for path in sorted((TRANSLATIONS / CHINESE).glob("*.po")):
        with path.open("rb") as source:
            for entry in read_po(source, locale=CHINESE):
                if entry.id:
                    ids = tuple(entry.id) if isinstance(entry.id, (list, tuple)) else (entry.id,)
                    strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
                    entries.setdefault(ids, []).append((path.name, strings[0], entry))
    return entries


def test_every_message_has_a_chinese_translation():
    translated = _translated()
    missing = {key[0]: where for key, where in _said().items() if not any(t[1] for t in translated.get(key, []))}
    assert missing == {}


def test_no_chinese_message_equals_its_english_one_but_for_names():
    same = [ids[0] for ids, found in _translated().items() if found[0][1] in ids and ids[0] not in NAMES]
    assert same == []


def test_no_message_hides_within_an_f_string_where_nobody_finds_it():
    nested = re.compile(r"""f["'].*{(say|message)(\.count)?\(["']""")
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert [path.name for path in paths if any(map(nested.search, path.read_text().splitlines()))] == []


def test_a_translation_fills_exactly_the_blanks_of_its_message():
    wrong = [
        (ids[0], text)
        for ids, found in _translated().items()
        for _, text, _ in found
        if set(re.findall(r"{(\w+)}", text)) != set(re.findall(r"{(\w+)}", ids[-1]))
    ]
    assert wrong == []


def test_one_message_is_translated_in_one_way():
    several = {ids[0]: {text for _, text, _ in found} for ids, found in _translated().items()}
    assert {key: texts for key, texts in several.items() if len(texts) > 1} == {}


def test_no_translation_is_left_over():
    said = set(_said())
    assert [ids[0] for ids in _translated() if ids not in said] == []


@pytest.mark.parametrize("path", sorted((TRANSLATIONS / CHINESE).glob("*.po")), ids=lambda path: path.name)
def test_a_catalog_has_no_fuzzy_or_broken_entries(path: Path):
    with path.open("rb") as source:
        catalog = read_po(source, locale=CHINESE, abort_invalid=True)
    assert [entry.id for entry in catalog if entry.id and entry.fuzzy] == []
    assert len(catalog) > 0


def test_chinese_is_spoken_once_it_is_asked_for():
    assert Speech(CHINESE)("Your settings") == "你的设置"
    assert Speech("en")("Your settings") == "Your settings"


def test_every_value_loyalty_and_stage_has_one_name_in_facts_filters_and_words():
    assert {choice.code for choice in fields.STAGE} == set(TERMS["stage"])
    assert {choice.code for choice in fields.LOYALTY} == set(TERMS["loyalty"])
    assert {choice.code for choice in fields.VALUE} == set(TERMS["value"])
    assert {*BY_LOYALTY.values(), "won_back"} < set(TERMS["stage"])
