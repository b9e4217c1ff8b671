"""A text for customers that could not be written, or not be sent, is refused with its file, its line and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from words.errors import BadInput, FixSetup
from words.rendering import render
from words.speech import LANGUAGES
from words.template_fields import FIELDS
from words.template_grammar import FILTERS
from words.templates import TEMPLATES, load, templates

HEAD = '+++\ntitle = "T"\npurpose = "service"\nsubject = "S"\nfields = [{fields}]\n+++\n'
DOCS = TEMPLATES.parent / "docs" / "a-new-template.md"


def refused(tmp_path: Path, source: str, place: str = "welcome/hello.email.en.j2") -> str:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")
    with pytest.raises(FixSetup) as caught:
        load(path, tmp_path)
    return str(caught.value)


def body(text: str, *fields: str) -> str:
    return HEAD.format(fields=", ".join(f'"{field}"' for field in fields)) + text


def test_every_use_is_there_in_both_languages_and_by_the_same_channels() -> None:
    found = {(each.key, each.channel, each.language) for each in templates()}
    uses = {
        "apology", "birthday", "festivals", "issue_resolved", "recommendation", "regular_visit", "swing_nurture",
        "visit_thanks", "welcome", "win_back",
    }  # fmt: skip
    assert {key.partition("/")[0] for key, _, _ in found} == uses
    assert {(key, "email") for key, _, _ in found} <= {(key, channel) for key, channel, _ in found}
    assert found == {(key, channel, language) for key, channel, _ in found for language in LANGUAGES}


def test_a_text_has_the_same_purpose_and_cause_in_both_languages() -> None:
    said: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for each in templates():
        said.setdefault((each.key, each.channel), set()).add((each.purpose, each.cause))
    assert {key: several for key, several in said.items() if len(several) > 1} == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Hello", "line 1: it must begin with a head between two lines of +++"),
        ('+++\ntitle = "T\n+++\nHello', "line 2: its head is no TOML"),
        ('+++\ntitle = "T"\ncolour = "red"\n+++\n', "line 3: the head knows no `colour`"),
        ('+++\ntitle = "T"\npurpose = "spam"\nsubject = "S"\n+++\n', "line 3: `purpose` must be service or marketing"),
        ('+++\ntitle = "T"\npurpose = "service"\n+++\n', "an e-mail must have a `subject`"),
        ('+++\npurpose = "service"\nsubject = "S"\n+++\n', "the head has no `title`"),
        ('+++\ntitle = 5\npurpose = "service"\nsubject = "S"\n+++\n', "line 2: `title` must be a text"),
        (body("Hello", "shoe_size"), "line 5: there is no field `shoe_size`"),
        (body("Hello", "last_day"), "line 5: it never uses `last_day`: take it out of `fields`"),
        (body("Hi\n\nYour size is {{ shoe_size }}"), "line 9: there is no field `shoe_size`"),
        (body("Dear {{ person }}"), "line 7: `person` is not known of every customer"),
        (body("{% if owner %}Dear {{ person }}{% endif %}"), "`person` is not known of every customer"),
        (body("{% if owner or person %}Dear {{ person }}{% endif %}"), "`person` is not known of every customer"),
        (body("Last: {{ last_day }}", "last_day"), "say it with `| day`, `| weekday`"),
        (body("{{ last_day | listing }}", "last_day"), "`| listing` is for another kind of field"),
        (body("{{ customer | upper }}"), "there is no `| upper`; there are day"),
        (body("{{ purchases | plural('order') }}"), "`| plural` takes 2 words in brackets"),
        (body("{% if customer %}Hello"), "Unexpected end of template"),
        (body("{{ customer.__class__ }}"), "and no getattr"),
        (
            body("{% for each in recommendations %}{{ each.price }}{% endfor %}", "recommendations"),
            "a row has no `price`",
        ),
        (body("{% if purchases == 'many' %}{% endif %}"), "numbers are compared with numbers"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_place_and_a_remedy(tmp_path: Path, source: str, said: str) -> None:
    message = refused(tmp_path, source)
    assert message.startswith("message_templates/welcome/hello.email.en.j2, line ")
    assert said in message


@pytest.mark.parametrize(
    ("place", "source", "said"),
    [
        ("hello.email.en.j2", body("Hi"), "its place must be <use>/<name>.<email|sms>.<en|zh_CN>.j2"),
        ("welcome/hello.fax.en.j2", body("Hi"), "its place must be"),
        ("welcome/hello.email.fr.j2", body("Hi"), "its place must be"),
        ("welcome/hello.sms.en.j2", body("Hi"), "a text message has none"),
        (
            "welcome/hello.sms.en.j2",
            '+++\ntitle = "T"\npurpose = "service"\n+++\n{{ company }}: hello',
            "ends with “Reply STOP to opt out”",
        ),
        (
            "welcome/hello.sms.zh_CN.j2",
            '+++\ntitle = "T"\npurpose = "service"\n+++\n{{ company }}：您好。拒收请回复R',
            "begins with 【{{ company }}】",
        ),
        (
            "welcome/hello.email.en.j2",
            '+++\ntitle = "T"\npurpose = "marketing"\nsubject = "S"\n+++\nBuy this',
            "needs {{ unsubscribe }}",
        ),
    ],
)
def test_what_must_not_be_sent_so_is_refused(tmp_path: Path, place: str, source: str, said: str) -> None:
    assert said in refused(tmp_path, source, place)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 9**9**9 }}",
        "{{ 'a' ~ customer }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for a in products %}{% for b in products %}x{% endfor %}{% endfor %}",
        "{% for a in products recursive %}{{ loop(products) }}{% endfor %}",
        "{% set a = products %}",
        "{% set a %}x{% endset %}{{ a }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'welcome/first_order.email.en.j2' %}",
        "{% extends 'x' %}",
        "{% import 'x' as x %}",
        "{% filter listing %}x{% endfilter %}",
        "{% with a = products %}{% endwith %}",
        "{% block b %}{% endblock %}",
        "{{ cycler('a') }}",
        "{{ self }}",
        "{{ [products, products] }}",
        "{{ {'a': 1} }}",
        "{{ '%99999999d' % 1 }}",
        "{{ customer.format(1) }}",
        "{{ customer[0] }}",
        "{{ ().__class__.__mro__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ products | first | attr('format') }}",
        "{% for products in products %}{{ products }}{% endfor %}",
        "{% for loop in products %}{{ loop }}{% endfor %}",
        "{{ " + "(" * 4_000 + "customer" + ")" * 4_000 + " }}",
        "{{ " + "not " * 2_000 + "customer }}",
        "{% if " + " and ".join(["customer"] * 1_000) + " %}x{% endif %}",
        "{% if customer %}" * 200 + "{% endif %}" * 200,
        "{{ " + "9" * 4_700 + " }}",
        "{{ customer" + " | ended" * 1_200 + " }}",
        "x" * 5_001,
    ],
    ids=lambda source: source[:40],
)
def test_what_could_run_away_is_refused_before_any_of_it_runs(tmp_path: Path, source: str) -> None:
    assert "message_templates/welcome/hello.email.en.j2, line " in refused(tmp_path, body(source, "products"))


def test_every_field_and_every_way_to_say_one_is_described_for_those_who_write_texts() -> None:
    described = DOCS.read_text("utf-8")
    assert [
        name for name, field in FIELDS.items() if f"| `{name}` | {field.kind} | {field.meaning} |" not in described
    ] == []
    assert [name for name in FILTERS if f"`| {name}" not in described] == []


PIECES = (
    "{{ customer }}", "{{ products | listing }}", "{{ a }}", "{% for a in products %}", "{% endfor %}",
    "{% if customer %}",
    "{% if a == customer %}", "{% elif purchases > 2 %}", "{% else %}", "{% endif %}", "{{ customer | ended }}",
    "{{ 'a' * 9999999 }}", "{% set a = a ~ a %}", "{{ range(9999999) | listing }}", "{{ customer.upper() }}", "words\n",
    "{#", "{%", "{{", "{% raw %}", "{{ loop }}", "{% include 'x' %}", "{{ silence | more_than }}", "{{ a.share }}",
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_whatever_is_put_together_is_refused_or_written_within_its_limits(tmp_path: Path, pieces: list[str]) -> None:
    path = tmp_path / "welcome" / "hello.email.en.j2"
    path.parent.mkdir(exist_ok=True)
    path.write_text(body("{{ products | first }}" + "".join(pieces), "products"), "utf-8")
    values = {"company": "N", "customer": "C" * 500, "today": date(2026, 6, 15), "purchases": 3, "products": ["P"] * 20}
    said = ""
    try:
        said = render(load(path, tmp_path), values).text
    except (FixSetup, BadInput) as refusal:
        said = str(refusal)
    assert 0 < len(said) <= 20_000
