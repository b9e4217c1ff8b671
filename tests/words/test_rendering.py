"""A text says what is known, in the customer's language, and nothing of it can be used to say something else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from words.customer_words import CustomerWords
from words.errors import BadInput
from words.rendering import MissingFields, html, render
from words.speech import CHINESE, ENGLISH, Speech
from words.templates import Template, load, templates

TODAY = date(2026, 6, 15)
ALWAYS: dict[str, Any] = {"company": "Northwind", "customer": "O'Brien & Söhne <GmbH>", "today": TODAY, "purchases": 3}


@pytest.fixture
def text(tmp_path: Path) -> Any:
    def write(body: str, *fields: str, language: str = ENGLISH, subject: str = "S") -> Template:
        path = tmp_path / "welcome" / f"hello.email.{language}.j2"
        path.parent.mkdir(exist_ok=True)
        head = f'title = "Hello"\npurpose = "service"\nsubject = "{subject}"\nfields = {list(fields)!r}'
        path.write_text(f"+++\n{head}\n+++\n{body}", "utf-8")
        return load(path, tmp_path)

    return write


def test_names_stay_as_they_are_and_html_is_made_from_the_plain_text(text: Any) -> None:
    written = render(
        text("Dear {{ customer }},\n\nsee {{ unsubscribe }}", "unsubscribe"),
        ALWAYS | {"unsubscribe": "https://x.example/u?a=1&b=2"},
    )
    assert written.text == "Dear O'Brien & Söhne <GmbH>,\n\nsee https://x.example/u?a=1&b=2"
    assert html(written.text, ["https://x.example/u?a=1&b=2"]) == (
        "<p>Dear O&#x27;Brien &amp; Söhne &lt;GmbH&gt;,</p>\n"
        '<p>see <a href="https://x.example/u?a=1&amp;b=2">https://x.example/u?a=1&amp;b=2</a></p>'
    )


def test_a_name_can_forge_neither_a_line_nor_a_head_nor_turn_the_text_around(text: Any) -> None:
    evil = "Acme\r\nBcc: all@example.com\u202e\u0000 {{ 7 * 7 }}"
    written = render(text("Dear {{ customer }}!", subject="To {{ customer }}"), ALWAYS | {"customer": evil})
    assert written.text == "Dear Acme Bcc: all@example.com {{ 7 * 7 }}!"
    assert written.subject == "To Acme Bcc: all@example.com {{ 7 * 7 }}"


def test_what_is_missing_is_named_in_the_readers_language(text: Any) -> None:
    template = text("{{ last_day | day }} {{ owner }} {{ offer }}", "last_day", "owner", "offer")
    with pytest.raises(MissingFields) as caught:
        render(template, ALWAYS | {"owner": "", "last_day": None})
    assert caught.value.fields == ("owner", "last_day", "offer")
    assert caught.value.said(Speech(ENGLISH)) == (
        "“Hello” cannot be written: the rep who looks after the customer, the day of the last purchase, what you can "
        "offer, in a sentence missing. Choose another text, or complete what is known."
    )
    assert "负责该客户的销售、最近一次购买的日期、可以提供什么，用一句话" in caught.value.said(Speech(CHINESE))


def test_an_empty_list_or_text_counts_as_missing(text: Any) -> None:
    template = text("{% if products %}{{ products | listing }}{% else %}nothing{% endif %}{% if owner %}!{% endif %}")
    assert render(template, ALWAYS | {"products": [], "owner": "  "}).text == "nothing"


def test_days_numbers_and_amounts_are_said_as_in_the_customers_language(text: Any) -> None:
    body = (
        "{{ first_day | day }}; {{ last_day | day }}; {{ meeting_day | weekday }}; {{ last_products | listing }}; "
        "{{ last_amount | money }}; {{ silence | more_than }}; {{ gap | rhythm }}; {{ agreed | ended }}"
    )
    needed = (
        "first_day", "last_day", "meeting_day", "last_products", "last_amount", "silence", "gap", "agreed",
    )  # fmt: skip
    values = ALWAYS | {
        "first_day": date(2024, 3, 5),
        "last_day": date(2026, 4, 1),
        "meeting_day": date(2026, 6, 24),
        "last_products": ["A", "B", "C"],
        "last_amount": {"amount": Decimal("1234.5"), "currency": "CNY"},
        "silence": 75,
        "gap": 21,
        "agreed": "OK",
    }
    assert render(text(body, *needed), values).text == (
        "March 5, 2024; April 1; Wednesday, June 24; A, B, and C; CN¥1,234.50; more than two months; "
        "about every three weeks; OK."
    )
    assert render(text(body, *needed, language=CHINESE), values).text == (
        "2024年3月5日; 4月1日; 6月24日周三; A、B和C; ¥1,234.50; 两个多月; 每三周左右; OK。"
    )


@pytest.mark.parametrize("days", range(2, 1_500, 7))
def test_spans_are_never_longer_than_they_were(days: int) -> None:
    english, chinese = CustomerWords(ENGLISH).more_than(days), CustomerWords(CHINESE).more_than(days)
    words = {"one": 1, "two": 2, "three": 3, "four": 4, "a": 1, "两": 2, "一": 1, "三": 3, "四": 4}
    units = {"days": 1, "weeks": 7, "months": 30.4, "year": 365, "years": 365}
    *_, number, unit = english.split()
    if number in words:
        assert words[number] * units[unit] <= days < (words[number] + 1) * units[unit] + 1
    assert chinese.endswith("年多") == (days > 365)


@pytest.mark.parametrize("days", [1, 5, 7, 14, 21, 30, 45, 60, 90, 180, 330, 400])
def test_every_rhythm_has_its_phrase(days: int) -> None:
    english, chinese = CustomerWords(ENGLISH).rhythm(days), CustomerWords(CHINESE).rhythm(days)
    assert " one " not in f" {english} ".replace("about one", "")
    assert "every" in english or "once" in english
    assert chinese.startswith("每")
    assert not any(sign.isdigit() for sign in english + chinese)


def test_a_line_of_conditions_vanishes_and_other_line_ends_stay(text: Any) -> None:
    body = (
        "{% if owner %}A{% else %}B{% endif %}\n\n{% if owner %}\nC\n{% endif %}\nD\n"
        "{% for each in products %}\n- {{ each }}\n{% endfor %}\n\n\nE  \n"
    )
    assert render(text(body, "products"), ALWAYS | {"products": ["x", "y"]}).text == "B\n\nD\n- x\n- y\n\nE"
    assert render(text(body, "products"), ALWAYS | {"owner": "R", "products": ["x"]}).text == "A\n\nC\nD\n- x\n\nE"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer", object()),
        ("customer", str.upper),
        ("customer", True),
        ("products", {1, 2}),
        ("products", [object()]),
    ],
)
def test_only_plain_values_are_taken(text: Any, name: str, value: object) -> None:
    with pytest.raises(TypeError):
        render(text("{{ customer }}{% if products %}{{ products | first }}{% endif %}"), ALWAYS | {name: value})


def test_a_text_and_what_stands_in_it_have_limits(text: Any) -> None:
    with pytest.raises(BadInput, match="at most"):
        render(text("{{ customer }}"), ALWAYS | {"customer": "x" * 2_001})
    with pytest.raises(ValueError, match="at most 20"):
        render(text("{{ products | listing }}", "products"), ALWAYS | {"products": ["x"] * 21})
    with pytest.raises(BadInput, match="longer than 20000"):
        render(text("{{ customer }}" * 300), ALWAYS | {"customer": "x" * 2_000})
    with pytest.raises(BadInput, match="longer than 200"):
        render(text("", subject="{{ customer }}"), ALWAYS | {"customer": "x" * 300})


def test_the_same_values_give_the_same_text() -> None:
    template = next(each for each in templates() if (each.key, each.language) == ("regular_visit/arrange", "en"))
    values = ALWAYS | {"products": ["Chai", "Tofu"], "last_day": TODAY, "silence": 0}
    assert {render(template, dict(sorted(values.items(), reverse=turn))) for turn in (True, False)} == {
        render(template, values)
    }
