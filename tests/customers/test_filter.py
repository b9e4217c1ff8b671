from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import fields
from customers.filter_language import describe, parse
from customers.filter_tree import Ago, All, Between, Compare, Either, Filter, Is, Me, Missing, Not, Where
from customers.folding import fold
from words.errors import BadInput
from words.speech import CHINESE, Speech


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("", ""),
        ("lost", "loyalty:lost"),
        ("Loyal", "loyalty:loyal"),
        ("high", "value:high"),
        ("at risk", "stage:at_risk"),
        ("won back owner:me", "stage:won_back owner:me"),
        ("stage:loyal", "stage:loyal"),
        ("value:high,mid", "value:high,mid"),
        ("价值：高 忠诚度：流失 阶段：预警", "value:high loyalty:lost stage:at_risk"),
        ("沉默：＞60天", "silent:>60"),
        ("silent>8w", "silent:>56"),
        ("spend: >= 1.2万", "spend:>=12000"),
        ("spend:>1,234", "spend:>1234"),
        ("spend:10k..2m", "spend:10000..2000000"),
        ("orders:1, 200", "orders:1, 200"),
        ("first:2026-05", "first:2026-05-01..2026-05-31"),
        ("first:2026年", "first:2026-01-01..2026-12-31"),
        ("last:>60d", "last:>60d"),
        ("last:>2026-01", "last:>2026-01-31"),
        ("silent:none -tag:vip", "silent:none -tag:vip"),
        ("标签：“重要 客户”", 'tag:"重要 客户"'),
        ('acme "lost"', "name:acme name:lost"),
        ("(lost OR swing) AND -region:华东", "(loyalty:lost OR loyalty:swing) -region:华东"),
        ("流失 或 摇摆", "loyalty:lost OR loyalty:swing"),
        ("-(-lost)", "loyalty:lost"),
        ("complaint:yes consent_sms:否", "complaint:yes consent_sms:no"),
        ("chance:>70%", "chance:>0.7"),
        ("流失概率：>=70", "chance:>=0.7"),
        ("chance:82%", "chance:0.815..0.825"),
        ("chance:100%,0", "chance:0.995..1, 0..0.005"),
        ("due:<today due:7d..2w", "due:<0d due:7d..14d"),
        ("预计下单：<今天 due:none", "due:<0d due:none"),
        ("due:2026-12", "due:2026-12-01..2026-12-31"),
        ("趋势:下滑 trend:up", "trend:down trend:up"),
        ("expected_spend:>1k expected-orders:<0.5", "expected_spend:>1000 expected_orders:<0.5"),
    ],
)
def test_what_people_type_has_one_canonical_form(typed: str, canonical: str) -> None:
    assert str(parse(typed)) == canonical


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("vxalue:high", "Unknown field “vxalue” at character 1: did you mean “value”?"),
        ("lost vxalue:high", "Unknown field “vxalue” at character 6: did you mean “value”?"),
        ("xyzzyq:1", "Unknown field “xyzzyq” at character 1. `/segment help` lists all fields."),
        ("value:hihg", "Unknown value “hihg” of “value” at character 7: did you mean “high”?"),
        ("value:!", "Unknown value “!” of “value” at character 7. It can be: high, mid, low, none."),
        ("value:", "The field “value” has no value at character 7."),
        ("region:>5", "The field “region” at character 8 has no order: “>5” needs a number, an amount or a day."),
        ("silent:soon", "“soon” at character 8 is nothing that “silent” understands. For example: 60d, 8w, 2m, 1y."),
        (
            "first:2026-02-30",
            "“2026-02-30” at character 7 is nothing that “first” understands. For example: 2026-03-05, 60d.",
        ),
        ("first:60d..2026", "“60d..2026” at character 7 mixes a day and a number of days ago."),
        ("chance:170%", "“170%” at character 8 is nothing that “chance” understands. For example: 70%, 0.7."),
        ("due:soon", "“soon” at character 5 is nothing that “due” understands. For example: 2026-03-05, 7d."),
        ("complaint:maybe", "“maybe” at character 11 is neither yes nor no, which “complaint” asks for."),
        ("(lost", "The bracket that opens at character 1 is never closed."),
        ("lost)", "The bracket at character 5 closes nothing."),
        ('"acme', "The quote that opens at character 1 is never closed."),
        ('""', "There is nothing between the quotes at character 1."),
        ("lost OR", "Something is missing at character 8: a field such as value:high, or a name."),
        ("-", "Something is missing at character 2: a field such as value:high, or a name."),
        ("(" * 500, "At character 21 brackets stand within more than 20 others."),
        ("a" * 1001, "This filter has 1,001 characters; 1,000 are the most."),
        ("spend:>99999999999999999999", "“>99999999999999999999” at character 7 is nothing that “spend” understands."),
    ],
)
def test_a_mistake_is_answered_with_what_is_wrong_and_where(typed: str, says: str) -> None:
    with pytest.raises(BadInput) as wrong:
        parse(typed)
    assert Speech().error(wrong.value).startswith(says)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("价值:很高", "第 4 个字符处，字段“客户价值”没有“很高”这个取值：你是不是想输入“高”？"),
        ("阶段:!", "可选：潜在、新、成长、成熟、忠诚、预警、流失、挽回。"),
        ("沉默:>abc", "第 4 个字符处的“>abc”不是字段“沉默”可用的取值。例如：60天、8周、2个月、1年。"),
        ("消费:很多", "例如：10000、1.2万。"),
    ],
)
def test_a_mistake_is_explained_to_a_chinese_reader_in_words_that_can_be_typed(typed: str, says: str) -> None:
    with pytest.raises(BadInput) as wrong:
        parse(typed)
    assert Speech(CHINESE).error(wrong.value).endswith(says)
    for words in ("沉默:>60天", "沉默:>8周", "沉默:>2个月", "沉默:>1年", "消费:>1.2万", "预计下单:<7天"):
        parse(words)


@given(st.text(max_size=60) | st.text('valuehig:-()"“”，:>.. 60dOR\\', max_size=60))
def test_any_text_is_a_filter_or_a_polite_mistake(text: str) -> None:
    try:
        understood = parse(text)
    except BadInput:
        return
    assert parse(str(understood)) == understood


_texts = st.text(min_size=1, max_size=12).filter(lambda text: bool(fold(text)) and text.isprintable())
_amounts = st.decimals(0, 10**9, places=2)
_dates = st.dates(date(1990, 1, 1), date(2100, 1, 1))
_signs = st.sampled_from([">", "<", ">=", "<="])


def _test(field: str, condition: st.SearchStrategy[object]) -> st.SearchStrategy[Where]:
    return st.lists(condition, min_size=1, max_size=3).map(lambda found: Where(field, tuple(found)))  # type: ignore[arg-type]


_leaves = st.one_of(
    _test("value", st.sampled_from(["high", "mid", "low", "none"]).map(Is)),
    _test("stage", st.sampled_from(["at_risk", "won_back", "loyal"]).map(Is)),
    _test("tag", _texts.map(Is) | st.just(Missing())),
    _test("name", _texts.map(Is)),
    _test("owner", st.just(Me()) | st.just(Missing()) | _texts.map(Is)),
    _test("complaint", st.booleans().map(Is)),
    _test("spend", _amounts.map(Is) | st.builds(Compare, _signs, _amounts)),
    _test("spend", st.tuples(_amounts, _amounts).map(lambda two: Between(*sorted(two)))),
    _test("silent", st.integers(0, 9_999).map(Decimal).map(Is) | st.just(Missing())),
    _test("last", st.builds(Compare, _signs, _dates | st.integers(0, 9_999).map(Ago))),
)


def _joined(parts: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda found: All(tuple(one for one in found if not isinstance(one, All)))).filter(_two),
        several.map(lambda found: Either(tuple(one for one in found if not isinstance(one, Either)))).filter(_two),
        parts.filter(lambda part: not isinstance(part, Not)).map(Not),  # type: ignore[arg-type]
    )


def _two(node: All | Either) -> bool:
    return len(node.parts) > 1


@given(st.recursive(_leaves, _joined, max_leaves=6).map(Filter))  # type: ignore[arg-type]
def test_the_canonical_text_of_a_filter_parses_to_the_same_filter(understood: Filter) -> None:
    text = str(understood)
    if len(text) <= 1_000:
        assert parse(text) == understood


def test_a_filter_is_said_in_both_languages() -> None:
    understood = parse('value:high -tag:vip silent:>60d last:>2026-01-01 "acme"')
    assert describe(understood, Speech()) == (
        "value: high and not tag: “vip” and silent: more than 60 days and last: after Jan 1, 2026"
        " and name contains “acme”"
    )
    assert describe(understood, Speech("zh_CN")).startswith("客户价值：高，且排除（标签：“vip”），且沉默：大于 60 天")
    assert describe(parse(""), Speech()) == "all customers"


def test_what_is_expected_is_said_in_both_languages() -> None:
    understood = parse("chance:>70% due:<7d due:<today trend:down")
    assert describe(understood, Speech()) == (
        "chance: more than 70% and due: in less than 7 days and due: before today and trend: down"
    )
    assert describe(understood, Speech("zh_CN")) == (
        "流失概率：大于 70%，且预计下单：不到 7 天内，且预计下单：今天之前，且趋势：下滑"
    )


def test_help_lists_every_field_once_in_both_languages() -> None:
    english, chinese = fields.listing(Speech()), fields.listing(Speech("zh_CN"))
    assert [name for name, _ in english] == [field.name for field in fields.FIELDS]
    assert all(fold(name) in fields.by_any_name() for name, _ in chinese)
    assert len({name for name, _ in chinese}) == len(fields.FIELDS)
    assert not {meaning for _, meaning in english} & {meaning for _, meaning in chinese}


def test_no_two_fields_share_a_name() -> None:
    names = [name for field in fields.FIELDS for name in {field.name, *field.names}]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("follow_up:none", "follow_up:none"),
        ("follow-up:<2026-12-01", "follow_up:<2026-12-01"),
        ("follow_up:overdue", "follow_up:>0d"),
        ("下次跟进：逾期", "follow_up:>0d"),
    ],
)
def test_customers_are_asked_for_by_their_next_follow_up(typed: str, canonical: str) -> None:
    assert str(parse(typed)) == canonical
    assert parse(canonical) == parse(typed)


def test_an_overdue_follow_up_is_called_so() -> None:
    assert "overdue" in describe(parse("follow_up:overdue"), Speech())
    assert "逾期" in describe(parse("follow_up:overdue"), Speech("zh_CN"))
