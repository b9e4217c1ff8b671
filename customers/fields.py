"""What customers can be filtered by: every field with its English and Chinese names and the words for its values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from customers.folding import fold
from words.speech import CHINESE, Speech, Word, message

# Below this two words are not alike enough to ask "did you mean".
ALIKE = 55


@dataclass(frozen=True)
class Choice:
    """One value of a field with few values: the code that is stored, its word, and what else people type for it."""

    code: str
    word: str
    also: tuple[str, ...] = ()

    @property
    def typed(self) -> Word:
        """What is typed for it in each language."""
        return Word(self.code, next((word for word in self.also if not word.isascii()), self.code))


@dataclass(frozen=True)
class Field:
    """One field; `kind` says how its values are written, `column` where it is stored (filter_sql knows the others).

    `hidden` says from which SLACK_SHOWS on the field may not be searched: masked (and ids), only ids, or never (empty).
    """

    name: str
    kind: str  # choice, text, flag, number, share, days, money, day, ahead, owner, name, key, tag, product, parent ...
    meaning: str
    names: tuple[str, ...]  # the first one is the Chinese name that is shown
    column: str = ""
    choices: tuple[Choice, ...] = ()
    hidden: str = ""

    @property
    def typed(self) -> Word:
        """Its name in each language."""
        return Word(self.name, self.names[0])


VALUE = (
    Choice("high", message("high"), ("高", "高价值")),
    Choice("mid", message("mid"), ("中", "中价值", "medium", "middle")),
    Choice("low", message("low"), ("低", "低价值")),
    Choice("none", message("none"), ("无",)),
)
LOYALTY = (
    Choice("loyal", message("loyal"), ("忠诚", "忠诚客户")),
    Choice("swing", message("swing"), ("摇摆", "摇摆客户", "swinging")),
    Choice("lost", message("lost"), ("流失", "流失客户")),
    Choice("none", message("none"), ("无",)),
)
STAGE = (
    Choice("prospect", message("prospect"), ("潜在", "潜在客户", "prospects")),
    Choice("new", message("new"), ("新", "新客户")),
    Choice("growing", message("growing"), ("成长", "成长客户")),
    Choice("mature", message("mature"), ("成熟", "成熟客户")),
    Choice("loyal", message("loyal"), ("忠诚", "忠诚客户")),
    Choice("at_risk", message("at risk"), ("at-risk", "atrisk", "预警", "预警客户")),
    Choice("lost", message("lost"), ("流失", "流失客户")),
    Choice("won_back", message("won back"), ("won-back", "wonback", "挽回", "已挽回")),
)
TREND = (
    Choice("up", message("up"), ("上升", "rising", "growing")),
    Choice("steady", message("steady"), ("平稳", "持平", "flat")),
    Choice("down", message("down"), ("下滑", "下降", "falling", "declining")),
    Choice("none", message("none"), ("无",)),
)
KIND = (
    Choice("company", message("company"), ("企业", "公司", "companies")),
    Choice("person", message("person"), ("个人", "people", "persons")),
)

FIELDS = (
    Field("value", "choice", message("value tier"), ("客户价值", "价值", "tier"), "value", VALUE),
    Field("loyalty", "choice", message("loyalty"), ("忠诚度",), "loyalty", LOYALTY),
    Field("stage", "choice", message("lifecycle stage"), ("生命周期", "阶段", "lifecycle"), "stage", STAGE),
    Field(
        "owner",
        "owner",
        message("whose customer: me, an e-mail, a name, none"),
        ("负责人", "销售", "rep"),
        hidden="ids",
    ),
    Field("team", "team", message("team of the owner"), ("团队",)),
    Field(
        "silent",
        "days",
        message("days since the last purchase"),
        ("沉默", "静默", "未购", "silence", "recency"),
        "last_day",
    ),
    Field("last", "day", message("day of the last purchase"), ("最近购买", "末次购买", "last_order"), "last_day"),
    Field("first", "day", message("day of the first purchase"), ("首次购买", "首购", "first_order"), "first_day"),
    Field(
        "spend",
        "money",
        message("spend of all time, net of refunds"),
        ("消费", "消费额", "monetary"),
        "spend",
        hidden="masked",
    ),
    Field(
        "spend_year",
        "money",
        message("spend of the last 365 days"),
        ("年消费", "yearly"),
        "spend_year",
        hidden="masked",
    ),
    Field(
        "profit_year",
        "money",
        message("profit of the last 365 days"),
        ("年利润", "利润", "profit"),
        "profit_year",
        hidden="masked",
    ),
    Field(
        "average",
        "money",
        message("average order"),
        ("客单价", "平均订单", "average_order"),
        "average_order",
        hidden="masked",
    ),
    Field(
        "at_stake",
        "money",
        message("what a year at the customer's own rhythm brings"),
        ("涉及年消费", "涉及金额", "年损失", "stake"),
        "at_stake",
        hidden="masked",
    ),
    Field(
        "trend",
        "choice",
        message("sales of the last 180 days against the 180 before"),
        ("趋势", "订单趋势"),
        choices=TREND,
    ),
    Field(
        "chance",
        "share",
        message("chance to be lost, such as >70%"),
        ("流失概率", "概率", "chance_lost"),
        "chance_lost",
    ),
    Field(
        "due",
        "ahead",
        message("next order due, such as <7d or 7d..30d"),
        ("预计下单", "下次订单", "next_due"),
        "due_on",
    ),
    Field("expected_orders", "number", message("orders to be expected"), ("预计订单数", "预计订单"), "expected_orders"),
    Field(
        "expected_spend",
        "money",
        message("spend to be expected"),
        ("预计消费", "预计消费额", "expected"),
        "expected_spend",
        hidden="masked",
    ),
    Field("orders", "number", message("number of orders"), ("订单数", "订单"), "orders"),
    Field("purchases", "number", message("number of purchases"), ("购买次数", "frequency", "频次"), "purchases"),
    Field("rhythm", "days", message("usual gap between purchases"), ("购买节奏", "间隔", "节奏", "gap"), "gap_mean"),
    Field("spread", "days", message("spread of the gaps"), ("间隔波动", "波动"), "gap_spread"),
    Field("last_gap", "days", message("last gap between purchases"), ("最近间隔",), "gap_last"),
    Field("rfm", "text", message("RFM code, such as 555"), ("RFM代码",), "rfm", hidden="masked"),
    Field("price_only", "flag", message("loyal to low prices only"), ("只看重降价", "价格敏感"), "price_only"),
    Field("channel", "text", message("main channel"), ("主要渠道", "渠道"), "main_channel"),
    Field("bought", "product", message("bought a product, type or brand"), ("买过", "购买", "产品", "product")),
    Field("complaint", "flag", message("open complaint"), ("未解决投诉", "投诉", "open_complaint"), "open_complaint"),
    Field("score", "number", message("last satisfaction score, 1 to 5"), ("满意度", "satisfaction"), "last_score"),
    Field(
        "contacted", "day", message("last interaction"), ("最近互动", "互动", "last_interaction"), "last_interaction"
    ),
    Field(
        "follow_up",
        "day",
        message("next follow-up, or overdue"),
        ("下次跟进", "跟进", "followup", "next_follow_up"),
        "next_follow_up",
    ),
    Field("loyalty_since", "day", message("day on which this loyalty began"), ("忠诚度起始",), "loyalty_since"),
    Field("stage_since", "day", message("day on which this stage began"), ("阶段起始", "since"), "stage_since"),
    Field("unpriced", "number", message("orders that wait for an exchange rate"), ("缺汇率",), "unpriced_orders"),
    Field("group", "number", message("customers in the group, itself included"), ("集团规模",), "group_customers"),
    Field("parent", "parent", message("parent account, or none"), ("集团客户", "上级", "母公司"), hidden="ids"),
    Field("name", "name", message("part of the name"), ("名称", "名字", "客户"), hidden="ids"),
    Field("key", "key", message("customer id"), ("编号", "id", "客户编号")),
    Field("kind", "choice", message("company or person"), ("类型",), "kind", KIND),
    Field("region", "text", message("region"), ("区域", "地区", "大区"), "region"),
    Field("city", "text", message("city"), ("城市",), "city"),
    Field("country", "text", message("country, two letters"), ("国家",), "country"),
    Field("industry", "text", message("industry"), ("行业",), "industry"),
    Field("size", "text", message("size of the company"), ("规模",), "size"),
    Field("source", "text", message("where the customer came from"), ("来源", "来源渠道"), "source"),
    Field("language", "text", message("language of the customer"), ("语言",), "language"),
    Field("email", "text", message("e-mail address"), ("邮箱", "电子邮件"), "email", hidden="masked"),
    Field("phone", "text", message("phone number"), ("电话", "手机"), "phone", hidden="masked"),
    Field("credit", "money", message("credit limit"), ("信用额度", "credit_limit"), "credit_limit", hidden="masked"),
    Field("overdue", "money", message("overdue balance"), ("逾期", "欠款"), "overdue", hidden="masked"),
    Field("tag", "tag", message("tag"), ("标签", "tags")),
    Field("consent_email", "consent", message("may be written to by e-mail"), ("邮件授权",), "email"),
    Field("consent_sms", "consent", message("may be written to by SMS"), ("短信授权",), "sms"),
)


@cache
def by_any_name() -> dict[str, Field]:
    """Every field by each of its folded names, in both languages."""
    found: dict[str, Field] = {}
    for field in FIELDS:
        for name in (field.name, field.name.replace("_", "-"), *field.names):
            found.setdefault(fold(name), field)
    return found


@cache
def by_word(field_name: str) -> dict[str, Choice]:
    """The choices of a field by everything that people type for them, folded."""
    found: dict[str, Choice] = {}
    for choice in by_any_name()[field_name].choices:
        for word in (choice.code, choice.word, *choice.also):
            found.setdefault(fold(word), choice)
    return found


@cache
def built_in() -> dict[str, tuple[Field, Choice]]:
    """The segments that have a name from the start: lost and loyal mean loyalty, at risk and won back the lifecycle."""
    found: dict[str, tuple[Field, Choice]] = {}
    for name in ("value", "loyalty", "stage"):
        for word, choice in by_word(name).items():
            # A single Chinese character, and "none", say too little to be the name of a segment.
            if choice.code != "none" and (len(word) > 1):
                found.setdefault(word, (by_any_name()[name], choice))
    return found


def closest(word: str, known: list[str]) -> str | None:
    """The known word that looks most like a mistyped one, or None."""
    found = process.extractOne(fold(word), known, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return found[0] if found else None


def shown_name(field: Field, language: str) -> str:
    """The name of a field in a language; both may be typed."""
    return field.names[0] if language == CHINESE else field.name


def listing(say: Speech) -> list[tuple[str, str]]:
    """Every field's name and meaning with its values, for help."""
    lines = []
    for field in FIELDS:
        meaning = say(field.meaning)
        if field.choices:
            words = say.listing([say(choice.word) for choice in field.choices])
            meaning = say("{field}: {values}", field=meaning, values=words)
        lines.append((shown_name(field, say.language), meaning))
    return lines
