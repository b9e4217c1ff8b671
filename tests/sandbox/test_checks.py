"""What Slack refuses in blocks is refused here, at the place where it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.check_elements import ELEMENTS
from sandbox.checks import BLOCKS, check_blocks, check_options, check_view


def plain(words: str) -> dict:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> dict:
    return {"type": "mrkdwn", "text": words}


def option(value: str = "a", words: str = "A") -> dict:
    return {"text": plain(words), "value": value}


def button(**more) -> dict:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def section(**more) -> dict:
    return {"type": "section", "text": mrkdwn("Acme"), **more}


def actions(*elements: dict, **more) -> dict:
    return {"type": "actions", "elements": list(elements), **more}


def menu(**more) -> dict:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **more}


def asks(element: dict, **more) -> dict:
    return {"type": "input", "label": plain("Note"), "element": element, **more}


def text_field(**more) -> dict:
    return {"type": "plain_text_input", "action_id": "note", **more}


def rows(count: int, columns: int = 2, words: str = "x") -> list:
    return [[{"type": "raw_text", "text": words} for _ in range(columns)] for _ in range(count)]


def table(**more) -> dict:
    return {"type": "table", "rows": rows(2), **more}


def data_table(**more) -> dict:
    return {"type": "data_table", "caption": "Orders", "rows": rows(2), **more}


def series(name: str = "2025", labels: tuple = ("Q1", "Q2")) -> dict:
    return {"name": name, "data": [{"label": label, "value": 5} for label in labels]}


def bars(*lines: dict, kind: str = "bar", **axis) -> dict:
    chart = {"type": kind, "series": list(lines) or [series()], "axis_config": {"categories": ["Q1", "Q2"], **axis}}
    return {"type": "data_visualization", "title": "Sales", "chart": chart}


def pie(*segments: dict, **more) -> dict:
    parts = list(segments) or [{"label": "High", "value": 3}]
    return {"type": "data_visualization", "title": "Value", "chart": {"type": "pie", "segments": parts}, **more}


def confirm(**more) -> dict:
    words = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
    return {**words, **more}


def image(url: str = "https://example.com/a.png", **more) -> dict:
    return {"type": "image", "image_url": url, "alt_text": "A picture", **more}


def rich(*elements: dict) -> dict:
    inline = list(elements) or [{"type": "text", "text": "Hello"}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": inline}]}


def many(count: int) -> list:
    return [option(str(each)) for each in range(count)]


ALLOWED = [
    section(),
    section(fields=[mrkdwn("x" * 2000)] * 10),
    section(text=mrkdwn("x" * 3000), accessory=button(value="x" * 2000, url="https://example.com")),
    section(accessory=menu(options=many(100), placeholder=plain("x" * 150))),
    section(accessory=menu(initial_option=option())),
    section(accessory={"type": "overflow", "action_id": "more", "options": many(5)}),
    section(accessory=image()),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("x")] * 9 + [image()]},
    actions(*[button(action_id=f"go{each}") for each in range(25)]),
    actions({"type": "checkboxes", "action_id": "c", "options": many(10)}),
    actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-03-05"}),
    actions({"type": "timepicker", "action_id": "t", "initial_time": "09:30"}),
    actions({"type": "external_select", "action_id": "e", "min_query_length": 0}),
    actions({"type": "users_select", "action_id": "u"}, button(confirm=confirm(style="danger"))),
    image(title=plain("Chart")),
    asks(text_field(multiline=True, min_length=0, max_length=3000)),
    asks({"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1"}),
    rich({"type": "user", "user_id": "U1"}, {"type": "link", "url": "https://example.com"}),
    {"type": "markdown", "text": "x" * 12_000},
    table(rows=rows(100, 20), column_settings=[{"align": "right"}]),
    data_table(rows=rows(101, 20), page_size=10),
    bars(*[series(str(each)) for each in range(6)], x_label="Quarter", y_label="Spend"),
    bars(kind="line"),
    bars(kind="area"),
    pie(*[{"label": "x" * 20, "value": 1}] * 6),
]


@pytest.mark.parametrize("block", ALLOWED, ids=lambda block: block["type"])
def test_what_slack_allows_passes(block: dict) -> None:
    assert check_blocks([block], "message") == []


REFUSED = {
    "a block without type": ({"text": mrkdwn("x")}, "/blocks/0", "missing required field: type"),
    "an unknown block": ({"type": "sections"}, "/blocks/0/type", "unsupported type: sections"),
    "a video": ({"type": "video"}, "/blocks/0/type", "unsupported type: video"),
    "an unknown field": (section(colour="red"), "/blocks/0", "invalid additional property: colour"),
    "a section of nothing": ({"type": "section"}, "/blocks/0", "must define either `text` or `fields`"),
    "an empty text": (section(text=mrkdwn("")), "/blocks/0/text/text", "must be more than 0 characters"),
    "a text of 3,001": (section(text=mrkdwn("x" * 3001)), "/blocks/0/text/text", "must be less than 3001 characters"),
    "a text that is a string": (section(text="x"), "/blocks/0/text", "must provide an object"),
    "a field of 2,001": (section(fields=[mrkdwn("x" * 2001)]), "/blocks/0/fields/0/text", "less than 2001"),
    "eleven fields": (section(fields=[mrkdwn("x")] * 11), "/blocks/0/fields", "no more than 10 items allowed"),
    "a header of 151": ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text", "less than 151"),
    "a header in mrkdwn": ({"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type", "unsupported type: mrkdwn"),
    "a block_id of 256": (section(block_id="x" * 256), "/blocks/0/block_id", "less than 256"),
    "eleven context elements": ({"type": "context", "elements": [mrkdwn("x")] * 11}, "/blocks/0/elements", "than 10"),
    "an empty context": ({"type": "context", "elements": []}, "/blocks/0/elements", "no fewer than 1"),
    "a button in a context": ({"type": "context", "elements": [button()]}, "/blocks/0/elements/0/type", "unsupported"),
    "26 actions": (actions(*[button(action_id=str(x)) for x in range(26)]), "/blocks/0/elements", "more than 25"),
    "the same action_id twice": (actions(button(), button()), "/blocks/0", "`action_id` go already exists"),
    "an action_id of 256": (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id", "less than 256"),
    "a button of 76": (actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text", "less than 76"),
    "a button in mrkdwn": (actions(button(text=mrkdwn("x"))), "/blocks/0/elements/0/text/type", "unsupported type"),
    "a button value of 2,001": (actions(button(value="x" * 2001)), "/blocks/0/elements/0/value", "less than 2001"),
    "a button url of 3,001": (
        actions(button(url="https://a.example/" + "x" * 2990)),
        "/blocks/0/elements/0/url",
        "less than 3001",
    ),
    "a button to a script": (actions(button(url="javascript:x")), "/blocks/0/elements/0/url", "must be a valid URL"),
    "a purple button": (actions(button(style="purple")), "/blocks/0/elements/0/style", "must be one of"),
    "a text field among actions": (actions(text_field()), "/blocks/0/elements/0/type", "unsupported type"),
    "101 options": (section(accessory=menu(options=many(101))), "/blocks/0/accessory/options", "no more than 100"),
    "no options": (section(accessory=menu(options=[])), "/blocks/0/accessory/options", "no fewer than 1"),
    "an option of 76": (
        section(accessory=menu(options=[option(words="x" * 76)])),
        "/blocks/0/accessory/options/0/text/text",
        "less than 76",
    ),
    "an option value of 151": (
        section(accessory=menu(options=[option("x" * 151)])),
        "/blocks/0/accessory/options/0/value",
        "less than 151",
    ),
    "an option value twice": (section(accessory=menu(options=[option(), option()])), "/accessory/options", "unique"),
    "options and groups": (
        section(accessory=menu(option_groups=[{"label": plain("G"), "options": [option()]}])),
        "/blocks/0/accessory",
        "must define either `options` or `option_groups`",
    ),
    "101 option groups": (
        section(
            accessory={
                "type": "static_select",
                "option_groups": [{"label": plain("G"), "options": [option(str(x))]} for x in range(101)],
            }
        ),
        "/blocks/0/accessory/option_groups",
        "no more than 100",
    ),
    "an initial option that is not offered": (
        section(accessory=menu(initial_option=option("b"))),
        "/blocks/0/accessory/initial_option",
        "must match one of the options",
    ),
    "a placeholder of 151": (
        section(accessory=menu(placeholder=plain("x" * 151))),
        "/blocks/0/accessory/placeholder/text",
        "less than 151",
    ),
    "six overflow entries": (
        section(accessory={"type": "overflow", "action_id": "o", "options": many(6)}),
        "/blocks/0/accessory/options",
        "no more than 5",
    ),
    "eleven checkboxes": (
        actions({"type": "checkboxes", "action_id": "c", "options": many(11)}),
        "/blocks/0/elements/0/options",
        "no more than 10",
    ),
    "a date of another shape": (
        actions({"type": "datepicker", "initial_date": "5.3.2026"}),
        "/blocks/0/elements/0/initial_date",
        "YYYY-MM-DD",
    ),
    "a time of another shape": (
        actions({"type": "timepicker", "initial_time": "9:30"}),
        "/blocks/0/elements/0/initial_time",
        "HH:mm",
    ),
    "an unknown element": (actions({"type": "slider"}), "/blocks/0/elements/0/type", "unsupported type: slider"),
    "a question without an answer": (
        actions(button(confirm={"title": plain("Sure?")})),
        "/blocks/0/elements/0/confirm",
        "missing required field: confirm",
    ),
    "a question of 301": (
        actions(button(confirm=confirm(text=plain("x" * 301)))),
        "/blocks/0/elements/0/confirm/text/text",
        "less than 301",
    ),
    "a question titled with 101": (
        actions(button(confirm=confirm(title=plain("x" * 101)))),
        "/blocks/0/elements/0/confirm/title/text",
        "less than 101",
    ),
    "an answer of 31": (
        actions(button(confirm=confirm(deny=plain("x" * 31)))),
        "/blocks/0/elements/0/confirm/deny/text",
        "less than 31",
    ),
    "an image on this machine": (image("http://127.0.0.1:8000/a.png"), "/blocks/0/image_url", "downloading image"),
    "an image on a private network": (image("https://10.0.0.5/a.png"), "/blocks/0/image_url", "downloading image"),
    "an image without https": (image("http://example.com/a.png"), "/blocks/0/image_url", "downloading image failed"),
    "an image without words": ({"type": "image", "image_url": "https://example.com/a.png"}, "/blocks/0", "alt_text"),
    "an input label of 2,001": (asks(text_field(), label=plain("x" * 2001)), "/blocks/0/label/text", "less than 2001"),
    "an input hint of 2,001": (asks(text_field(), hint=plain("x" * 2001)), "/blocks/0/hint/text", "less than 2001"),
    "an input without label": (
        {"type": "input", "element": text_field()},
        "/blocks/0",
        "missing required field: label",
    ),
    "a button as input": (asks(button()), "/blocks/0/element/type", "unsupported type: button"),
    "a field of up to 3,001": (asks(text_field(max_length=3001)), "/blocks/0/element/max_length", "between 1 and 3000"),
    "a number without is_decimal_allowed": (
        asks({"type": "number_input", "action_id": "n"}),
        "/blocks/0/element",
        "missing required field: is_decimal_allowed",
    ),
    "an empty rich text": (rich({"type": "text", "text": ""}), "/elements/0/text", "more than 0"),
    "an unknown rich text element": (rich({"type": "blink"}), "/blocks/0/elements/0/elements/0/type", "unsupported"),
    "a markdown of 12,001": ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text", "less than 12001"),
    "a table of 101 rows": (table(rows=rows(101)), "/blocks/0/rows", "no more than 100"),
    "a table of 21 columns": (table(rows=rows(1, 21)), "/blocks/0/rows/0", "no more than 20"),
    "an empty cell": (table(rows=rows(1, 1, "")), "/blocks/0/rows/0/0/text", "more than 0"),
    "an uneven table": (table(rows=[*rows(1, 2), *rows(1, 3)]), "/blocks/0/rows", "same number of cells"),
    "a table of 10,001 characters": (table(rows=rows(100, 1, "x" * 101)), "/blocks/0/rows", "over all cells"),
    "a data table of 102 rows": (data_table(rows=rows(102)), "/blocks/0/rows", "no more than 101"),
    "a data table of a header alone": (data_table(rows=rows(1)), "/blocks/0/rows", "no fewer than 2"),
    "a data table without caption": ({"type": "data_table", "rows": rows(2)}, "/blocks/0", "caption"),
    "rich text in a data table's header": (
        data_table(rows=[[rich()], [rich()]]),
        "/blocks/0/rows/0/0/type",
        "unsupported type: rich_text",
    ),
    "a chart title of 51": (pie(title="x" * 51), "/blocks/0/title", "less than 51"),
    "an unknown chart": (
        {"type": "data_visualization", "title": "x", "chart": {"type": "radar"}},
        "/blocks/0/chart/type",
        "unsupported type: radar",
    ),
    "seven segments": (pie(*[{"label": "x", "value": 1}] * 7), "/blocks/0/chart/segments", "no more than 6"),
    "a segment of nothing": (pie({"label": "x", "value": 0}), "/blocks/0/chart/segments/0/value", "more than 0"),
    "a segment label of 21": (pie({"label": "x" * 21, "value": 1}), "/chart/segments/0/label", "less than 21"),
    "seven series": (bars(*[series(str(x)) for x in range(7)]), "/blocks/0/chart/series", "no more than 6"),
    "a series name twice": (bars(series(), series()), "/blocks/0/chart/series", "must be unique"),
    "a series name of 21": (bars(series("x" * 21)), "/blocks/0/chart/series/0/name", "less than 21"),
    "a series without a category": (bars(series(labels=("Q1",))), "/chart/series/0/data", "match the axis categories"),
    "a category of 21": (bars(categories=["x" * 21, "Q2"]), "/chart/axis_config/categories/0", "less than 21"),
    "an axis label of 51": (bars(x_label="x" * 51), "/blocks/0/chart/axis_config/x_label", "less than 51"),
    "a chart of words": (pie({"label": "x", "value": "1"}), "/chart/segments/0/value", "must provide a number"),
}


@pytest.mark.parametrize(("block", "place", "words"), REFUSED.values(), ids=REFUSED)
def test_what_slack_refuses_is_refused_where_it_is(block: dict, place: str, words: str) -> None:
    wrong = check_blocks([block], "message")
    assert [each for each in wrong if words in each and f"{place}]" in each], wrong


KINDS = [*BLOCKS, *ELEMENTS, "pie", "bar", "plain_text", "mrkdwn"]
KEYS = [
    *("type", "text", "block_id", "fields", "accessory", "elements", "element", "label", "options", "option_groups"),
    *(
        "image_url",
        "alt_text",
        "rows",
        "caption",
        "chart",
        "series",
        "segments",
        "axis_config",
        "title",
        "url",
        "value",
    ),
]

TOGETHER = {
    "51 blocks": ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "a block_id twice": ([section(block_id="a"), section(block_id="a")], "`block_id` a already exists"),
    "two tables": ([table(), table()], "only_one_table_allowed"),
    "three charts": ([pie(), pie(), pie()], "no more than 2 data_visualization blocks"),
    "markdown of 12,001 in two": (
        [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}],
        "over all markdown blocks",
    ),
    "two fields with the focus": (
        [asks(text_field(focus_on_load=True)), asks(text_field(focus_on_load=True))],
        "only one element may have focus_on_load",
    ),
}


@pytest.mark.parametrize(("blocks", "words"), TOGETHER.values(), ids=TOGETHER)
def test_what_slack_refuses_of_a_whole_message_is_refused(blocks: list, words: str) -> None:
    assert words in " ".join(check_blocks(blocks, "message"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("https://["),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(KINDS), max_size=6), max_size=3))
def test_whatever_an_app_sends_is_judged_and_never_breaks_the_judge(blocks: list) -> None:
    wrong = check_blocks(blocks, "message")
    assert wrong or all(block["type"] in KINDS for block in blocks)


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert check_blocks([actions(button()), actions(button())], "message") == []


def modal(*blocks: dict, **more) -> dict:
    return {"type": "modal", "title": plain("Log"), "blocks": list(blocks), **more}


def test_a_form_within_slacks_limits_passes() -> None:
    told = modal(asks(text_field()), *[section()] * 99, submit=plain("Save"), private_metadata="x" * 3000)
    assert check_view(told) == []


VIEWS = {
    "a title of 25": (modal(title=plain("x" * 25)), "/view/title/text", "less than 25"),
    "no title": ({"type": "modal", "blocks": []}, "/view", "missing required field: title"),
    "no blocks": ({"type": "home"}, "/view", "missing required field: blocks"),
    "a submit of 25": (modal(submit=plain("x" * 25)), "/view/submit/text", "less than 25"),
    "a close of 25": (modal(close=plain("x" * 25)), "/view/close/text", "less than 25"),
    "private_metadata of 3,001": (modal(private_metadata="x" * 3001), "/view/private_metadata", "less than 3001"),
    "a callback_id of 256": (modal(callback_id="x" * 256), "/view/callback_id", "less than 256"),
    "an external_id of 256": (modal(external_id="x" * 256), "/view/external_id", "less than 256"),
    "101 blocks": (modal(*[section()] * 101), "/view/blocks", "no more than 100"),
    "101 blocks on Home": ({"type": "home", "blocks": [section()] * 101}, "/view/blocks", "no more than 100"),
    "a question without submit": (modal(asks(text_field())), "/view", "submit is required"),
    "a title on Home": ({"type": "home", "blocks": [], "title": plain("x")}, "/view", "additional property: title"),
    "a table": (modal(table()), "/view/blocks/0/type", "unsupported type: table"),
    "a chart on Home": ({"type": "home", "blocks": [pie()]}, "/view/blocks/0/type", "unsupported type"),
    "an unknown kind": ({"type": "dialog", "blocks": []}, "/view/type", "unsupported type: dialog"),
}


@pytest.mark.parametrize(("view", "place", "words"), VIEWS.values(), ids=VIEWS)
def test_what_slack_refuses_of_a_form_is_refused(view: dict, place: str, words: str) -> None:
    wrong = check_view(view)
    assert [each for each in wrong if words in each and f"{place}]" in each], wrong


def test_the_answer_to_a_type_ahead_holds_at_most_100_options() -> None:
    assert check_options({"options": many(100)}) == []
    assert "no more than 100" in check_options({"options": many(101)})[0]
    assert check_options({}) != []
