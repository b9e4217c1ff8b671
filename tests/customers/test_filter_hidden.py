import pytest

from customers.fields import FIELDS
from customers.filter_hidden import refuse_hidden
from customers.filter_language import parse
from words.errors import NotAllowed
from words.speech import Speech

AMOUNTS = (
    "spend:>1",
    "spend_year:>1",
    "profit_year:>1",
    "average:>1",
    "at_stake:>1",
    "expected_spend:>1",
    "credit:>1",
    "rfm:555",
)


@pytest.mark.parametrize("shows", ["masked", "ids"])
@pytest.mark.parametrize(
    "typed",
    [
        *AMOUNTS,
        "phone:5551234",
        "email:a@b.example",
        "phone:none",
        "消费:>1",
        "lost OR (-spend:>1)",
        "-(-email:x lost)",
    ],
)
def test_what_is_masked_cannot_be_searched_however_it_is_wrapped(typed: str, shows: str) -> None:
    with pytest.raises(NotAllowed, match="SLACK_SHOWS"):
        refuse_hidden(parse(typed), shows)
    refuse_hidden(parse(typed), "full")


@pytest.mark.parametrize(
    "typed", ["acme", '-"acme"', "name:acme", "parent:acme", "owner:li", "owner:me,li", "lost OR acme"]
)
def test_where_only_ids_are_shown_nobody_is_searched_by_name(typed: str) -> None:
    refuse_hidden(parse(typed), "masked")
    with pytest.raises(NotAllowed):
        refuse_hidden(parse(typed), "ids")


@pytest.mark.parametrize(
    "typed", ["", "lost", "owner:me", "owner:none", "parent:none", "key:K1", "region:华东 -tag:vip"]
)
def test_what_names_nobody_can_always_be_searched(typed: str) -> None:
    for shows in ("full", "masked", "ids"):
        refuse_hidden(parse(typed), shows)


def test_every_amount_is_hidden() -> None:
    assert {field.hidden for field in FIELDS if field.kind == "money"} == {"masked"}


def test_the_refusal_names_the_field_in_both_languages() -> None:
    with pytest.raises(NotAllowed) as refused:
        refuse_hidden(parse("phone:1"), "masked")
    assert Speech().error(refused.value).startswith("“phone” may not be searched here")
    assert "“电话”" in Speech("zh_CN").error(refused.value)
    assert Speech().error(refused.value) != Speech("zh_CN").error(refused.value)
