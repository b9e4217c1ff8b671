"""The page speaks both languages without a gap."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.page import phrases

PAGE = Path(phrases.__file__).parent
SPOKEN = re.compile(r"""(?:\b_|\bsay|\bword|speaker\(reader\))\(\s*(["'])(.+?)\1""")


def spoken() -> set[str]:
    files = [*PAGE.glob("templates/*.html"), *PAGE.glob("static/*.js"), *PAGE.glob("*.py")]
    return {found[2] for file in files for found in SPOKEN.finditer(file.read_text("utf-8"))}


def test_everything_that_the_page_says_has_a_chinese_word():
    assert "Only visible to you" in spoken()
    assert spoken() - set(phrases.CHINESE) == set()


def test_a_chinese_word_differs_from_the_english_one():
    assert [english for english, chinese in phrases.CHINESE.items() if english == chinese] == []


def test_what_the_scripts_say_is_handed_to_them():
    scripts = "".join(file.read_text("utf-8") for file in PAGE.glob("static/*.js"))
    used = {found[2] for found in SPOKEN.finditer(scripts)}
    assert used == set(phrases.IN_SCRIPTS)
